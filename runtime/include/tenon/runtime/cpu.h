/* CPU features as bits: what a model needs (tenon_model_info.cpu_features) and what this machine has.
 *
 * A bit means one thing per architecture, by LLVM's name of the feature, so that a compiler turns a target's feature
 * list into bits with the same table with which the runtime names those that are missing. Bits never change; new ones
 * are appended. An architecture without a table has no features: a model for it needs 0.
 */
#ifndef TENON_RUNTIME_CPU_H
#define TENON_RUNTIME_CPU_H

#include <stdint.h>

/* X(bit, LLVM's name, cpuid leaf, cpuid subleaf, register (0 eax, 1 ebx, 2 ecx, 3 edx), bit in the register)
 * The source is Intel's SDM, volume 2A, CPUID; AMD's APM, volume 3, for leaf 0x80000001. */
#define TENON_X86_FEATURES(X)                                                                                          \
  X(0, "sse3", 0x1u, 0, 2, 0)                                                                                          \
  X(1, "ssse3", 0x1u, 0, 2, 9)                                                                                         \
  X(2, "cx16", 0x1u, 0, 2, 13)                                                                                         \
  X(3, "sse4.1", 0x1u, 0, 2, 19)                                                                                       \
  X(4, "sse4.2", 0x1u, 0, 2, 20)                                                                                       \
  X(5, "popcnt", 0x1u, 0, 2, 23)                                                                                       \
  X(6, "sahf", 0x80000001u, 0, 2, 0)                                                                                   \
  X(7, "avx", 0x1u, 0, 2, 28)                                                                                          \
  X(8, "f16c", 0x1u, 0, 2, 29)                                                                                         \
  X(9, "fma", 0x1u, 0, 2, 12)                                                                                          \
  X(10, "movbe", 0x1u, 0, 2, 22)                                                                                       \
  X(11, "lzcnt", 0x80000001u, 0, 2, 5)                                                                                 \
  X(12, "bmi", 0x7u, 0, 1, 3)                                                                                          \
  X(13, "bmi2", 0x7u, 0, 1, 8)                                                                                         \
  X(14, "avx2", 0x7u, 0, 1, 5)                                                                                         \
  X(15, "avx512f", 0x7u, 0, 1, 16)                                                                                     \
  X(16, "avx512bw", 0x7u, 0, 1, 30)                                                                                    \
  X(17, "avx512cd", 0x7u, 0, 1, 28)                                                                                    \
  X(18, "avx512dq", 0x7u, 0, 1, 17)                                                                                    \
  X(19, "avx512vl", 0x7u, 0, 1, 31)                                                                                    \
  X(20, "avx512ifma", 0x7u, 0, 1, 21)                                                                                  \
  X(21, "avx512vbmi", 0x7u, 0, 2, 1)                                                                                   \
  X(22, "avx512vbmi2", 0x7u, 0, 2, 6)                                                                                  \
  X(23, "avx512vnni", 0x7u, 0, 2, 11)                                                                                  \
  X(24, "avx512bitalg", 0x7u, 0, 2, 12)                                                                                \
  X(25, "avx512vpopcntdq", 0x7u, 0, 2, 14)                                                                             \
  X(26, "avx512vp2intersect", 0x7u, 0, 3, 8)                                                                           \
  X(27, "avx512fp16", 0x7u, 0, 3, 23)                                                                                  \
  X(28, "avx512bf16", 0x7u, 1, 0, 5)                                                                                   \
  X(29, "avxvnni", 0x7u, 1, 0, 4)                                                                                      \
  X(30, "gfni", 0x7u, 0, 2, 8)                                                                                         \
  X(31, "vaes", 0x7u, 0, 2, 9)                                                                                         \
  X(32, "vpclmulqdq", 0x7u, 0, 2, 10)                                                                                  \
  X(33, "aes", 0x1u, 0, 2, 25)                                                                                         \
  X(34, "pclmul", 0x1u, 0, 2, 1)                                                                                       \
  X(35, "sha", 0x7u, 0, 1, 29)                                                                                         \
  X(36, "adx", 0x7u, 0, 1, 19)                                                                                         \
  X(37, "sse4a", 0x80000001u, 0, 2, 6)                                                                                 \
  X(38, "fma4", 0x80000001u, 0, 2, 16)                                                                                 \
  X(39, "xop", 0x80000001u, 0, 2, 11)                                                                                  \
  X(40, "tbm", 0x80000001u, 0, 2, 21)                                                                                  \
  X(41, "avxifma", 0x7u, 1, 0, 23)                                                                                     \
  X(42, "avxneconvert", 0x7u, 1, 3, 5)                                                                                 \
  X(43, "avxvnniint8", 0x7u, 1, 3, 4)                                                                                  \
  X(44, "avxvnniint16", 0x7u, 1, 3, 10)                                                                                \
  X(45, "rdpid", 0x7u, 0, 2, 22)                                                                                       \
  X(46, "movdiri", 0x7u, 0, 2, 27)

/* The psABI's levels, each with those below. */
#define TENON_X86_64_V2 UINT64_C(0x7f)
#define TENON_X86_64_V3 UINT64_C(0x7fff)
#define TENON_X86_64_V4 UINT64_C(0xfffff)

/* Features that also need the operating system to save wider registers: without that their instructions fault. */
#define TENON_X86_NEEDS_YMM UINT64_C(0x1ec1a0004380)
#define TENON_X86_NEEDS_ZMM UINT64_C(0x1fff8000)

/* X(bit, LLVM's name, which auxiliary vector (0 AT_HWCAP, 1 AT_HWCAP2), bit of it), as Linux' asm/hwcap.h has them. */
#define TENON_AARCH64_FEATURES(X)                                                                                      \
  X(0, "lse", 0, 8)                                                                                                    \
  X(1, "fullfp16", 0, 10)                                                                                              \
  X(2, "rdm", 0, 12)                                                                                                   \
  X(3, "dotprod", 0, 20)                                                                                               \
  X(4, "sve", 0, 22)                                                                                                   \
  X(5, "fp16fml", 0, 23)                                                                                               \
  X(6, "sve2", 1, 1)                                                                                                   \
  X(7, "i8mm", 1, 13)                                                                                                  \
  X(8, "bf16", 1, 14)                                                                                                  \
  X(9, "aes", 0, 3)                                                                                                    \
  X(10, "sha2", 0, 6)                                                                                                  \
  X(11, "crc", 0, 7)                                                                                                   \
  X(12, "rcpc", 0, 15)                                                                                                 \
  X(13, "sha3", 0, 17)                                                                                                 \
  X(14, "complxnum", 0, 14)                                                                                            \
  X(15, "jsconv", 0, 13)                                                                                               \
  X(16, "lse2", 0, 25)                                                                                                 \
  X(17, "rcpc-immo", 0, 26)                                                                                            \
  X(18, "flagm", 0, 27)                                                                                                \
  X(19, "altnzcv", 1, 7)                                                                                               \
  X(20, "fptoint", 1, 8)                                                                                               \
  X(21, "sve-bitperm", 1, 4)

#define TENON_ARM_FEATURES(X)                                                                                          \
  X(0, "vfp3d16", 0, 13)                                                                                               \
  X(1, "vfp3", 0, 13)                                                                                                  \
  X(2, "neon", 0, 12)                                                                                                  \
  X(3, "vfp4", 0, 16)                                                                                                  \
  X(4, "hwdiv-arm", 0, 17)                                                                                             \
  X(5, "hwdiv", 0, 18)                                                                                                 \
  X(6, "d32", 0, 19)

/* The base (rv64imafdc) needs no bit: it is what the runtime itself is compiled for. */
#define TENON_RISCV_FEATURES(X)                                                                                        \
  X(0, "c", 0, 2)                                                                                                      \
  X(1, "v", 0, 21)

#endif

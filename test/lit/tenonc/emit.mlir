// Each stage of the pipeline can be looked at, and every form of input is read.
// RUN: tenonc %s --emit=tenon | FileCheck %s --check-prefix=TENON
// RUN: tenonc %s --emit=linalg | FileCheck %s --check-prefix=LINALG
// RUN: tenonc %s --emit=buffers | FileCheck %s --check-prefix=BUFFERS
// RUN: tenonc %s --emit=vectors --target=x86-64-v3 | FileCheck %s --check-prefix=VECTORS
// RUN: tenonc %s --emit=vectors --target=x86-64-v3 --reference | FileCheck %s --check-prefix=REFERENCE
// RUN: tenonc %s --emit=llvm | FileCheck %s --check-prefix=LLVM
// RUN: tenonc %s --emit=llvm-ir --target=x86-64-v3 | FileCheck %s --check-prefix=IR
// RUN: tenonc %s --emit=asm --target=x86-64-v3 | FileCheck %s --check-prefix=ASM
// RUN: tenonc %s --emit=asm --target=aarch64 | FileCheck %s --check-prefix=ARM
// RUN: tenonc %s --emit=header --target=x86-64-v3 | FileCheck %s --check-prefix=HEADER
// RUN: tenon-opt %s --emit-bytecode -o %t.mlirbc && tenonc %t.mlirbc --emit=asm --target=aarch64 -o %t.s && FileCheck %s --check-prefix=ARM < %t.s
// RUN: tenonc - --emit=asm --target=aarch64 < %s | FileCheck %s --check-prefix=ARM
// RUN: tenonc %s -o %t.o --target=x86-64-v3 --report 2>&1 | FileCheck %s --check-prefix=REPORT
// RUN: tenonc %s -o %t.so --emit=shared --target=x86-64-v3 && llvm-nm -D --defined-only %t.so | FileCheck %s --check-prefix=SHARED

// TENON: tenon.neg
// LINALG: linalg.generic
// BUFFERS: func.func private @f.body({{.*}}memref<64xf32>
// VECTORS: vector<8xf32>
// REFERENCE-NOT: vector<
// LLVM: llvm.func @emitted_f
// IR: target triple = "x86_64-unknown-linux-gnu"
// IR: define {{.*}}i32 @emitted_f
// ASM: {{vxorps|vpxor}}
// ARM: fneg
// HEADER: #define EMITTED_F_WORKSPACE_BYTES 0
// HEADER: out: float [64]; 256 bytes
// HEADER: int32_t emitted_f(const struct tenon_context *context, const float *x, float *y, void *workspace, size_t workspace_bytes);
// REPORT: function f: workspace 0 bytes, 1 kernel
// REPORT-NEXT: object: {{[0-9]+}} bytes of code
// REPORT-NEXT: file {{.*}}.o: {{[0-9]+}} bytes
// REPORT: time: parse {{.*}} optimize {{.*}} linalg {{.*}} total {{.*}} ms
// SHARED: T emitted_describe
// SHARED-NEXT: T emitted_f
// SHARED-NOT: T

module @emitted {
  func.func @f(%x: tensor<64xf32> {tenon.name = "x"}) -> (tensor<64xf32> {tenon.name = "y"}) {
    %0 = tenon.neg %x : tensor<64xf32>
    return %0 : tensor<64xf32>
  }
}

// Programs that were compiled from their texts. It belongs behind native.h or traced.h, whose types it takes.
#include <cstdint>
#include <span>

#ifdef TENON_TEST_TRACED_H
namespace tenon::test::programs::traced {
#else
namespace tenon::test::programs::native {
#endif

struct Text {
  std::uint64_t seed;
  Real (*function)(Real a, Real b, Real c, Int n, Vec v, Memory &memory);
};
std::span<const Text> native_texts();    ///< C++ numbers
std::span<const Text> macros_texts();    ///< Tensors, with statement macros
std::span<const Text> functions_texts(); ///< Tensors, with C++'s keywords, through tenon-autograph
}

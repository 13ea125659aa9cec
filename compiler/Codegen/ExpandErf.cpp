// erf: an odd polynomial near 0, 1 - e^-q(|x|) beyond.
//
// q is minimax to -log(erfc) with the weight erfc: its error counts as much as it shows in 1 - e^-q (N. Juffa's form).
// The coefficients are ours (math-coefficients.sollya).
#include "compiler/Codegen/ExpandMath.h"

using namespace mlir;
using namespace mlir::tenon;

Expr mlir::tenon::expandErf(MathBuilder &math, Expr x) {
  Expr magnitude = math.abs(x);
  // erf(x) is 1 to half an ulp beyond these.
  double limit = math.isDouble() ? 6.0 : 4.0;
  Expr clamped = math.select(magnitude > limit, limit, magnitude);
  // Error of e^-q 3.8e-9 (f32), 2.1e-17 (f64), absolute. Taylor-shifted to 2 in f64, whose degree is high.
  Expr q = math.isDouble() ? math.polynomial(clamped - 2.0,
                                             {0x1.575b329b1f516p2,    0x1.1ac3258a8dc2cp2,    0x1.d8f5dece92391p-1,
                                              0x1.0dc3b5fb10601p-6,   -0x1.d406b373a150ap-9,  0x1.7ffcfb4765357p-11,
                                              -0x1.1bc3a606b7483p-13, 0x1.5b656f39a79f3p-16,  -0x1.060458f9716aap-19,
                                              -0x1.b549854ca9421p-23, 0x1.73e688484f662p-23,  -0x1.f0af521b16092p-25,
                                              0x1.e039b55b406ffp-27,  -0x1.5a3a282f047fbp-29, 0x1.1a779355b686ep-32,
                                              0x1.39d542a42fa4p-35,   -0x1.088a9b5a771bcp-35, 0x1.71dbdb4f118b2p-37,
                                              -0x1.52c1021a68e6bp-39, 0x1.7514efdb7b2a3p-42,  -0x1.6c800f3ce87c9p-46})
                           : math.polynomial(clamped, {0x1.743c9ep-13, 0x1.20b432p0, 0x1.462cb2p-1, 0x1.aa231p-4,
                                                       -0x1.6cfcdap-6, 0x1.90812p-9, -0x1.9d850ap-13});
  Expr large = 1.0 - expWithinNormalRange(math, -q);
  // x + x p(x^2); absolute error of p 9.7e-10 (f32), 1.2e-17 (f64).
  Expr square = x * x;
  Expr p = math.isDouble()
               ? math.polynomial(square, {0x1.06eba8214db69p-3, -0x1.812746b037a02p-2, 0x1.ce2f21a043b14p-4,
                                          -0x1.b82ce312c75eep-6, 0x1.565bcd176f802p-8, -0x1.c02db59a32608p-11,
                                          0x1.f9a3566054684p-14, -0x1.f4d6074413aap-17, 0x1.ba17aa6de0b17p-20,
                                          -0x1.6121e7071421ep-23, 0x1.07933704d6a9dp-26, -0x1.8794d57f5f4c5p-30,
                                          0x1.eff55dae891f6p-34})
               : math.polynomial(square, {0x1.06eba8p-3, -0x1.812742p-2, 0x1.ce2deep-4, -0x1.b80d1cp-6, 0x1.54be28p-8,
                                          -0x1.a9ff5ep-11, 0x1.5c33ccp-14});
  Expr small = math.fma(p, x, x);
  return math.select(magnitude < 0.925, small, math.withSignOf(large, x));
}

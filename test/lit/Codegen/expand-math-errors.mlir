// A function without a formula is an error: it would become a call of the C math library.
// RUN: tenon-opt %s --split-input-file --verify-diagnostics --tenon-expand-math

func.func @unknown(%x: f32) -> f32 {
  // expected-error @below {{'math.atan2' op has no formula on 'f32', and would become a call of the C math library}}
  %0 = math.atan2 %x, %x : f32
  return %0 : f32
}

// -----

func.func @power_of_integers(%x: f32, %n: i32) -> f32 {
  // expected-error @below {{'math.fpowi' op has no formula on 'f32', and would become a call of the C math library}}
  %0 = math.fpowi %x, %n : f32, i32
  return %0 : f32
}

// -----

func.func @before_bufferization(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'math.exp' op has no formula on 'tensor<4xf32>', and would become a call of the C math library}}
  %0 = math.exp %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

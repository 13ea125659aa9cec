// RUN: tenon-opt %s --tenon-optimize --tenon-lower-to-linalg | FileCheck %s
// RUN: tenon-opt %s --tenon-compile | FileCheck %s --check-prefix=CODE

// The constant stands in the loop's body, or is a scalar; either way no folder asks the C library what its cosine is.
// CODE-NOT: 0.54030
// CHECK-LABEL: func @scalar
// CHECK: %[[ONE:.+]] = arith.constant 1.000000e+00 : f32
// CHECK: %[[HIDDEN:.+]] = tenon_math.opaque %[[ONE]]
// CHECK: math.cos %[[HIDDEN]]
func.func @scalar() -> (tensor<f32> {tenon.name = "y"}) {
  %0 = tenon.constant dense<1.0> : tensor<f32>
  %1 = tenon.cos %0 : tensor<f32>
  return %1 : tensor<f32>
}

// CHECK-LABEL: func @splat
// CHECK: linalg.generic
// CHECK: %[[HIDDEN:.+]] = tenon_math.opaque
// CHECK: math.cos %[[HIDDEN]]
func.func @splat(%x: tensor<9xf32> {tenon.name = "x"}) -> (tensor<9xf32> {tenon.name = "y"}) {
  %0 = tenon.constant dense<1.0> : tensor<9xf32>
  %1 = tenon.cos %0 : tensor<9xf32>
  %2 = tenon.add %x, %1 : tensor<9xf32>, tensor<9xf32>
  return %2 : tensor<9xf32>
}

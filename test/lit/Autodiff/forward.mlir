// Forward mode is a gradient of a gradient with respect to its cotangent, of which that is linear: the backward pass in
// between is dead, and one pass forward is left.
// RUN: tenon-opt %s --split-input-file --tenon-expand-gradients --canonicalize --cse | FileCheck %s

// One product for the value and one for the tangent.
// CHECK-LABEL: @layer
// CHECK-SAME: (%[[X:.+]]: tensor<3x4xf32>, %[[W:.+]]: tensor<4x5xf32>, %[[T:.+]]: tensor<3x4xf32>)
// CHECK-NEXT: %[[ONE:.+]] = tenon.constant dense<1.000000e+00>
// CHECK-NEXT: %[[A:.+]] = tenon.matmul %[[X]], %[[W]]
// CHECK-NEXT: %[[Y:.+]] = tenon.tanh %[[A]]
// CHECK-NEXT: %[[Q:.+]] = tenon.mul %[[Y]], %[[Y]]
// CHECK-NEXT: %[[D:.+]] = tenon.sub %[[ONE]], %[[Q]]
// CHECK-NEXT: %[[DA:.+]] = tenon.matmul %[[T]], %[[W]]
// CHECK-NEXT: %[[DY:.+]] = tenon.mul %[[DA]], %[[D]]
// CHECK-NEXT: return %[[Y]], %[[DY]]
func.func @layer(%x: tensor<3x4xf32>, %w: tensor<4x5xf32>, %t: tensor<3x4xf32>) -> (tensor<3x5xf32>, tensor<3x5xf32>) {
  %a = tenon.matmul %x, %w : tensor<3x4xf32>, tensor<4x5xf32>
  %y = tenon.tanh %a : tensor<3x5xf32>
  %zero = tenon.constant dense<0.0> : tensor<f32>
  %u = tenon.splat %zero : tensor<f32> -> tensor<3x5xf32>
  %g = tenon.gradient %y wrt %x cotangents(%u : tensor<3x5xf32>) : tensor<3x5xf32> wrt tensor<3x4xf32>
  %d = tenon.gradient %g wrt %u cotangents(%t : tensor<3x4xf32>) : tensor<3x4xf32> wrt tensor<3x5xf32>
  return %y, %d : tensor<3x5xf32>, tensor<3x5xf32>
}

// -----

// A loop forward for the value, which keeps sin's arguments, and one for the tangent; of the one backwards the cotangent
// is gone, and what remains computes the factors.
// CHECK-LABEL: @loop
// CHECK: tenon.for
// CHECK: tenon.sin
// CHECK: tenon.for {{.+}} step -1(%{{[^,]+}} : tensor<?x4xf32>)
// CHECK: tenon.cos
// CHECK-NOT: tenon.mul
// CHECK: tenon.for
// CHECK: tenon.mul
// CHECK-NOT: tenon.for
func.func @loop(%x: tensor<4xf32>, %t: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %lower = tenon.constant dense<0> : tensor<i64>
  %upper = tenon.constant dense<8> : tensor<i64>
  %y = tenon.for %lower to %upper step 1 (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<4xf32>):
    %s = tenon.sin %h : tensor<4xf32>
    tenon.yield %s : tensor<4xf32>
  }
  %zero = tenon.constant dense<0.0> : tensor<f32>
  %u = tenon.splat %zero : tensor<f32> -> tensor<4xf32>
  %g = tenon.gradient %y wrt %x cotangents(%u : tensor<4xf32>) : tensor<4xf32> wrt tensor<4xf32>
  %d = tenon.gradient %g wrt %u cotangents(%t : tensor<4xf32>) : tensor<4xf32> wrt tensor<4xf32>
  return %y, %d : tensor<4xf32>, tensor<4xf32>
}

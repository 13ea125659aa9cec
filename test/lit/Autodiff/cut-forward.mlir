// RUN: tenon-opt %s --tenon-expand-gradients --tenon-cut-forward | FileCheck %s

// The backward pass of tanh needs its result, which the caller has kept; the argument is gone with the forward pass.
// CHECK-LABEL: func.func @saved(
// CHECK-SAME: %[[Y:.+]]: tensor<4xf32> {tenon.input = 1 : i64}) -> tensor<4xf32>
// CHECK-NOT: tenon.tanh
// CHECK: tenon.mul %[[Y]], %[[Y]]
func.func @saved(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32> {tenon.saved}) {
  %y = tenon.tanh %x : tensor<4xf32>
  %g = tenon.gradient %y wrt %x : tensor<4xf32> wrt tensor<4xf32>
  return %g, %y : tensor<4xf32>, tensor<4xf32>
}

// What is not saved is computed again, from arguments that keep their numbers.
// CHECK-LABEL: func.func @computed_again(
// CHECK-SAME: %[[X:.+]]: tensor<4xf32> {tenon.input = 1 : i64}) -> tensor<4xf32>
// CHECK: tenon.tanh %[[X]]
func.func @computed_again(%unused: tensor<f32>, %x: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32> {tenon.saved}) {
  %y = tenon.tanh %x : tensor<4xf32>
  %z = tenon.tanh %y : tensor<4xf32>
  %0 = tenon.sub %z, %z : tensor<4xf32>, tensor<4xf32>
  %g = tenon.gradient %y wrt %x : tensor<4xf32> wrt tensor<4xf32>
  return %g, %0 : tensor<4xf32>, tensor<4xf32>
}

// negative_: a function of which nothing is saved stays as it is.
// CHECK-LABEL: func.func @negative_nothing_saved(
// CHECK-SAME: %{{.+}}: tensor<f32>, %{{.+}}: tensor<4xf32>) -> tensor<4xf32>
func.func @negative_nothing_saved(%unused: tensor<f32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tenon.tanh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

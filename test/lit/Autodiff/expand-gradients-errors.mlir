// Gradients that cannot be: what is said, and where.
// RUN: tenon-opt %s --split-input-file --tenon-expand-gradients --verify-diagnostics

// expected-note@+1 {{the source}}
func.func @unconnected(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %y = tenon.exp %x : tensor<4xf32>
  // expected-error@+1 {{gradient: the target does not depend on source 1, f32[4]}}
  %g:2 = tenon.gradient %y wrt %x, %w : tensor<4xf32> wrt tensor<4xf32>, tensor<4xf32>
  return %g#1 : tensor<4xf32>
}

// -----

// By way of integers nothing is differentiable.
// expected-note@+1 {{the source}}
func.func @through_integers(%x: tensor<4xf32>) -> tensor<4xf32> {
  %i = tenon.cast %x : tensor<4xf32> to tensor<4xi32>
  %y = tenon.cast %i : tensor<4xi32> to tensor<4xf32>
  %z = tenon.exp %y : tensor<4xf32>
  // expected-error@+1 {{gradient: no target depends on source 0, f32[4]}}
  %g = tenon.gradient %y, %z wrt %x : tensor<4xf32>, tensor<4xf32> wrt tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>
func.func @no_pullback(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{call: has no gradient, and lies between a source and a target}}
  %y = call @elsewhere(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %g = tenon.gradient %y wrt %x : tensor<4xf32> wrt tensor<4xf32>
  return %g : tensor<4xf32>
}

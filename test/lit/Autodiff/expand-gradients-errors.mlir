// Gradients that cannot be: what is said, and where.
// RUN: tenon-opt %s --split-input-file '--tenon-expand-gradients=heap=false' --verify-diagnostics

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

// -----

// A loop that nobody bounds, whose values the gradient needs, where there is no heap.
func.func @unbounded(%x: tensor<f32>, %n: tensor<i64>) -> tensor<f32> {
  %zero = tenon.constant dense<0> : tensor<i64>
  // expected-error@+1 {{for: its gradient keeps values of every iteration, and how many there are is not known before it runs; say `max_iterations` (in C++: set_loop_options in its body)}}
  %r = tenon.for %zero to %n step 1 (%x : tensor<f32>) -> tensor<f32> {
  // expected-note@+1 {{such a value}}
  ^bb0(%i: tensor<i64>, %h: tensor<f32>):
    %s = tenon.sin %h : tensor<f32>
    tenon.yield %s : tensor<f32>
  }
  %g = tenon.gradient %r wrt %x : tensor<f32> wrt tensor<f32>
  return %g : tensor<f32>
}

// -----

// What a loop around the gradient carries depends on a source that is outside.
func.func @carried(%x: tensor<f32>) -> tensor<f32> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %three = tenon.constant dense<3> : tensor<i64>
  %r = tenon.for %zero to %three step 1 (%x : tensor<f32>) -> tensor<f32> {
  // expected-note@+1 {{the value}}
  ^bb0(%i: tensor<i64>, %h: tensor<f32>):
    %s = tenon.mul %h, %x : tensor<f32>, tensor<f32>
    // expected-error@+1 {{gradient: source 0, f32[], reaches the target through a value that the loop around it carries; take the gradient after the loop}}
    %g = tenon.gradient %s wrt %x : tensor<f32> wrt tensor<f32>
    tenon.yield %g : tensor<f32>
  }
  return %r : tensor<f32>
}

// -----

func.func @condition(%x: tensor<f32>, %c: tensor<i1>) -> tensor<f32> {
  // expected-error@+1 {{while: has no gradient: its condition computes a value that it hands on; compute it in the body}}
  %r = tenon.while (%x : tensor<f32>) -> tensor<f32> {
  ^bb0(%y: tensor<f32>):
    %z = tenon.sin %y : tensor<f32>
    tenon.condition %c, %z : tensor<f32>
  } do {
  ^bb0(%y: tensor<f32>):
    tenon.yield %y : tensor<f32>
  }
  %g = tenon.gradient %r wrt %x : tensor<f32> wrt tensor<f32>
  return %g : tensor<f32>
}

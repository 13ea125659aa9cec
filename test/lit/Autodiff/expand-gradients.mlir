// Gradients expanded where they stand: what is emitted, and what is not.
// RUN: tenon-opt %s --split-input-file --tenon-expand-gradients --canonicalize --cse | FileCheck %s

// A pullback uses the forward result; nothing is emitted for %w, of which nothing is asked.
// CHECK-LABEL: @tanh
// CHECK-SAME: (%[[X:.+]]: tensor<4xf32>, %[[W:.+]]: tensor<4xf32>)
func.func @tanh(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[ONE:.+]] = tenon.constant dense<1.000000e+00> : tensor<f32>
  // CHECK: %[[Y:.+]] = tenon.tanh %[[X]]
  // CHECK: %[[Q:.+]] = tenon.mul %[[Y]], %[[Y]]
  // CHECK: %[[D:.+]] = tenon.sub %[[ONE]], %[[Q]]
  // CHECK: %[[R:.+]] = tenon.mul %[[W]], %[[D]]
  // CHECK: return %[[R]]
  %y = tenon.tanh %x : tensor<4xf32>
  %z = tenon.mul %y, %w : tensor<4xf32>, tensor<4xf32>
  %g = tenon.gradient %z wrt %x : tensor<4xf32> wrt tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// A bias that repeats gets the sum over the rows; cotangents stand in place of ones.
// CHECK-LABEL: @bias
// CHECK-SAME: (%{{.+}}: tensor<?x4xf32>, %{{.+}}: tensor<4xf32>, %[[C:.+]]: tensor<?x4xf32>)
func.func @bias(%x: tensor<?x4xf32>, %b: tensor<4xf32>, %c: tensor<?x4xf32>) -> tensor<4xf32> {
  // CHECK: %[[R:.+]] = tenon.reduce <sum> %[[C]] {axes = array<i64: 0>} : tensor<?x4xf32>
  // CHECK: return %[[R]]
  %y = tenon.add %x, %b : tensor<?x4xf32>, tensor<4xf32>
  %g = tenon.gradient %y wrt %b cotangents(%c : tensor<?x4xf32>) : tensor<?x4xf32> wrt tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// A source is a value, wherever it comes from: two of equal elements are two sources.
// CHECK-LABEL: @intermediate
// CHECK-SAME: (%[[X:.+]]: tensor<f32>)
func.func @intermediate(%x: tensor<f32>) -> tensor<f32> {
  // CHECK-NOT: tenon.exp
  // CHECK: %[[COS:.+]] = tenon.cos %[[X]]
  // CHECK: return %[[COS]]
  %one = tenon.constant dense<1.0> : tensor<f32>
  %t = tenon.mul %x, %one : tensor<f32>, tensor<f32>
  %a = tenon.exp %x : tensor<f32>
  %b = tenon.sin %t : tensor<f32>
  %y = tenon.add %a, %b : tensor<f32>, tensor<f32>
  %g = tenon.gradient %y wrt %t : tensor<f32> wrt tensor<f32>
  return %g : tensor<f32>
}

// -----

// Nothing passes stop_gradient, which then is gone.
// CHECK-LABEL: @stop
// CHECK-SAME: (%[[X:.+]]: tensor<f32>)
func.func @stop(%x: tensor<f32>) -> tensor<f32> {
  // CHECK-NOT: stop_gradient
  // CHECK: return %[[X]]
  %s = tenon.stop_gradient %x : tensor<f32>
  %y = tenon.mul %x, %s : tensor<f32>, tensor<f32>
  %g = tenon.gradient %y wrt %x : tensor<f32> wrt tensor<f32>
  return %g : tensor<f32>
}

// -----

// Zeros where they are asked for; a piecewise constant function is connected and has zeros, too.
// CHECK-LABEL: @unconnected
func.func @unconnected(%x: tensor<2xf32>, %y: tensor<?xf32>) -> (tensor<2xf32>, tensor<?xf32>) {
  // CHECK-DAG: tenon.constant dense<0.000000e+00> : tensor<2xf32>
  // CHECK-DAG: tenon.dim %{{.+}} {axis = 0 : i64} : tensor<?xf32>
  // CHECK: tenon.splat
  %f = tenon.floor %x : tensor<2xf32>
  %g:2 = tenon.gradient %f wrt %x, %y {allow_unconnected = true} : tensor<2xf32> wrt tensor<2xf32>, tensor<?xf32>
  return %g#0, %g#1 : tensor<2xf32>, tensor<?xf32>
}

// -----

// Two reads of a variable are one source; after an assignment the read is what was assigned.
tenon.variable @w : tensor<f32>
// CHECK-LABEL: @variable
func.func @variable(%x: tensor<f32>) -> tensor<f32> {
  // CHECK: %[[W:.+]] = tenon.read @w
  // CHECK-NOT: tenon.read
  // CHECK: tenon.add %[[W]], %[[W]]
  %a = tenon.read @w : tensor<f32>
  %b = tenon.read @w : tensor<f32>
  %y = tenon.mul %a, %b : tensor<f32>, tensor<f32>
  %g = tenon.gradient %y wrt %a : tensor<f32> wrt tensor<f32>
  return %g : tensor<f32>
}

// -----

// The second gradient is that of what the first became: of x^3 it is 6 x.
// CHECK-LABEL: @second
// CHECK-NOT: tenon.gradient
func.func @second(%x: tensor<f64>) -> tensor<f64> {
  %q = tenon.mul %x, %x : tensor<f64>, tensor<f64>
  %y = tenon.mul %q, %x : tensor<f64>, tensor<f64>
  %g = tenon.gradient %y wrt %x : tensor<f64> wrt tensor<f64>
  %h = tenon.gradient %g wrt %x : tensor<f64> wrt tensor<f64>
  return %h : tensor<f64>
}

// -----

// A loop keeps what its backward needs in an array, a row for each iteration; the index and cheap ops are not kept.
// CHECK-LABEL: @loop
// CHECK-SAME: (%[[X:.+]]: tensor<3xf32>)
func.func @loop(%x: tensor<3xf32>) -> tensor<3xf32> {
  // CHECK: %[[KEPT:.+]] = tenon.constant dense<0.000000e+00> : tensor<5x3xf32>
  // CHECK: tenon.for {{.+}}(%[[X]], %[[KEPT]] : tensor<3xf32>, tensor<5x3xf32>)
  // CHECK: ^bb0(%[[I:.+]]: tensor<i64>, %[[H:.+]]: tensor<3xf32>, %[[ARRAY:.+]]: tensor<5x3xf32>):
  // CHECK: %[[ROW:.+]] = tenon.reshape %[[H]] : tensor<3xf32> -> tensor<1x3xf32>
  // CHECK: tenon.insert %[[ROW]], %[[ARRAY]] [%[[I]], 0]
  // CHECK: tenon.for %{{.+}} to %{{.+}} step -1
  // CHECK: tenon.slice
  // CHECK: tenon.cos
  %zero = tenon.constant dense<0> : tensor<i64>
  %five = tenon.constant dense<5> : tensor<i64>
  %r = tenon.for %zero to %five step 1 (%x : tensor<3xf32>) -> tensor<3xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<3xf32>):
    %s = tenon.sin %h : tensor<3xf32>
    tenon.yield %s : tensor<3xf32>
  }
  %g = tenon.gradient %r wrt %x : tensor<3xf32> wrt tensor<3xf32>
  return %g : tensor<3xf32>
}

// -----

// A branch hands out what its backward needs; no array.
// CHECK-LABEL: @branch
func.func @branch(%x: tensor<3xf32>, %c: tensor<i1>) -> tensor<3xf32> {
  // CHECK: %[[R:.+]]:2 = tenon.if %[[C:.+]] -> tensor<3xf32>, tensor<3xf32> {
  // CHECK: %[[E:.+]] = tenon.exp
  // CHECK: tenon.yield %[[E]], %[[E]]
  // CHECK: } else {
  // CHECK: tenon.if %[[C]] -> tensor<3xf32> {
  // CHECK: tenon.mul {{.*}}%[[R]]#1
  %r = tenon.if %c -> tensor<3xf32> {
    %e = tenon.exp %x : tensor<3xf32>
    tenon.yield %e : tensor<3xf32>
  } else {
    tenon.yield %x : tensor<3xf32>
  }
  %y = tenon.mul %r, %r : tensor<3xf32>, tensor<3xf32>
  %g = tenon.gradient %y wrt %x : tensor<3xf32> wrt tensor<3xf32>
  return %g : tensor<3xf32>
}

// -----

// relu's mask comes from its result, which is kept anyway; what it was computed from is not read again.
// CHECK-LABEL: @relu
// CHECK-SAME: (%[[X:.+]]: tensor<4xf32>, %[[C:.+]]: tensor<4xf32>)
func.func @relu(%x: tensor<4xf32>, %c: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[ZERO:.+]] = tenon.constant dense<0.000000e+00>
  // CHECK: %[[Y:.+]] = tenon.max %[[X]], %[[ZERO]]
  // CHECK: %[[M:.+]] = tenon.compare <gt> %[[Y]], %[[ZERO]]
  // CHECK: tenon.select %[[M]], %[[C]], %[[ZERO]]
  %zero = tenon.constant dense<0.0> : tensor<f32>
  %y = tenon.max %x, %zero : tensor<4xf32>, tensor<f32>
  %g = tenon.gradient %y wrt %x cotangents(%c : tensor<4xf32>) : tensor<4xf32> wrt tensor<4xf32>
  return %y, %g : tensor<4xf32>, tensor<4xf32>
}

// -----

// Windows side by side: each element of the input asks whether it was chosen; nothing is padded and added. The row and
// the column that no window reaches get zeros.
// CHECK-LABEL: @max_pool
func.func @max_pool(%x: tensor<?x5x7x3xf32>, %c: tensor<?x2x3x3xf32>) -> tensor<?x5x7x3xf32> {
  // CHECK-COUNT-4: tenon.select {{.*}} tensor<?x2x3x3xi1>
  // CHECK-NOT: tenon.add
  // CHECK: tenon.select {{.*}} : tensor<?x2x2x3x2x3xi1>
  // CHECK: tenon.reshape {{.*}} -> tensor<?x4x6x3xf32>
  // CHECK: tenon.pad
  // CHECK-NOT: tenon.add
  // CHECK: return
  %y = tenon.max_pool %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, 0>,
      dilations = array<i64: 1, 1>} : tensor<?x5x7x3xf32>
  %g = tenon.gradient %y wrt %x cotangents(%c : tensor<?x2x3x3xf32>) : tensor<?x2x3x3xf32> wrt tensor<?x5x7x3xf32>
  return %g : tensor<?x5x7x3xf32>
}

// -----

// The transposed convolution comes out as large as the input where that is known: nothing is cropped.
// CHECK-LABEL: @conv_input
func.func @conv_input(%x: tensor<?x8x9x2xf32>, %w: tensor<3x3x2x4xf32>, %c: tensor<?x4x9x4xf32>) -> tensor<?x8x9x2xf32> {
  // CHECK: tenon.conv_transpose {{.*}}output_padding = array<i64: 0, 0>, padding = array<i64: 1, 0, 1, 1>
  // CHECK-NOT: tenon.slice
  // CHECK: return
  %y = tenon.conv %x, %w {strides = array<i64: 2, 1>, padding = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>}
      : tensor<?x8x9x2xf32>, tensor<3x3x2x4xf32>
  %g = tenon.gradient %y wrt %x cotangents(%c : tensor<?x4x9x4xf32>) : tensor<?x4x9x4xf32> wrt tensor<?x8x9x2xf32>
  return %g : tensor<?x8x9x2xf32>
}

// A pullback of the user's runs in place of the chain rule; the op is gone where nothing asks for a gradient.
// CHECK-LABEL: @custom_gradient
// CHECK-SAME: %[[X:.+]]: tensor<4xf32>, %[[W:.+]]: tensor<4xf32>
// CHECK: %[[V:.+]] = tenon.exp %[[X]]
// CHECK-NOT: tenon.custom_gradient
// CHECK: return %[[V]], %[[W]]
func.func @custom_gradient(%x: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %v = tenon.exp %x : tensor<4xf32>
  %y = tenon.custom_gradient %v of %x : tensor<4xf32> of tensor<4xf32> {
  ^bb0(%g: tensor<4xf32>):
    %dx = tenon.mul %g, %w : tensor<4xf32>, tensor<4xf32>
    tenon.yield %dx : tensor<4xf32>
  }
  %d = tenon.gradient %y wrt %x : tensor<4xf32> wrt tensor<4xf32>
  return %y, %d : tensor<4xf32>, tensor<4xf32>
}
// -----

// What is kept of each iteration has the sizes of what it was taken from before the loop, however often they were read
// of something inside it.
// CHECK-LABEL: @kept_sizes
// CHECK-SAME: %[[X:.+]]: tensor<?x4xf64>, %[[M:.+]]: tensor<?x4xi1>
func.func @kept_sizes(%x: tensor<?x4xf64>, %m: tensor<?x4xi1>) -> tensor<?x4xf64> {
  // CHECK-DAG: %[[B:.+]] = tenon.dim %[[M]] {axis = 0 : i64}
  // CHECK-DAG: tenon.splat %{{.+}} dims(%[[B]]) : tensor<i1> -> tensor<4x?x1xi1>
  // CHECK: tenon.for
  %zero = tenon.constant dense<0> : tensor<i64>
  %count = tenon.constant dense<4> : tensor<i64>
  %n = tenon.dim %x {axis = 0 : i64} : tensor<?x4xf64>
  %0 = tenon.constant dense<0.0> : tensor<f64>
  %init = tenon.splat %0 dims(%n) : tensor<f64> -> tensor<?x1xf64>
  %y = tenon.for %zero to %count step 1(%init : tensor<?x1xf64>) -> tensor<?x1xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<?x1xf64>):
    %a = tenon.dim %m {axis = 0 : i64} : tensor<?x4xi1>
    %s = tenon.slice %m [0, %i] [%a, 1] [1, 1] : tensor<?x4xi1>
    %b = tenon.dim %s {axis = 0 : i64} : tensor<?x1xi1>
    %r = tenon.reshape %s dims(%b) : tensor<?x1xi1> -> tensor<?xi1>
    %c = tenon.dim %r {axis = 0 : i64} : tensor<?xi1>
    %t = tenon.reshape %r dims(%c) : tensor<?xi1> -> tensor<?x1xi1>
    %d = tenon.dim %x {axis = 0 : i64} : tensor<?x4xf64>
    %u = tenon.slice %x [0, %i] [%d, 1] [1, 1] : tensor<?x4xf64>
    %v = tenon.add %h, %u : tensor<?x1xf64>, tensor<?x1xf64>
    %w = tenon.tanh %v : tensor<?x1xf64>
    %z = tenon.select %t, %w, %h : tensor<?x1xi1>, tensor<?x1xf64>, tensor<?x1xf64>
    tenon.yield %z : tensor<?x1xf64>
  }
  %g = tenon.gradient %y wrt %x : tensor<?x1xf64> wrt tensor<?x4xf64>
  return %g : tensor<?x4xf64>
}

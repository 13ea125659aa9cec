// RUN: tenon-opt %s --tenon-infer-signatures | FileCheck %s

tenon.variable @steps : tensor<i64> = dense<0> : tensor<i64>

// Names, dtypes as the program has them, dimensions by name, the variables that are used and whether they are assigned.
// CHECK: tenon.signature = {dims = ["n"],
// CHECK-SAME: inputs = [{dims = ["n", 4], dtype = "u8", name = "pixels"}], name = "f",
// CHECK-SAME: outputs = [{dims = ["n", 4], dtype = "u8", name = "same"}],
// CHECK-SAME: variables = [{assigned, dims = [], dtype = "i64", name = "steps"}]
func.func @f(%x: tensor<?x4xui8> {tenon.name = "pixels", tenon.dims = ["n", ""]}) -> (tensor<?x4xui8> {tenon.name = "same", tenon.dims = ["n", ""]}) {
  %0 = tenon.read @steps : tensor<i64>
  tenon.assign @steps, %0 : tensor<i64>
  return %x : tensor<?x4xui8>
}

// An open dimension of a result that repeats an argument's has its name; only what the body computes has none.
// CHECK-LABEL: func.func @results
// CHECK-SAME: outputs = [{dims = ["batch", 8], dtype = "f32", name = "same"},
// CHECK-SAME:            {dims = ["batch", 2], dtype = "f32", name = "given"},
// CHECK-SAME:            {dims = {{\[\[}}0]], dtype = "f32", name = "twice"}]
func.func @results(%x: tensor<?x4xf32> {tenon.name = "x", tenon.dims = ["batch", ""]}, %w: tensor<4x8xf32>)
    -> (tensor<?x8xf32> {tenon.name = "same"}, tensor<?x2xf32> {tenon.name = "given"}, tensor<?xf32> {tenon.name = "twice"}) {
  %0 = tenon.matmul %x, %w : tensor<?x4xf32>, tensor<4x8xf32>
  %1 = tenon.softmax %0 {axis = 1 : i64} : tensor<?x8xf32>
  %n = tenon.dim %1 {axis = 0 : i64} : tensor<?x8xf32>
  %two = tenon.constant dense<2> : tensor<i64>
  %zero = tenon.constant dense<0.0> : tensor<f32>
  %2 = tenon.splat %zero dims(%n) : tensor<f32> -> tensor<?x2xf32>
  %m = tenon.mul %n, %two : tensor<i64>, tensor<i64>
  %3 = tenon.splat %zero dims(%m) : tensor<f32> -> tensor<?xf32>
  return %1, %2, %3 : tensor<?x8xf32>, tensor<?x2xf32>, tensor<?xf32>
}

// A helper has no interface.
// CHECK: func.func private @helper
// CHECK-NOT: tenon.signature
func.func private @helper(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

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

// A helper has no interface.
// CHECK: func.func private @helper
// CHECK-NOT: tenon.signature
func.func private @helper(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

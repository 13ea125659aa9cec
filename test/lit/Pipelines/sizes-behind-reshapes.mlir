// RUN: tenon-opt %s --tenon-optimize --tenon-lower-to-linalg --tenon-lower-to-buffers | FileCheck %s

// The sizes of temporaries behind reshapes are those of the arguments, and so it is known that they agree.
// CHECK-LABEL: func.func private @f.body
// CHECK: %[[N:.+]] = memref.dim
// CHECK: memref.alloc(%[[N]])
// CHECK-NOT: tenon.raise
// CHECK: memref.alloc(%[[N]])
func.func @f(%v: tensor<4xf32> {tenon.name = "v"}, %x: tensor<?x4xf32> {tenon.name = "x", tenon.dims = ["n", ""]},
             %y: tensor<?xf32> {tenon.name = "y", tenon.dims = ["n"]}) -> (tensor<4x1xf32> {tenon.name = "z"}) {
  %row = tenon.reshape %v : tensor<4xf32> -> tensor<1x4xf32>
  %0 = tenon.matmul %row, %x {transpose_rhs = true} : tensor<1x4xf32>, tensor<?x4xf32>
  %n = tenon.dim %0 {axis = 1 : i64} : tensor<1x?xf32>
  %1 = tenon.reshape %0 dims(%n) : tensor<1x?xf32> -> tensor<?xf32>
  %2 = tenon.sub %1, %y : tensor<?xf32>, tensor<?xf32>
  %m = tenon.dim %2 {axis = 0 : i64} : tensor<?xf32>
  %3 = tenon.reshape %2 dims(%m) : tensor<?xf32> -> tensor<1x?xf32>
  %4 = tenon.matmul %x, %3 {transpose_lhs = true, transpose_rhs = true} : tensor<?x4xf32>, tensor<1x?xf32>
  return %4 : tensor<4x1xf32>
}

// RUN: tenon-opt %s --split-input-file --tenon-lower-to-buffers | FileCheck %s

tenon.variable @w : tensor<4x4xf32> = dense<1.0> : tensor<4x4xf32>
tenon.variable @v : tensor<4x4xf32>

// An update that reads each element once is done in place; a matrix product of a variable with itself is computed
// beside it, in the output, and copied, since it still reads what it would overwrite.
// CHECK-LABEL: func.func private @f.body(
// CHECK-SAME: %{{.+}}: !llvm.ptr, %[[X:.+]]: memref<4x4xf32>, %[[W:.+]]: memref<4x4xf32>, %[[V:.+]]: memref<4x4xf32>, %[[OUT:.+]]: memref<4x4xf32>)
// CHECK-NOT: memref.alloc
// CHECK: linalg.matmul ins(%[[W]], %[[W]] : {{.*}}) outs(%[[OUT]]
// CHECK: linalg.add ins(%[[X]], %[[V]] : {{.*}}) outs(%[[V]]
// CHECK: linalg.copy ins(%[[OUT]] : {{.*}}) outs(%[[W]]
// CHECK-NOT: tenon.variable
// CHECK: return
func.func @f(%x: tensor<4x4xf32> {tenon.name = "x"}) -> (tensor<4x4xf32> {tenon.name = "p"}) {
  %z = arith.constant 0.0 : f32
  %w = tenon.read @w : tensor<4x4xf32>
  %e = tensor.empty() : tensor<4x4xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %m = linalg.matmul ins(%w, %w : tensor<4x4xf32>, tensor<4x4xf32>) outs(%f : tensor<4x4xf32>) -> tensor<4x4xf32>
  tenon.assign @w, %m : tensor<4x4xf32>
  %e2 = tensor.empty() : tensor<4x4xf32>
  %v = tenon.read @v : tensor<4x4xf32>
  %v2 = linalg.add ins(%x, %v : tensor<4x4xf32>, tensor<4x4xf32>) outs(%e2 : tensor<4x4xf32>) -> tensor<4x4xf32>
  tenon.assign @v, %v2 : tensor<4x4xf32>
  %w2 = tenon.read @w : tensor<4x4xf32>
  return %w2 : tensor<4x4xf32>
}

// -----

tenon.variable @a : tensor<4xf32>
tenon.variable @b : tensor<4xf32>

// Two variables change places, and an output is what one held before: it is written first, then one is put aside.
// CHECK-LABEL: func.func private @swap.body(
// CHECK-SAME: %{{.+}}: !llvm.ptr, %[[A:.+]]: memref<4xf32>, %[[B:.+]]: memref<4xf32>, %[[OUT:.+]]: memref<4xf32>)
// CHECK: linalg.copy ins(%[[A]] : {{.*}}) outs(%[[OUT]]
// CHECK: linalg.copy ins(%[[B]] : {{.*}}) outs(%[[ASIDE:.+]] :
// CHECK: linalg.copy ins(%[[A]] : {{.*}}) outs(%[[B]]
// CHECK: linalg.copy ins(%[[ASIDE]] : {{.*}}) outs(%[[A]]
// CHECK-NOT: linalg.copy
// CHECK: return
func.func @swap() -> (tensor<4xf32> {tenon.name = "p"}) {
  %a = tenon.read @a : tensor<4xf32>
  %b = tenon.read @b : tensor<4xf32>
  tenon.assign @a, %b : tensor<4xf32>
  tenon.assign @b, %a : tensor<4xf32>
  return %a : tensor<4xf32>
}

// -----

tenon.variable @same : tensor<4xf32>

// A variable that is assigned what it holds keeps it, also where the last op that reads it could write over it.
// CHECK-LABEL: func.func private @keep.body(
// CHECK-SAME: %{{.+}}: !llvm.ptr, %[[X:.+]]: memref<1xf32>, %[[S:.+]]: memref<4xf32>, %[[OUT:.+]]: memref<4xf32>)
// CHECK-NOT: outs(%[[S]]
// CHECK-NOT: memref.subview %[[S]]
// CHECK: return
func.func @keep(%x: tensor<1xf32> {tenon.name = "x"}) -> (tensor<4xf32> {tenon.name = "y"}) {
  %s = tenon.read @same : tensor<4xf32>
  %y = tensor.insert_slice %x into %s[3] [1] [1] : tensor<1xf32> into tensor<4xf32>
  tenon.assign @same, %s : tensor<4xf32>
  return %y : tensor<4xf32>
}

// RUN: tenon-opt %s --split-input-file --tenon-plan-workspace | FileCheck %s

// Three temporaries, the first of which is dead when the third is made: two places.
// CHECK-LABEL: func.func private @f.body(
// CHECK-SAME: %[[WORK:[^:]+]]: memref<?xi8>)
// CHECK-SAME: workspace = 8192 : i64
// CHECK-NOT: memref.alloc
// CHECK-COUNT-3: memref.view %[[WORK]]
func.func private @f.body(%frame: !llvm.ptr, %x: memref<32x32xf32>, %out: memref<32x32xf32>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [32, 32], dtype = "f32", name = "x"}], name = "f",
     outputs = [{dims = [32, 32], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %a = memref.alloc() : memref<32x32xf32>
  linalg.exp ins(%x : memref<32x32xf32>) outs(%a : memref<32x32xf32>)
  %b = memref.alloc() : memref<32x32xf32>
  linalg.exp ins(%a : memref<32x32xf32>) outs(%b : memref<32x32xf32>)
  %c = memref.alloc() : memref<32x32xf32>
  linalg.exp ins(%b : memref<32x32xf32>) outs(%c : memref<32x32xf32>)
  linalg.exp ins(%c : memref<32x32xf32>) outs(%out : memref<32x32xf32>)
  return
}

// -----

// Open sizes: offsets are computed at entry, and a function tells the caller how much it takes.
// CHECK-LABEL: func.func private @g.workspace(
// CHECK-SAME: %[[N:.+]]: index) -> index
// CHECK: arith.muli %[[N]]
// CHECK-LABEL: func.func private @g.body(
// CHECK-SAME: %[[WORK:[^:]+]]: memref<?xi8>)
// CHECK: arith.maxsi
// CHECK-COUNT-2: memref.view %[[WORK]][%{{.+}}][%{{.+}}]
func.func private @g.body(%frame: !llvm.ptr, %x: memref<?xf32>, %out: memref<?xf32>) attributes {tenon.signature =
    {dims = ["n"], inputs = [{dims = ["n"], dtype = "f32", name = "x"}], name = "g",
     outputs = [{dims = ["n"], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  linalg.exp ins(%x : memref<?xf32>) outs(%a : memref<?xf32>)
  %b = memref.alloc(%n) : memref<?xf32>
  linalg.exp ins(%a : memref<?xf32>) outs(%b : memref<?xf32>)
  linalg.exp ins(%b : memref<?xf32>) outs(%out : memref<?xf32>)
  return
}

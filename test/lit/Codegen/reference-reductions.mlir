// RUN: tenon-opt %s --tenon-reference-reductions --split-input-file | FileCheck %s

// Element j goes to lane j mod 64 of a buffer, which folds as a tree.
// CHECK-LABEL: func @sum
// CHECK: %[[LANES:.+]] = memref.alloca() : memref<64xf32>
// CHECK: scf.for %[[J:.+]] =
// CHECK: %[[X:.+]] = memref.load %arg0[%[[J]]]
// CHECK: %[[LANE:.+]] = arith.remui
// CHECK: %[[OLD:.+]] = memref.load %[[LANES]][%[[LANE]]]
// CHECK: %[[NEW:.+]] = arith.addf %[[OLD]], %[[X]]
// CHECK: memref.store %[[NEW]], %[[LANES]][%[[LANE]]]
// CHECK-COUNT-6: scf.for
func.func @sum(%x: memref<100xf32>, %y: memref<f32>) {
  linalg.reduce { arith.addf } ins(%x : memref<100xf32>) outs(%y : memref<f32>) dimensions = [0]
  return
}

// -----

// A sequential reduction is what plain loops compute.
// CHECK-LABEL: func @negative_columns
// CHECK: linalg.reduce
func.func @negative_columns(%x: memref<100x4xf32>, %y: memref<4xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<100x4xf32>) outs(%y : memref<4xf32>) dimensions = [0]
  return
}

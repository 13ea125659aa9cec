// RUN: tenon-opt %s --tenon-emit-sweeps --split-input-file | FileCheck %s --check-prefixes=CHECK,WIDE
// RUN: tenon-opt %s --tenon-emit-sweeps=target=x86-64-v3 --split-input-file | FileCheck %s --check-prefixes=CHECK,NARROW

// A tile is 16 rows that exchange quarters in four steps; tiles come in blocks of 32 x 32. Sizes that tiles divide leave no rest.
// CHECK-LABEL: func @square
// WIDE: scf.for %{{.+}} = %c0 to %c64 step %c32
// WIDE: scf.for %{{.+}} = %c0 to %c64 step %c32
// WIDE-COUNT-16: vector.load %arg0
// WIDE-COUNT-64: vector.shuffle
// WIDE-COUNT-16: vector.store %{{.+}}, %arg1
// NARROW: scf.for %{{.+}} = %c0 to %c64 step %c16
// NARROW-COUNT-8: vector.load %arg0
// NARROW-COUNT-24: vector.shuffle
// NARROW-COUNT-8: vector.store %{{.+}}, %arg1
// CHECK-NOT: memref.load
// CHECK: return
func.func @square(%x: memref<64x64xf32>, %y: memref<64x64xf32>) {
  linalg.transpose ins(%x : memref<64x64xf32>) outs(%y : memref<64x64xf32>) permutation = [1, 0]
  return
}

// -----

// An operation with a transposed operand takes it in tiles and the others as they lie; the edges are scalars.
// CHECK-LABEL: func @add_transposed
// CHECK: vector.shuffle
// CHECK: vector.load %arg1
// CHECK: arith.addf %{{.+}} : vector
// CHECK: memref.load %arg0
// CHECK: arith.addf %{{.+}} : f32
func.func @add_transposed(%x: memref<?x?xf32>, %y: memref<?x?xf32>, %z: memref<?x?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%x, %y : memref<?x?xf32>, memref<?x?xf32>) outs(%z : memref<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %r = arith.addf %a, %b : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// A permutation that keeps the innermost dimension copies rows.
// CHECK-LABEL: func @rows
// CHECK-NOT: vector.shuffle
// CHECK: vector.load
// CHECK: vector.store
func.func @rows(%x: memref<4x6x32xf32>, %y: memref<6x4x32xf32>) {
  linalg.transpose ins(%x : memref<4x6x32xf32>) outs(%y : memref<6x4x32xf32>) permutation = [1, 0, 2]
  return
}

// -----

// All operands transposed alike is no transpose: the loops follow the output.
// CHECK-LABEL: func @alike
// CHECK: memref.collapse_shape
// CHECK-NOT: vector.shuffle
// CHECK: vector.store
func.func @alike(%x: memref<8x32xf32>, %y: memref<8x32xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (j, i)>],
                  iterator_types = ["parallel", "parallel"]} ins(%x : memref<8x32xf32>) outs(%y : memref<8x32xf32>) {
  ^bb0(%a: f32, %b: f32):
    %r = arith.negf %a : f32
    linalg.yield %r : f32
  }
  return
}

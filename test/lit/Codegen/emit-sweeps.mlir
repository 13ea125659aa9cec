// RUN: tenon-opt %s --tenon-emit-sweeps --split-input-file | FileCheck %s --check-prefixes=CHECK,MASKED
// RUN: tenon-opt %s --tenon-emit-sweeps="target=x86-64-v2" --split-input-file | FileCheck %s --check-prefixes=CHECK,PLAIN

// A size-1 operation is scalar code without loops.
// CHECK-LABEL: func @scalar
// CHECK-NOT: scf.for
// CHECK-NOT: vector
// CHECK: %[[X:.+]] = memref.load %{{.+}}[%c0, %c0]
// CHECK: arith.addf %[[X]]
// CHECK: memref.store
func.func @scalar(%a: memref<1x1xf32>, %b: memref<1x1xf32>) {
  linalg.map { arith.addf } ins(%a, %a : memref<1x1xf32>, memref<1x1xf32>) outs(%b : memref<1x1xf32>)
  return
}

// -----

// All dimensions of a contiguous operation are one, and a small one is straight code: two vectors and a tail that is half of one.
// CHECK-LABEL: func @collapsed
// CHECK: memref.collapse_shape %{{.+}} {{\[\[}}0, 1, 2]]
// CHECK-NOT: scf.for
// MASKED-COUNT-2: vector.store %{{.+}} : memref<40xf32>, vector<16xf32>
// MASKED: vector.store %{{.+}} : memref<40xf32>, vector<8xf32>
// PLAIN-COUNT-10: vector.store %{{.+}} : memref<40xf32>, vector<4xf32>
func.func @collapsed(%a: memref<2x4x5xf32>, %b: memref<2x4x5xf32>) {
  linalg.map { math.absf } ins(%a : memref<2x4x5xf32>) outs(%b : memref<2x4x5xf32>)
  return
}

// -----

// What is the same along a row is loaded once for the row, as a scalar; the tail of an open row is masked, or a loop of scalars.
// CHECK-LABEL: func @row_bias
// CHECK: scf.for %[[I:.+]] =
// CHECK: %[[BIAS:.+]] = memref.load %{{.+}}[%[[I]]]
// CHECK: vector.broadcast %[[BIAS]]
// CHECK: scf.for
// CHECK: vector.load
// MASKED: scf.for
// MASKED: %[[MASK:.+]] = vector.create_mask
// MASKED: vector.maskedload %{{.+}}, %[[MASK]]
// MASKED: vector.maskedstore %{{.+}}, %[[MASK]]
// PLAIN: scf.for
// PLAIN: vector.store
// PLAIN: scf.for
// PLAIN: memref.store
func.func @row_bias(%a: memref<?x?xf32>, %b: memref<?xf32>, %c: memref<?x?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : memref<?x?xf32>, memref<?xf32>) outs(%c : memref<?x?xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %r = arith.addf %x, %y : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// Vectors of i1 are bits but its memrefs are bytes: they are read and written as such.
// CHECK-LABEL: func @booleans
// CHECK-DAG: %[[A:.+]] = builtin.unrealized_conversion_cast %arg0 : memref<64xi1> to memref<64xi8>
// CHECK-DAG: %[[B:.+]] = builtin.unrealized_conversion_cast %arg1 : memref<64xi1> to memref<64xi8>
// CHECK: %[[BYTES:.+]] = vector.load %[[A]]
// CHECK: arith.cmpi ne, %[[BYTES]]
// CHECK: arith.extui
// CHECK: vector.store %{{.+}}, %[[B]]
func.func @booleans(%a: memref<64xi1>, %b: memref<64xi1>) {
  linalg.copy ins(%a : memref<64xi1>) outs(%b : memref<64xi1>)
  return
}

// -----

// A lane that does not exist must not divide: the tail of an integer division is not masked.
// CHECK-LABEL: func @integer_division
// CHECK-NOT: mask
// CHECK: return
func.func @integer_division(%a: memref<37xi32>, %b: memref<37xi32>) {
  linalg.map { arith.divsi } ins(%a, %a : memref<37xi32>, memref<37xi32>) outs(%b : memref<37xi32>)
  return
}

// -----

// The rows of a table are read as vectors.
// CHECK-LABEL: func @embedding
// CHECK: %[[ROW:.+]] = arith.index_cast
// CHECK: vector.load %arg0[%[[ROW]],
func.func @embedding(%table: memref<50x64xf32>, %ids: memref<6xi64>, %out: memref<6x64xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                  iterator_types = ["parallel", "parallel"]} ins(%ids : memref<6xi64>) outs(%out : memref<6x64xf32>) {
  ^bb0(%id: i64, %o: f32):
    %j = linalg.index 1 : index
    %row = arith.index_cast %id : i64 to index
    %value = memref.load %table[%row, %j] : memref<50x64xf32>
    linalg.yield %value : f32
  }
  return
}

// -----

// A copy between layouts is a sweep; one between equal layouts stays, to become a memcpy.
// CHECK-LABEL: func @copies
// CHECK: vector.load
// CHECK: memref.copy
// CHECK-NOT: memref.copy
func.func @copies(%a: memref<8x16xf32, strided<[32, 1]>>, %b: memref<8x16xf32>, %c: memref<8x16xf32>) {
  memref.copy %a, %b : memref<8x16xf32, strided<[32, 1]>> to memref<8x16xf32>
  memref.copy %b, %c : memref<8x16xf32> to memref<8x16xf32>
  return
}

// -----

// Contractions have an emitter of their own.
// CHECK-LABEL: func @negative_matmul
// CHECK: linalg.matmul
func.func @negative_matmul(%a: memref<4x4xf32>, %b: memref<4x4xf32>, %c: memref<4x4xf32>) {
  linalg.matmul ins(%a, %b : memref<4x4xf32>, memref<4x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// -----

// Four chunks of a long body take their steps together, as one vector that becomes four; what is left of a row goes in twos and ones.
// CHECK-LABEL: func @long_chain
// CHECK: scf.for %[[I:.+]] =
// MASKED: scf.for %[[J:.+]] = %c0 to %c128 step %c64
// MASKED: math.exp %{{.+}} : vector<64xf32>
// MASKED: math.exp %{{.+}} : vector<32xf32>
// MASKED: math.exp %{{.+}} : vector<16xf32>
// MASKED: vector.maskedload
// MASKED: math.exp %{{.+}} : vector<8xf32>
// PLAIN: math.exp %{{.+}} : vector<8xf32>
func.func @long_chain(%a: memref<8x181xf32, strided<[200, 1]>>, %b: memref<8x181xf32>) {
  linalg.map { math.exp } ins(%a : memref<8x181xf32, strided<[200, 1]>>) outs(%b : memref<8x181xf32>)
  return
}

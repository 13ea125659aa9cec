// RUN: tenon-opt %s --tenon-emit-sweeps --split-input-file | FileCheck %s

// A row of up to 16 vectors is read once and written once.
// CHECK-LABEL: func @row_in_registers
// CHECK: scf.for
// CHECK-COUNT-2: vector.load %arg0
// CHECK: arith.cmpf ogt
// CHECK: math.exp %{{.+}} : vector<16xf32>
// CHECK: math.exp %{{.+}} : vector<16xf32>
// CHECK: arith.divf
// CHECK: vector.store
// CHECK: arith.divf
// CHECK: vector.store
// CHECK-NOT: vector.load
// CHECK: return
func.func @row_in_registers(%x: memref<8x32xf32>, %y: memref<8x32xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<8x32xf32>) outs(%y : memref<8x32xf32>)
  return
}

// -----

// A row of ten is one masked vector.
// CHECK-LABEL: func @short_row
// CHECK: vector.maskedload
// CHECK-NOT: vector.maskedload
// CHECK: vector.maskedstore
func.func @short_row(%x: memref<?x10xf32>, %y: memref<?x10xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<?x10xf32>) outs(%y : memref<?x10xf32>)
  return
}

// -----

// A longer row, or an open one, passes through the output buffer.
// CHECK-LABEL: func @long_row
// CHECK: math.exp
// CHECK: vector.store %{{.+}}, %arg1
// CHECK: vector.load %arg1
// CHECK: arith.divf
// CHECK: vector.store %{{.+}}, %arg1
func.func @long_row(%x: memref<8x8192xf32>, %y: memref<8x8192xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<8x8192xf32>) outs(%y : memref<8x8192xf32>)
  return
}

// -----

// Along an outer axis it is sequential, with vectors of what lies inside the axis.
// CHECK-LABEL: func @outer_axis
// CHECK: scf.for %[[J:.+]] = %c0 to %c10 step %c1 iter_args
// CHECK: vector.load %arg0[%{{.+}}, %[[J]], %{{.+}}]
func.func @outer_axis(%x: memref<4x10x64xf32>, %y: memref<4x10x64xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<4x10x64xf32>) outs(%y : memref<4x10x64xf32>)
  return
}

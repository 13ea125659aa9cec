// RUN: tenon-opt %s --tenon-emit-sweeps --split-input-file | FileCheck %s

// A row of up to 16 vectors is read once and written once.
// CHECK-LABEL: func @row_in_registers
// CHECK: scf.for %{{.+}} = %c0 to %c8 step %c1 {
// CHECK-COUNT-16: vector.load %arg0
// CHECK: arith.cmpf ogt
// CHECK-COUNT-16: math.exp %{{.+}} : vector<16xf32>
// CHECK: arith.divf
// CHECK: vector.store
// CHECK-NOT: vector.load
// CHECK: return
func.func @row_in_registers(%x: memref<8x256xf32>, %y: memref<8x256xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<8x256xf32>) outs(%y : memref<8x256xf32>)
  return
}

// -----

// Two rows that fit into half of the registers together take their steps in turn: one computes while the other is folded.
// CHECK-LABEL: func @two_rows
// CHECK: scf.for %[[I:.+]] = %c0 to %c8 step %c2 {
// CHECK: %[[NEXT:.+]] = arith.addi %[[I]], %c1
// CHECK: vector.load %arg0[%[[I]], %c0]
// CHECK: vector.load %arg0[%[[I]], %c16]
// CHECK: vector.load %arg0[%[[NEXT]], %c0]
// CHECK: vector.load %arg0[%[[NEXT]], %c16]
// CHECK-COUNT-4: math.exp %{{.+}} : vector<16xf32>
// CHECK-COUNT-4: arith.divf %{{.+}} : vector<16xf32>
// CHECK: vector.load %arg0[%c8, %c0]
// CHECK: return
func.func @two_rows(%x: memref<9x32xf32>, %y: memref<9x32xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<9x32xf32>) outs(%y : memref<9x32xf32>)
  return
}

// -----

// A row of ten is one masked vector; an odd row is left where there are openly many.
// CHECK-LABEL: func @short_row
// CHECK: scf.for
// CHECK-COUNT-2: vector.maskedload
// CHECK-COUNT-2: vector.maskedstore
// CHECK: scf.for
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

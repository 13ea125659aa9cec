// The open dimensions of every kind of result, in terms of the operands'.
// RUN: tenon-opt %s --resolve-ranked-shaped-type-result-dims --canonicalize --cse | FileCheck %s

// The first operand that has the dimension open gives it: an open dimension never repeats.
// CHECK-LABEL: @broadcasting
// CHECK-SAME: (%[[X:.+]]: tensor<?x1xf32>, %[[Y:.+]]: tensor<?xf32>)
func.func @broadcasting(%x: tensor<?x1xf32>, %y: tensor<?xf32>) -> (index, index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // CHECK-DAG: %[[ROWS:.+]] = tensor.dim %[[X]], %c0
  // CHECK-DAG: %[[COLUMNS:.+]] = tensor.dim %[[Y]], %c0
  %0 = tenon.add %x, %y : tensor<?x1xf32>, tensor<?xf32>
  %1 = tenon.exp %0 : tensor<?x?xf32>
  %rows = tensor.dim %1, %c0 : tensor<?x?xf32>
  %columns = tensor.dim %1, %c1 : tensor<?x?xf32>
  %2 = tenon.transpose %1 {permutation = array<i64: 1, 0>} : tensor<?x?xf32>
  %3 = tensor.dim %2, %c0 : tensor<?x?xf32>
  // CHECK: return %[[ROWS]], %[[COLUMNS]], %[[COLUMNS]]
  return %rows, %columns, %3 : index, index, index
}

// Sizes that operands give are read from them.
// CHECK-LABEL: @given
// CHECK-SAME: (%{{.+}}: tensor<f32>, %[[N:.+]]: tensor<i64>, %[[M:.+]]: tensor<i64>, %
func.func @given(%v: tensor<f32>, %n: tensor<i64>, %m: tensor<i64>, %x: tensor<?x?xf32>) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  // CHECK: %[[EXTRACTED:.+]] = tensor.extract %[[M]][]
  // CHECK: %[[SIZE:.+]] = arith.index_cast %[[EXTRACTED]] : i64 to index
  %0 = tenon.splat %v dims(%n, %m) : tensor<f32> -> tensor<?x3x?xf32>
  %1 = tensor.dim %0, %c2 : tensor<?x3x?xf32>
  // CHECK: %[[EXTRACTED2:.+]] = tensor.extract %[[N]][]
  // CHECK: %[[SIZE2:.+]] = arith.index_cast %[[EXTRACTED2]] : i64 to index
  %2 = tenon.slice %x[0, %m] [%n, 4] [1, 1] : tensor<?x?xf32>
  %3 = tensor.dim %2, %c0 : tensor<?x4xf32>
  // CHECK: return %[[SIZE]], %[[SIZE2]]
  return %1, %3 : index, index
}

// CHECK-LABEL: @matmul
// CHECK-SAME: (%[[LHS:.+]]: tensor<?x1x?x8xf32>, %[[RHS:.+]]: tensor<5x?x8xf32>)
func.func @matmul(%lhs: tensor<?x1x?x8xf32>, %rhs: tensor<5x?x8xf32>) -> (index, index, index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %0 = tenon.matmul %lhs, %rhs {transpose_rhs = true} : tensor<?x1x?x8xf32>, tensor<5x?x8xf32>
  // CHECK-DAG: %[[BATCH:.+]] = tensor.dim %[[LHS]], %c0
  // CHECK-DAG: %[[M:.+]] = tensor.dim %[[LHS]], %c2
  // CHECK-DAG: %[[N:.+]] = tensor.dim %[[RHS]], %c1
  %1 = tensor.dim %0, %c0 : tensor<?x5x?x?xf32>
  %2 = tensor.dim %0, %c1 : tensor<?x5x?x?xf32>
  %3 = tensor.dim %0, %c2 : tensor<?x5x?x?xf32>
  %4 = tensor.dim %0, %c3 : tensor<?x5x?x?xf32>
  // CHECK: return %[[BATCH]], %c5, %[[M]], %[[N]]
  return %1, %2, %3, %4 : index, index, index, index
}

// floor((size + 2 - 5) / 2) + 1 positions of a window of 3 taps that are 2 apart, and none where it does not fit.
// CHECK-LABEL: @windows
// CHECK-SAME: (%[[X:.+]]: tensor<1x?x2xf32>, %{{.+}}: tensor<3x2x4xf32>)
func.func @windows(%x: tensor<1x?x2xf32>, %filter: tensor<3x2x4xf32>) -> (index, index) {
  %c1 = arith.constant 1 : index
  // CHECK: %[[SIZE:.+]] = tensor.dim %[[X]], %c1
  // CHECK: %[[SLACK:.+]] = arith.addi %[[SIZE]], %c-3
  // CHECK: %[[STEPS:.+]] = arith.floordivsi %[[SLACK]], %c2
  // CHECK: %[[POSITIONS:.+]] = arith.addi %[[STEPS]], %c1
  // CHECK: %[[CONV:.+]] = arith.maxsi %[[POSITIONS]], %c0
  %0 = tenon.conv %x, %filter {strides = array<i64: 2>, padding = array<i64: 1, 1>, dilations = array<i64: 2>} : tensor<1x?x2xf32>, tensor<3x2x4xf32>
  %1 = tensor.dim %0, %c1 : tensor<1x?x4xf32>
  %2 = tenon.max_pool %x {window = array<i64: 3>, strides = array<i64: 2>, padding = array<i64: 1, 1>, dilations = array<i64: 2>} : tensor<1x?x2xf32>
  %3 = tensor.dim %2, %c1 : tensor<1x?x2xf32>
  // CHECK: return %[[CONV]], %{{.+}}
  return %1, %3 : index, index
}

// (size - 1) * 2 + 3 + 1 - 2
// CHECK-LABEL: @conv_transpose
// CHECK-SAME: (%[[X:.+]]: tensor<1x?x2xf32>
func.func @conv_transpose(%x: tensor<1x?x2xf32>, %filter: tensor<3x4x2xf32>) -> index {
  %c1 = arith.constant 1 : index
  // CHECK: %[[SIZE:.+]] = tensor.dim %[[X]], %c1
  // CHECK: %[[STEPS:.+]] = arith.subi %[[SIZE]], %c1
  // CHECK: %[[SPAN:.+]] = arith.muli %[[STEPS]], %c2
  // CHECK: %[[FULL:.+]] = arith.addi %[[SPAN]], %c2
  // CHECK: arith.maxsi %[[FULL]], %c0
  %0 = tenon.conv_transpose %x, %filter {strides = array<i64: 2>, padding = array<i64: 1, 1>, dilations = array<i64: 1>, output_padding = array<i64: 1>} : tensor<1x?x2xf32>, tensor<3x4x2xf32>
  %1 = tensor.dim %0, %c1 : tensor<1x?x4xf32>
  return %1 : index
}

// CHECK-LABEL: @moved
// CHECK-SAME: (%[[X:.+]]: tensor<?x4x?xf32>, %[[I:.+]]: tensor<?xi64>)
func.func @moved(%x: tensor<?x4x?xf32>, %i: tensor<?xi64>) -> (index, index, index, index, index, index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  // CHECK-DAG: %[[X0:.+]] = tensor.dim %[[X]], %c0
  // CHECK-DAG: %[[X2:.+]] = tensor.dim %[[X]], %c2
  // CHECK-DAG: %[[I0:.+]] = tensor.dim %[[I]], %c0
  // CHECK-DAG: %[[PADDED:.+]] = arith.addi %[[X0]], %c3
  // CHECK-DAG: %[[TWICE:.+]] = arith.addi %[[X2]], %[[X2]]
  %0 = tenon.reduce <sum> %x {axes = array<i64: 0>} : tensor<?x4x?xf32>
  %1 = tensor.dim %0, %c1 : tensor<4x?xf32>
  %2 = tenon.argmax %x {axis = 1 : i64, keep_dims = true} : tensor<?x4x?xf32>
  %3 = tensor.dim %2, %c2 : tensor<?x1x?xi64>
  %4 = tenon.gather %x, %i {axis = 1 : i64} : tensor<?x4x?xf32>, tensor<?xi64>
  %5 = tensor.dim %4, %c1 : tensor<?x?x?xf32>
  %value = tenon.constant dense<0.0> : tensor<f32>
  %6 = tenon.pad %x, %value {low = array<i64: 1, 0, 0>, high = array<i64: 2, 0, 0>} : tensor<?x4x?xf32>, tensor<f32>
  %7 = tensor.dim %6, %c0 : tensor<?x4x?xf32>
  %8 = tenon.concat %x, %x {axis = 2 : i64} : tensor<?x4x?xf32>, tensor<?x4x?xf32>
  %9 = tensor.dim %8, %c2 : tensor<?x4x?xf32>
  %10 = tenon.stack %x, %x {axis = 1 : i64} : tensor<?x4x?xf32>, tensor<?x4x?xf32>
  %c3 = arith.constant 3 : index
  %11 = tensor.dim %10, %c3 : tensor<?x2x4x?xf32>
  %12:2 = tenon.split %x {axis = 1 : i64, sizes = array<i64: 1, 3>} : tensor<?x4x?xf32>
  %13 = tensor.dim %12#1, %c0 : tensor<?x3x?xf32>
  // CHECK: return %[[X2]], %[[X2]], %[[I0]], %[[PADDED]], %[[TWICE]], %[[X2]], %[[X0]]
  return %1, %3, %5, %7, %9, %11, %13 : index, index, index, index, index, index, index
}

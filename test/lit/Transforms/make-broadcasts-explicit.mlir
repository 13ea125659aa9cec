// RUN: tenon-opt %s --tenon-make-broadcasts-explicit | FileCheck %s

// A lower rank and a static 1 repeat; the operand that has the result's shape is left alone.
// CHECK-LABEL: func @bias
func.func @bias(%x: tensor<4x8xf32>, %b: tensor<8xf32>, %c: tensor<4x1xf32>) -> tensor<4x8xf32> {
  // CHECK: %[[B:.+]] = tenon.broadcast %arg1 : tensor<8xf32> -> tensor<4x8xf32>
  // CHECK: %[[SUM:.+]] = tenon.add %arg0, %[[B]]
  %0 = tenon.add %x, %b : tensor<4x8xf32>, tensor<8xf32>
  // CHECK: %[[C:.+]] = tenon.broadcast %arg2 : tensor<4x1xf32> -> tensor<4x8xf32>
  // CHECK: tenon.mul %[[SUM]], %[[C]]
  %1 = tenon.mul %0, %c : tensor<4x8xf32>, tensor<4x1xf32>
  return %1 : tensor<4x8xf32>
}

// An open dimension comes from the operand that has it.
// CHECK-LABEL: func @open
func.func @open(%x: tensor<?x1xf32>, %y: tensor<?xf32>) -> tensor<?x?xi1> {
  // CHECK-DAG: %[[ROWS:.+]] = tenon.dim %arg0 {axis = 0 : i64}
  // CHECK-DAG: %[[COLUMNS:.+]] = tenon.dim %arg1 {axis = 0 : i64}
  // CHECK: %[[X:.+]] = tenon.broadcast %arg0 dims(%[[ROWS]], %[[COLUMNS]]) : tensor<?x1xf32> -> tensor<?x?xf32>
  // CHECK: %[[Y:.+]] = tenon.broadcast %arg1 dims(%[[ROWS]], %[[COLUMNS]]) : tensor<?xf32> -> tensor<?x?xf32>
  // CHECK: tenon.compare <lt> %[[X]], %[[Y]]
  %0 = tenon.compare <lt> %x, %y : tensor<?x1xf32>, tensor<?xf32>
  return %0 : tensor<?x?xi1>
}

// Each of three operands keeps its own dtype.
// CHECK-LABEL: func @select
func.func @select(%p: tensor<i1>, %x: tensor<2x3xf16>, %y: tensor<3xf16>) -> tensor<2x3xf16> {
  // CHECK: %[[P:.+]] = tenon.broadcast %arg0 : tensor<i1> -> tensor<2x3xi1>
  // CHECK: %[[Y:.+]] = tenon.broadcast %arg2 : tensor<3xf16> -> tensor<2x3xf16>
  // CHECK: tenon.select %[[P]], %arg1, %[[Y]]
  %0 = tenon.select %p, %x, %y : tensor<i1>, tensor<2x3xf16>, tensor<3xf16>
  return %0 : tensor<2x3xf16>
}

// Equal shapes, and open dimensions that meet, are left as they are.
// CHECK-LABEL: func @negative_equal
// CHECK-NOT: tenon.broadcast
func.func @negative_equal(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = tenon.add %x, %y : tensor<?x4xf32>, tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

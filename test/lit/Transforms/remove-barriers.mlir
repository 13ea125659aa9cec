// Barriers end: what they kept apart stays apart.
// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-remove-barriers))' | FileCheck %s

// CHECK-LABEL: func.func @twice
// CHECK-SAME: (%[[X:.+]]: tensor<4xf32>, %[[Y:.+]]: tensor<4xf32>)
// CHECK-NEXT: %[[A:.+]] = math.exp %[[X]]
// CHECK-NEXT: %[[B:.+]] = math.exp %[[X]]
// CHECK-NEXT: return %[[A]], %[[B]], %[[Y]]
func.func @twice(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = math.exp %x : tensor<4xf32>
  %1:2 = tenon.barrier %x, %y : tensor<4xf32>, tensor<4xf32>
  %2 = math.exp %1#0 : tensor<4xf32>
  return %0, %2, %1#1 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// RUN: tenon-opt %s --convert-tenon-to-linalg --canonicalize --cse | FileCheck %s

// A product is one fma chain an element, from +0; transposed operands are maps.
// CHECK-DAG: #[[LHS:.+]] = affine_map<(d0, d1, d2) -> (d2, d0)>
// CHECK-DAG: #[[RHS:.+]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG: #[[RESULT:.+]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-DAG: #[[BATCH_LHS:.+]] = affine_map<(d0, d1, d2, d3, d4) -> (d1, d2, d4)>
// CHECK-DAG: #[[BATCH_RHS:.+]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, 0, d4, d3)>
// CHECK-LABEL: func @transposed
func.func @transposed(%x: tensor<6x4xf32>, %y: tensor<8x6xf32>) -> tensor<4x8xf32> {
  // CHECK: %[[ZERO:.+]] = arith.constant 0.0
  // CHECK: %[[START:.+]] = linalg.fill ins(%[[ZERO]] : f32)
  // CHECK: linalg.generic {indexing_maps = [#[[LHS]], #[[RHS]], #[[RESULT]]], iterator_types = ["parallel", "parallel", "reduction"]}
  // CHECK-SAME: outs(%[[START]]
  // CHECK: ^bb0(%[[A:.+]]: f32, %[[B:.+]]: f32, %[[C:.+]]: f32):
  // CHECK: math.fma %[[A]], %[[B]], %[[C]]
  %0 = tenon.matmul %x, %y {transpose_lhs = true, transpose_rhs = true} : tensor<6x4xf32>, tensor<8x6xf32>
  return %0 : tensor<4x8xf32>
}

// Batch dimensions that repeat are read again, not copied.
// CHECK-LABEL: func @batched
func.func @batched(%x: tensor<3x4x6xi32>, %y: tensor<2x1x6x8xi32>) -> tensor<2x3x4x8xi32> {
  // CHECK: linalg.generic {indexing_maps = [#[[BATCH_LHS]], #[[BATCH_RHS]]
  // CHECK: arith.muli
  // CHECK: arith.addi
  %0 = tenon.matmul %x, %y : tensor<3x4x6xi32>, tensor<2x1x6x8xi32>
  return %0 : tensor<2x3x4x8xi32>
}

// Halves accumulate in f32 and are rounded once.
// CHECK-LABEL: func @half
func.func @half(%x: tensor<4x6xbf16>, %y: tensor<6x8xbf16>) -> tensor<4x8xbf16> {
  // CHECK: linalg.generic {{.*}} ins(%arg0, %arg1 : tensor<4x6xbf16>, tensor<6x8xbf16>) outs(%{{.*}} : tensor<4x8xf32>)
  // CHECK-COUNT-2: arith.extf
  // CHECK: math.fma {{.*}} : f32
  // CHECK: linalg.generic
  // CHECK: arith.truncf
  %0 = tenon.matmul %x, %y : tensor<4x6xbf16>, tensor<6x8xbf16>
  return %0 : tensor<4x8xbf16>
}

// Inner dimensions that are not known to agree are compared.
// CHECK-LABEL: func @open
func.func @open(%x: tensor<4x?xf32>, %y: tensor<?x8xf32>) -> tensor<4x8xf32> {
  // CHECK: tenon.raise {{.*}}, shape_mismatch, "matmul: the inner dimension is {} in the left operand and {} in the right"
  %0 = tenon.matmul %x, %y : tensor<4x?xf32>, tensor<?x8xf32>
  return %0 : tensor<4x8xf32>
}

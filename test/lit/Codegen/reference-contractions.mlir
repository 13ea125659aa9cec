// RUN: tenon-opt %s --tenon-reference-contractions | FileCheck %s
// RUN: tenon-opt %s --tenon-reference-contractions=target=x86-64-v2 | FileCheck %s --check-prefix=SPLIT
// RUN: not tenon-opt %s --tenon-reference-contractions=target=pdp11 2>&1 | FileCheck %s --check-prefix=ERROR

// ERROR: expected `target` to be one of x86-64, x86-64-v2, x86-64-v3, {{.*}}, but got `pdp11`

// A matmul's multiply and add become one operation where the target has it.
// CHECK-LABEL: func @matmul
// SPLIT-LABEL: func @matmul
func.func @matmul(%a: tensor<3x4xf32>, %b: tensor<4x5xf32>, %c: tensor<3x5xf32>) -> tensor<3x5xf32> {
  // CHECK: linalg.generic
  // CHECK: ^bb0(%[[A:.+]]: f32, %[[B:.+]]: f32, %[[C:.+]]: f32)
  // CHECK-NEXT: %[[FMA:.+]] = math.fma %[[A]], %[[B]], %[[C]]
  // CHECK-NEXT: linalg.yield %[[FMA]]
  // SPLIT: arith.mulf
  // SPLIT-NEXT: arith.addf
  %0 = linalg.matmul ins(%a, %b : tensor<3x4xf32>, tensor<4x5xf32>) outs(%c : tensor<3x5xf32>) -> tensor<3x5xf32>
  return %0 : tensor<3x5xf32>
}

// Where the target has no fused multiply-add, a body that has one is split.
// CHECK-LABEL: func @fused_generic
// SPLIT-LABEL: func @fused_generic
func.func @fused_generic(%a: memref<4xf16>, %b: memref<4xf16>, %c: memref<f32>) {
  // CHECK: math.fma
  // SPLIT: %[[PRODUCT:.+]] = arith.mulf
  // SPLIT-NEXT: arith.addf %{{.+}}, %[[PRODUCT]]
  linalg.generic {indexing_maps = [affine_map<(k) -> (k)>, affine_map<(k) -> (k)>, affine_map<(k) -> ()>],
                  iterator_types = ["reduction"]} ins(%a, %b : memref<4xf16>, memref<4xf16>) outs(%c : memref<f32>) {
  ^bb0(%x: f16, %y: f16, %sum: f32):
    %0 = arith.extf %x : f16 to f32
    %1 = arith.extf %y : f16 to f32
    %2 = math.fma %0, %1, %sum : f32
    linalg.yield %2 : f32
  }
  return
}

// Integers wrap: there is nothing to fuse.
// CHECK-LABEL: func @integers
func.func @integers(%a: memref<3x4xi8>, %b: memref<4x5xi8>, %c: memref<3x5xi32>) {
  // CHECK: arith.muli
  // CHECK-NEXT: arith.addi
  linalg.matmul ins(%a, %b : memref<3x4xi8>, memref<4x5xi8>) outs(%c : memref<3x5xi32>)
  return
}

// A product that fusion moved into a sum keeps its own rounding.
// CHECK-LABEL: func @negative_fused_sum
func.func @negative_fused_sum(%a: memref<4xf32>, %b: memref<4xf32>, %c: memref<f32>) {
  // CHECK: arith.mulf
  // CHECK-NEXT: arith.addf
  linalg.generic {indexing_maps = [affine_map<(k) -> (k)>, affine_map<(k) -> (k)>, affine_map<(k) -> ()>],
                  iterator_types = ["reduction"]} ins(%a, %b : memref<4xf32>, memref<4xf32>) outs(%c : memref<f32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %sum, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// RUN: tenon-opt %s --tenon-hoist-updates | FileCheck %s

#id = affine_map<(d0) -> (d0)>
#none = affine_map<(d0) -> ()>

// Each variable is updated before the next gradient is computed, the step's scalars with the first; one whose old value
// is still read waits for that.
// CHECK-LABEL: func.func @steps
// CHECK-SAME: %[[X:.+]]: memref<4xf32>, %[[V:.+]]: memref<4xf32>, %[[W:.+]]: memref<4xf32>, %[[R:.+]]: memref<f32>
// CHECK-DAG: %[[V0:.+]] = bufferization.to_tensor %[[V]]
// CHECK-DAG: %[[W0:.+]] = bufferization.to_tensor %[[W]]
// CHECK: %[[DV:.+]] = linalg.exp
// CHECK-NEXT: %[[HALF:.+]] = linalg.generic
// CHECK: %[[V1:.+]] = linalg.generic {{.*}} ins(%[[V0]], %[[DV]], %[[HALF]]
// CHECK: %[[DW:.+]] = linalg.tanh
// CHECK: linalg.exp ins(%[[W0]]
// CHECK: %[[W1:.+]] = linalg.generic {{.*}} ins(%[[W0]], %[[DW]], %[[HALF]]
// CHECK: linalg.sqrt
func.func @steps(%x: memref<4xf32>, %v: memref<4xf32>, %w: memref<4xf32>, %rate: memref<f32>, %out: memref<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %es = tensor.empty() : tensor<f32>
  %x0 = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %v0 = bufferization.to_tensor %v restrict writable : memref<4xf32> to tensor<4xf32>
  %w0 = bufferization.to_tensor %w restrict writable : memref<4xf32> to tensor<4xf32>
  %r0 = bufferization.to_tensor %rate restrict : memref<f32> to tensor<f32>
  %dv = linalg.exp ins(%x0 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %dw = linalg.tanh ins(%x0 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %read = linalg.exp ins(%w0 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %last = linalg.sqrt ins(%read : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %half = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []}
      ins(%r0 : tensor<f32>) outs(%es : tensor<f32>) {
  ^bb0(%a: f32, %o: f32):
    %h = arith.addf %a, %a : f32
    linalg.yield %h : f32
  } -> tensor<f32>
  %v1 = linalg.generic {indexing_maps = [#id, #id, #none, #id], iterator_types = ["parallel"]}
      ins(%v0, %dv, %half : tensor<4xf32>, tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %o: f32):
    %p = arith.mulf %b, %c : f32
    %s = arith.subf %a, %p : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  %w1 = linalg.generic {indexing_maps = [#id, #id, #none, #id], iterator_types = ["parallel"]}
      ins(%w0, %dw, %half : tensor<4xf32>, tensor<4xf32>, tensor<f32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %o: f32):
    %p = arith.mulf %b, %c : f32
    %s = arith.subf %a, %p : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  bufferization.materialize_in_destination %last in restrict writable %out : (tensor<4xf32>, memref<4xf32>) -> ()
  %v2 = bufferization.materialize_in_destination %v1 in %v0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  bufferization.materialize_in_destination %v2 in restrict writable %v : (tensor<4xf32>, memref<4xf32>) -> ()
  %w2 = bufferization.materialize_in_destination %w1 in %w0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  bufferization.materialize_in_destination %w2 in restrict writable %w : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// An error leaves the variable as it was: its update stays behind the check.
// CHECK-LABEL: func.func @negative_before_a_check
// CHECK: linalg.exp
// CHECK-NEXT: tenon.raise
// CHECK: linalg.generic
func.func @negative_before_a_check(%x: memref<4xf32>, %v: memref<4xf32>, %ok: i1) {
  %e = tensor.empty() : tensor<4xf32>
  %x0 = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %v0 = bufferization.to_tensor %v restrict writable : memref<4xf32> to tensor<4xf32>
  %dv = linalg.exp ins(%x0 : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  tenon.raise %ok, assertion_failed, "no"
  %v1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]}
      ins(%v0, %dv : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.subf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  %v2 = bufferization.materialize_in_destination %v1 in %v0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  bufferization.materialize_in_destination %v2 in restrict writable %v : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// RUN: tenon-opt %s --tenon-place-list-elements | FileCheck %s
// Elements before what computes them; what was pushed is read in them.

// CHECK-LABEL: @computed_in_place
func.func @computed_in_place(%x: tensor<4xf32>, %list: !tenon.list<tensor<4xf32>>) -> (tensor<4xf32>, tensor<4xf32>) {
  %c = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  // CHECK: %[[SLOT:.+]] = tenon.list_slot push
  // CHECK: %[[FILLED:.+]] = linalg.fill
  %f = linalg.fill ins(%c : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  // CHECK: linalg.exp ins(%[[FILLED]]
  %before = linalg.exp ins(%f : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %slot = tenon.list_slot push %list : !tenon.list<tensor<4xf32>> -> memref<4xf32>
  // CHECK: bufferization.materialize_in_destination %[[FILLED]] in restrict writable %[[SLOT]]
  bufferization.materialize_in_destination %f in restrict writable %slot : (tensor<4xf32>, memref<4xf32>) -> ()
  // CHECK: %[[READ:.+]] = bufferization.to_tensor %[[SLOT]] restrict : memref<4xf32>
  // CHECK: linalg.exp ins(%[[READ]]
  %after = linalg.exp ins(%f : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %before, %after : tensor<4xf32>, tensor<4xf32>
}

// One element after the other, and none before the one that is popped.
// CHECK-LABEL: @in_order
func.func @in_order(%x: tensor<4xf32>, %list: !tenon.list<tensor<4xf32>>) -> tensor<4xf32> {
  // CHECK: tenon.list_slot pop
  // CHECK-NEXT: %[[FIRST:.+]] = tenon.list_slot push
  // CHECK-NEXT: %[[SECOND:.+]] = tenon.list_slot push
  // CHECK: materialize_in_destination %{{.+}} in restrict writable %[[FIRST]]
  // CHECK: materialize_in_destination %{{.+}} in restrict writable %[[SECOND]]
  %slot = tenon.list_slot pop %list : !tenon.list<tensor<4xf32>> -> memref<4xf32>
  %last = bufferization.to_tensor %slot restrict : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %a = linalg.exp ins(%last : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %first = tenon.list_slot push %list : !tenon.list<tensor<4xf32>> -> memref<4xf32>
  bufferization.materialize_in_destination %a in restrict writable %first : (tensor<4xf32>, memref<4xf32>) -> ()
  %second = tenon.list_slot push %list : !tenon.list<tensor<4xf32>> -> memref<4xf32>
  bufferization.materialize_in_destination %x in restrict writable %second : (tensor<4xf32>, memref<4xf32>) -> ()
  return %x : tensor<4xf32>
}

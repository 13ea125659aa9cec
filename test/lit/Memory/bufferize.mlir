// RUN: tenon-opt %s --tenon-bufferize | FileCheck %s

// What ends in an output is computed in it: no temporary, no copy.
// CHECK-LABEL: func.func @into_the_output(
// CHECK-SAME: %[[X:.+]]: memref<4xf32>, %[[OUT:.+]]: memref<4xf32>)
// CHECK-NOT: memref.alloc
// CHECK: linalg.exp ins(%[[X]] : memref<4xf32>) outs(%[[OUT]] : memref<4xf32>)
// CHECK-NOT: copy
func.func @into_the_output(%x: memref<4xf32>, %out: memref<4xf32>) {
  %t = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%t : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  bufferization.materialize_in_destination %0 in restrict writable %out : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// A value is not made of itself: what is computed inside an op does not take that op's result for its destination, though
// all of it ends there.
// CHECK-LABEL: func.func @not_in_its_own_result(
// CHECK: %[[A:.+]] = scf.if
// CHECK: linalg.exp ins(%{{.+}} : {{.+}}) outs(%[[PLACE:.+]] : memref<4xf64>)
// CHECK: scf.yield %[[PLACE]]
// CHECK: scf.if
// CHECK: linalg.exp ins(%[[A]] : memref<4xf64>) outs(%[[A]] : memref<4xf64>)
func.func @not_in_its_own_result(%x: memref<4xf64>, %c: memref<i1>, %out: memref<4xf64>) {
  %t = bufferization.to_tensor %x restrict : memref<4xf64> to tensor<4xf64>
  %flag = memref.load %c[] : memref<i1>
  %place = tensor.empty() : tensor<4xf64>
  %a = scf.if %flag -> tensor<4xf64> {
    %e = tensor.empty() : tensor<4xf64>
    %g = linalg.exp ins(%t : tensor<4xf64>) outs(%e : tensor<4xf64>) -> tensor<4xf64>
    %s = bufferization.materialize_in_destination %g in %place : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
    scf.yield %s : tensor<4xf64>
  } else {
    %s = bufferization.materialize_in_destination %t in %place : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
    scf.yield %s : tensor<4xf64>
  }
  %b = scf.if %flag -> tensor<4xf64> {
    %e = tensor.empty() : tensor<4xf64>
    %g = linalg.exp ins(%a : tensor<4xf64>) outs(%e : tensor<4xf64>) -> tensor<4xf64>
    %s = bufferization.materialize_in_destination %g in %a : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
    scf.yield %s : tensor<4xf64>
  } else {
    scf.yield %a : tensor<4xf64>
  }
  %r = bufferization.materialize_in_destination %b in %a : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
  bufferization.materialize_in_destination %r in restrict writable %out : (tensor<4xf64>, memref<4xf64>) -> ()
  return
}

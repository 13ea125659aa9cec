// RUN: tenon-opt %s --split-input-file --tenon-choose-destinations | FileCheck %s

// What an output is made from, through an insertion, is the output; the pieces are found later.
// CHECK-LABEL: func.func private @concat
// CHECK: %[[OUT:.+]] = bufferization.to_tensor %arg2 restrict writable
// CHECK: %[[FIRST:.+]] = tensor.insert_slice %{{.+}} into %[[OUT]]
// CHECK: tensor.insert_slice %{{.+}} into %[[FIRST]]
// CHECK-NOT: tensor.empty
func.func private @concat(%x: memref<4xf32>, %y: memref<2xf32>, %out: memref<6xf32>) {
  %0 = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %1 = bufferization.to_tensor %y restrict : memref<2xf32> to tensor<2xf32>
  %2 = tensor.empty() : tensor<6xf32>
  %3 = tensor.insert_slice %0 into %2[0] [4] [1] : tensor<4xf32> into tensor<6xf32>
  %4 = tensor.insert_slice %1 into %3[4] [2] [1] : tensor<2xf32> into tensor<6xf32>
  bufferization.materialize_in_destination %4 in restrict writable %out : (tensor<6xf32>, memref<6xf32>) -> ()
  return
}

// -----

// A reshape before an output is a view of its buffer.
// CHECK-LABEL: func.func private @reshape
// CHECK: %[[VIEW:.+]] = memref.collapse_shape %arg1 {{\[\[}}0, 1]] : memref<?x1xf32> into memref<?xf32>
// CHECK: %[[OUT:.+]] = bufferization.to_tensor %[[VIEW]] restrict writable
// CHECK: %[[SUM:.+]] = linalg.fill {{.*}} outs(%[[OUT]]
// CHECK: bufferization.materialize_in_destination %[[SUM]] in restrict writable %[[VIEW]]
func.func private @reshape(%n: index, %out: memref<?x1xf32>) {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty(%n) : tensor<?xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<?xf32>) -> tensor<?xf32>
  %2 = tensor.expand_shape %1 [[0, 1]] output_shape [%n, 1] : tensor<?xf32> into tensor<?x1xf32>
  bufferization.materialize_in_destination %2 in restrict writable %out : (tensor<?x1xf32>, memref<?x1xf32>) -> ()
  return
}

// -----

// Two products start at zeros of their own.
// CHECK-LABEL: func.func private @shared
// CHECK: %[[FIRST:.+]] = linalg.fill
// CHECK: linalg.matmul {{.*}} outs(%[[FIRST]]
// CHECK: %[[SECOND:.+]] = linalg.fill
// CHECK: linalg.matmul {{.*}} outs(%[[SECOND]]
func.func private @shared(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<4x4xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<4x4xf32>) -> tensor<4x4xf32>
  %2 = linalg.matmul ins(%x, %y : tensor<4x4xf32>, tensor<4x4xf32>) outs(%1 : tensor<4x4xf32>) -> tensor<4x4xf32>
  %3 = linalg.matmul ins(%y, %x : tensor<4x4xf32>, tensor<4x4xf32>) outs(%1 : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %2, %3 : tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// An output without elements is not written.
// CHECK-LABEL: func.func private @nothing
// CHECK: %[[OUT:.+]] = bufferization.to_tensor %arg0 restrict writable
// CHECK: bufferization.materialize_in_destination %[[OUT]] in restrict writable %arg0
func.func private @nothing(%out: memref<0x2xf32>) {
  %0 = tensor.empty() : tensor<0x2xf32>
  bufferization.materialize_in_destination %0 in restrict writable %out : (tensor<0x2xf32>, memref<0x2xf32>) -> ()
  return
}

// -----

// A result that is an input is copied: there is nothing to choose.
// CHECK-LABEL: func.func private @negative_input
// CHECK-NOT: bufferization.to_tensor %arg1
func.func private @negative_input(%x: memref<4xf32>, %out: memref<4xf32>) {
  %0 = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  bufferization.materialize_in_destination %0 in restrict writable %out : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// -----

// What another op reads after it has been written over is not the output: it would be read when the copy is back in it.
// CHECK-LABEL: func.func private @negative_read_later
// CHECK-NOT: bufferization.to_tensor %arg2
// CHECK: return
func.func private @negative_read_later(%x: memref<4xf32>, %y: memref<1xf32>, %out0: memref<4xf32>, %out1: memref<4xf32>) {
  %0 = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  %1 = bufferization.to_tensor %y restrict : memref<1xf32> to tensor<1xf32>
  %2 = tensor.empty() : tensor<4xf32>
  %3 = linalg.exp ins(%0 : tensor<4xf32>) outs(%2 : tensor<4xf32>) -> tensor<4xf32>
  %4 = tensor.insert_slice %1 into %3[2] [1] [1] : tensor<1xf32> into tensor<4xf32>
  bufferization.materialize_in_destination %4 in restrict writable %out0 : (tensor<4xf32>, memref<4xf32>) -> ()
  bufferization.materialize_in_destination %3 in restrict writable %out1 : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// -----

// A result without dimensions is a view as well.
// CHECK-LABEL: func.func private @scalar
// CHECK: %[[VIEW:.+]] = memref.expand_shape %arg0 [] output_shape [1, 1] : memref<f32> into memref<1x1xf32>
// CHECK: bufferization.to_tensor %[[VIEW]] restrict writable
func.func private @scalar(%out: memref<f32>) {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<1x1xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<1x1xf32>) -> tensor<1x1xf32>
  %2 = tensor.collapse_shape %1 [] : tensor<1x1xf32> into tensor<f32>
  bufferization.materialize_in_destination %2 in restrict writable %out : (tensor<f32>, memref<f32>) -> ()
  return
}

// RUN: tenon-opt %s --convert-tenon-to-linalg --canonicalize --cse | FileCheck %s

// Pieces are written into one destination; no concat is left.
// CHECK-LABEL: func @concat(
// CHECK: %[[OUT:.+]] = tensor.empty() : tensor<2x5xf32>
// CHECK: %[[FIRST:.+]] = tensor.insert_slice %arg0 into %[[OUT]][0, 0] [2, 3] [1, 1]
// CHECK: tensor.insert_slice %arg1 into %[[FIRST]][0, 3] [2, 2] [1, 1]
func.func @concat(%x: tensor<2x3xf32>, %y: tensor<2x2xf32>) -> tensor<2x5xf32> {
  %0 = tenon.concat %x, %y {axis = 1 : i64} : tensor<2x3xf32>, tensor<2x2xf32>
  return %0 : tensor<2x5xf32>
}

// Open inputs lie behind each other; other dimensions have to agree.
// CHECK-LABEL: func @concat_open(
// CHECK-DAG: %[[N:.+]] = tensor.dim %arg0, %c0
// CHECK-DAG: %[[M:.+]] = tensor.dim %arg1, %c0
// CHECK: tenon.raise {{.*}}, shape_mismatch, "concat: dimension 1 is {} in one input and {} in another"
// CHECK: tensor.insert_slice %arg1 into %{{.+}}[%[[N]], 0] [%[[M]], %{{.+}}] [1, 1]
func.func @concat_open(%x: tensor<?x?xf32>, %y: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = tenon.concat %x, %y {axis = 0 : i64} : tensor<?x?xf32>, tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// CHECK-LABEL: func @stack(
// CHECK: tensor.insert_slice %arg1 into %{{.+}}[0, 1, 0] [2, 1, 3] [1, 1, 1] : tensor<2x3xf32> into tensor<2x2x3xf32>
func.func @stack(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>) -> tensor<2x2x3xf32> {
  %0 = tenon.stack %x, %y {axis = 1 : i64} : tensor<2x3xf32>, tensor<2x3xf32>
  return %0 : tensor<2x2x3xf32>
}

// Splits and static slices are views.
// CHECK-LABEL: func @views(
// CHECK: tensor.extract_slice %arg0[0, 0] [1, 6] [1, 1]
// CHECK: tensor.extract_slice %arg0[1, 0] [3, 6] [1, 1]
// CHECK: tensor.extract_slice %arg0[1, 2] [2, 2] [2, 3]
// CHECK-NOT: tenon.raise
func.func @views(%x: tensor<4x6xf32>) -> (tensor<1x6xf32>, tensor<3x6xf32>, tensor<2x2xf32>) {
  %0:2 = tenon.split %x {axis = 0 : i64, sizes = array<i64: 1, 3>} : tensor<4x6xf32>
  %1 = tenon.slice %x [1, 2] [2, 2] [2, 3] : tensor<4x6xf32>
  return %0#0, %0#1, %1 : tensor<1x6xf32>, tensor<3x6xf32>, tensor<2x2xf32>
}

// A start that is known at run time is checked, and moved inside.
// CHECK-LABEL: func @slice_at(
// CHECK: %[[I:.+]] = tensor.extract %arg1[]
// CHECK: %[[START:.+]] = arith.index_cast %[[I]]
// CHECK: tenon.raise %{{.+}}, index_out_of_range, "slice: start {} and size {} with stride 1 reach outside dimension 0 of size {}"(%[[START]], %c2, %c4)
// CHECK: %[[NOT_ABOVE:.+]] = arith.minsi %[[START]], %c2
// CHECK: %[[INSIDE:.+]] = arith.maxsi %[[NOT_ABOVE]], %c0
// CHECK: tensor.extract_slice %arg0[%[[INSIDE]], 0] [2, 6] [1, 1]
func.func @slice_at(%x: tensor<4x6xf32>, %i: tensor<i64>) -> tensor<2x6xf32> {
  %0 = tenon.slice %x [%i, 0] [2, 6] [1, 1] : tensor<4x6xf32>
  return %0 : tensor<2x6xf32>
}

// A whole dimension is known to fit though its size is open.
// CHECK-LABEL: func @slice_whole(
// CHECK-NOT: tenon.raise
// CHECK: tensor.extract_slice %arg0[0, 1] [%{{.+}}, 2] [1, 1]
func.func @slice_whole(%x: tensor<?x4xf32>) -> tensor<?x2xf32> {
  %n = tenon.dim %x {axis = 0 : i64} : tensor<?x4xf32>
  %0 = tenon.slice %x [0, 1] [%n, 2] [1, 1] : tensor<?x4xf32>
  return %0 : tensor<?x2xf32>
}

// A reshape is a view: dimensions that stay are groups of their own, the rest is one.
// CHECK-LABEL: func @reshape_heads(
// CHECK-NOT: tensor.collapse_shape
// CHECK-NOT: tenon.raise
// CHECK: tensor.expand_shape %arg0 {{\[\[}}0], [1], [2, 3]] output_shape [%{{.+}}, %{{.+}}, 4, 16] : tensor<?x?x64xf32> into tensor<?x?x4x16xf32>
func.func @reshape_heads(%x: tensor<?x?x64xf32>) -> tensor<?x?x4x16xf32> {
  %b = tenon.dim %x {axis = 0 : i64} : tensor<?x?x64xf32>
  %s = tenon.dim %x {axis = 1 : i64} : tensor<?x?x64xf32>
  %0 = tenon.reshape %x dims(%b, %s) : tensor<?x?x64xf32> -> tensor<?x?x4x16xf32>
  return %0 : tensor<?x?x4x16xf32>
}

// Two open dimensions out of one are copied: the lowering of views knows only one.
// CHECK-LABEL: func @reshape_open(
// CHECK: tenon.raise {{.*}}, shape_mismatch, "reshape: {} elements do not fill dimensions of {}"
// CHECK: linalg.generic
// CHECK: tensor.extract %arg0
func.func @reshape_open(%x: tensor<?xf32>, %n: tensor<i64>, %m: tensor<i64>) -> tensor<?x?xf32> {
  %0 = tenon.reshape %x dims(%n, %m) : tensor<?xf32> -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// CHECK-LABEL: func @reshape_flat(
// CHECK: tensor.collapse_shape %arg0 {{\[\[}}0, 1], [2]] : tensor<?x4x8xf32> into tensor<?x8xf32>
// CHECK-LABEL: func @reshape_scalar(
// CHECK: tensor.collapse_shape %arg0 [] : tensor<1x1xf32> into tensor<f32>
func.func @reshape_flat(%x: tensor<?x4x8xf32>, %n: tensor<i64>) -> tensor<?x8xf32> {
  %0 = tenon.reshape %x dims(%n) : tensor<?x4x8xf32> -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
func.func @reshape_scalar(%x: tensor<1x1xf32>) -> tensor<f32> {
  %0 = tenon.reshape %x : tensor<1x1xf32> -> tensor<f32>
  return %0 : tensor<f32>
}

// A transpose keeps its name for the emitter; one that moves nothing is none.
// CHECK-LABEL: func @transpose(
// CHECK: linalg.transpose ins(%arg0 : tensor<2x3xf32>) outs(%{{.+}} : tensor<3x2xf32>) permutation = [1, 0]
func.func @transpose(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %0 = tenon.transpose %x {permutation = array<i64: 1, 0>} : tensor<2x3xf32>
  return %0 : tensor<3x2xf32>
}

// CHECK-LABEL: func @pad(
// CHECK: %[[ROOM:.+]] = linalg.fill ins(%{{.+}} : f32) {{.*}} -> tensor<5x6xf32>
// CHECK: tensor.insert_slice %arg0 into %[[ROOM]][1, 0] [2, 3] [1, 1]
func.func @pad(%x: tensor<2x3xf32>, %value: tensor<f32>) -> tensor<5x6xf32> {
  %0 = tenon.pad %x, %value {low = array<i64: 1, 0>, high = array<i64: 2, 3>} : tensor<2x3xf32>, tensor<f32>
  return %0 : tensor<5x6xf32>
}

// A size is a scalar, not a tensor in memory.
// CHECK-LABEL: func @splat(
// CHECK: %[[N:.+]] = tensor.dim %arg0, %c0
// CHECK: tensor.empty(%[[N]]) : tensor<?x2xf32>
// CHECK: linalg.fill
func.func @splat(%x: tensor<?xf32>, %value: tensor<f32>) -> tensor<?x2xf32> {
  %n = tenon.dim %x {axis = 0 : i64} : tensor<?xf32>
  %0 = tenon.splat %value dims(%n) : tensor<f32> -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// CHECK-LABEL: func.func @reshape_of_nothing
// CHECK-NOT: tenon.raise
// CHECK: tensor.empty() : tensor<1x1x0xf32>
func.func @reshape_of_nothing(%x: tensor<4x1x0xf32>) -> tensor<1x1x0xf32> {
  %0 = tenon.reshape %x : tensor<4x1x0xf32> -> tensor<1x1x0xf32>
  return %0 : tensor<1x1x0xf32>
}

// RUN: tenon-opt %s --convert-tenon-to-linalg --canonicalize --cse | FileCheck %s

// CHECK-DAG: #[[INPUT:.+]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 + d5 * 3, d6)>
// CHECK-DAG: #[[FILTER:.+]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// CHECK-DAG: #[[RESULT:.+]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[DEEP_INPUT:.+]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 + d4, d2 + d5, d3)>
// CHECK-DAG: #[[DEEP_FILTER:.+]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5, d3)>
// CHECK-DAG: #[[PHASE_INPUT:.+]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1 + d3, d4)>
// CHECK-DAG: #[[PHASE_FILTER:.+]] = affine_map<(d0, d1, d2, d3, d4) -> (d3, d4, d2)>
// CHECK-DAG: #[[PHASE_RESULT:.+]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2)>

// A convolution is one fma chain an element: window row, window column, channel. Without padding nothing is copied.
// CHECK-LABEL: func @conv(
// CHECK-NOT: tensor.insert_slice
// CHECK: linalg.generic {indexing_maps = [#[[INPUT]], #[[FILTER]], #[[RESULT]]]
// CHECK-SAME: ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
// CHECK-SAME: ins(%arg0, %arg1
// CHECK: math.fma
func.func @conv(%x: tensor<2x7x9x3xf32>, %w: tensor<3x2x3x4xf32>) -> tensor<2x3x6x4xf32> {
  %0 = tenon.conv %x, %w {strides = array<i64: 2, 1>, padding = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 3>} : tensor<2x7x9x3xf32>, tensor<3x2x3x4xf32>
  return %0 : tensor<2x3x6x4xf32>
}

// Padding is written around the input; a depthwise filter has no loop over channels of a group.
// CHECK-LABEL: func @depthwise(
// CHECK: %[[ROOM:.+]] = linalg.fill {{.*}} -> tensor<2x9x9x8xf32>
// CHECK: %[[PADDED:.+]] = tensor.insert_slice %arg0 into %[[ROOM]][0, 1, 1, 0] [2, 7, 7, 8] [1, 1, 1, 1]
// CHECK: %[[FILTER:.+]] = tensor.collapse_shape %arg1 {{\[\[}}0], [1, 2], [3]] : tensor<3x3x1x8xf32> into tensor<3x3x8xf32>
// CHECK: linalg.generic {indexing_maps = [#[[DEEP_INPUT]], #[[DEEP_FILTER]]
// CHECK-SAME: ins(%[[PADDED]], %[[FILTER]]
func.func @depthwise(%x: tensor<2x7x7x8xf32>, %w: tensor<3x3x1x8xf32>) -> tensor<2x7x7x8xf32> {
  %0 = tenon.conv %x, %w {strides = array<i64: 1, 1>, padding = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 8 : i64} : tensor<2x7x7x8xf32>, tensor<3x3x1x8xf32>
  return %0 : tensor<2x7x7x8xf32>
}

// Groups are a loop of their own over channels seen as [groups, channels of a group].
// CHECK-LABEL: func @grouped(
// CHECK: tensor.expand_shape %arg0 {{.*}} : tensor<2x7x6xf32> into tensor<2x7x3x2xf32>
// CHECK: tensor.expand_shape %arg1 {{.*}} : tensor<3x2x9xf32> into tensor<3x2x3x3xf32>
// CHECK: linalg.generic
// CHECK: tensor.collapse_shape {{.*}} : tensor<2x5x3x3xf32> into tensor<2x5x9xf32>
func.func @grouped(%x: tensor<2x7x6xf32>, %w: tensor<3x2x9xf32>) -> tensor<2x5x9xf32> {
  %0 = tenon.conv %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, groups = 3 : i64} : tensor<2x7x6xf32>, tensor<3x2x9xf32>
  return %0 : tensor<2x5x9xf32>
}

// A transposed convolution of stride 2 is two convolutions of stride 1, whose outputs alternate. Taps 2 and 0 make the
// even ones, by increasing input position, tap 1 the odd ones.
// CHECK-LABEL: func @transposed(
// CHECK: %[[PADDED:.+]] = tensor.insert_slice %arg0 into %{{.+}}[0, 1, 0] [2, 4, 3] [1, 1, 1] : tensor<2x4x3xf32> into tensor<2x6x3xf32>
// CHECK: %[[EVEN:.+]] = linalg.generic {indexing_maps = [#[[PHASE_INPUT]], #[[PHASE_FILTER]], #[[PHASE_RESULT]]]
// CHECK-SAME: tensor<2x6x3xf32>, tensor<2x3x5xf32>) outs(%{{.+}} : tensor<2x5x5xf32>)
// CHECK: math.fma
// CHECK: tensor.insert_slice %[[EVEN]] into %{{.+}}[0, 0, 0] [2, 5, 5] [1, 2, 1]
// CHECK: ins(%arg0, %{{.+}} : tensor<2x4x3xf32>, tensor<1x3x5xf32>) outs(%{{.+}} : tensor<2x4x5xf32>)
// CHECK: tensor.insert_slice %{{.+}} into %{{.+}}[0, 1, 0] [2, 4, 5] [1, 2, 1]
func.func @transposed(%x: tensor<2x4x3xf32>, %w: tensor<3x5x3xf32>) -> tensor<2x9x5xf32> {
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 2>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : tensor<2x4x3xf32>, tensor<3x5x3xf32>
  return %0 : tensor<2x9x5xf32>
}

// With an open size each output asks of each tap whether it is reached.
// CHECK-LABEL: func @transposed_open(
// CHECK-NOT: tensor.insert_slice
// CHECK: linalg.generic
// CHECK: scf.if
// CHECK: math.fma
func.func @transposed_open(%x: tensor<2x?x3xf32>, %w: tensor<3x5x3xf32>) -> tensor<2x?x5xf32> {
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 2>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : tensor<2x?x3xf32>, tensor<3x5x3xf32>
  return %0 : tensor<2x?x5xf32>
}

// Padding holds -inf; each tap of a small window is a strided view, and all are combined in one sweep.
// CHECK-LABEL: func @max_pool(
// CHECK: %[[LOWEST:.+]] = arith.constant 0xFF800000 : f32
// CHECK: linalg.fill ins(%[[LOWEST]] : f32) {{.*}} -> tensor<2x9x9x3xf32>
// CHECK: tensor.extract_slice %{{.+}}[0, 0, 0, 0] [2, 4, 4, 3] [1, 2, 2, 1]
// CHECK: tensor.extract_slice %{{.+}}[0, 0, 1, 0] [2, 4, 4, 3] [1, 2, 2, 1]
// CHECK: tensor.extract_slice %{{.+}}[0, 2, 2, 0] [2, 4, 4, 3] [1, 2, 2, 1]
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel"]
// CHECK-COUNT-8: arith.cmpf ogt
func.func @max_pool(%x: tensor<2x7x7x3xf32>) -> tensor<2x4x4x3xf32> {
  %0 = tenon.max_pool %x {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, padding = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : tensor<2x7x7x3xf32>
  return %0 : tensor<2x4x4x3xf32>
}

// The taps of a large window are a loop.
// CHECK-LABEL: func @large_pool(
// CHECK: linalg.fill
// CHECK: scf.for {{.*}} = %c0 to %c7
// CHECK: scf.for {{.*}} = %c0 to %c7
// CHECK: tensor.extract_slice %arg0
// CHECK: arith.addf
func.func @large_pool(%x: tensor<2x7x7x3xf32>) -> tensor<2x1x1x3xf32> {
  %0 = tenon.avg_pool %x {window = array<i64: 7, 7>, strides = array<i64: 1, 1>, padding = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<2x7x7x3xf32>
  return %0 : tensor<2x1x1x3xf32>
}

// A mean divides by the elements that there are: counted per position where there is padding, else a number.
// CHECK-LABEL: func @avg_pool(
// CHECK: linalg.index
// CHECK: arith.divf
// CHECK-LABEL: func @avg_pool_whole(
// CHECK-NOT: linalg.index
// CHECK: arith.constant 9.0
// CHECK: arith.divf
func.func @avg_pool(%x: tensor<2x7x7x3xf32>) -> tensor<2x4x4x3xf32> {
  %0 = tenon.avg_pool %x {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, padding = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : tensor<2x7x7x3xf32>
  return %0 : tensor<2x4x4x3xf32>
}
func.func @avg_pool_whole(%x: tensor<2x7x7x3xf32>) -> tensor<2x3x3x3xf32> {
  %0 = tenon.avg_pool %x {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<2x7x7x3xf32>
  return %0 : tensor<2x3x3x3xf32>
}

// A window that may not fit is checked when the size is known.
// CHECK-LABEL: func @open(
// CHECK: tenon.raise {{.*}}, shape_mismatch, "a window of extent {} does not fit in spatial dimension 0 of size {} with padding"
func.func @open(%x: tensor<2x?x3xf32>) -> tensor<2x?x3xf32> {
  %0 = tenon.max_pool %x {window = array<i64: 3>, strides = array<i64: 2>, padding = array<i64: 1, 1>, dilations = array<i64: 1>} : tensor<2x?x3xf32>
  return %0 : tensor<2x?x3xf32>
}

// Convolution and pooling. Made by make_cases.py.

func.func @conv_1(%x: tensor<2x7x3xf64>, %w: tensor<3x3x2xf64>) -> tensor<2x7x2xf64> {
  %r = tenon.conv %x, %w {strides = array<i64: 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1>, groups = 1 : i64} : tensor<2x7x3xf64>, tensor<3x3x2xf64>
  return %r : tensor<2x7x2xf64>
}

func.func @conv_2(%x: tensor<1x8x2xf64>, %w: tensor<2x2x3xf64>) -> tensor<1x3x3xf64> {
  %r = tenon.conv %x, %w {strides = array<i64: 3>, padding = array<i64: 0, 1>, dilations = array<i64: 2>, groups = 1 : i64} : tensor<1x8x2xf64>, tensor<2x2x3xf64>
  return %r : tensor<1x3x3xf64>
}

func.func @conv_3(%x: tensor<2x5x6x2xf64>, %w: tensor<3x2x2x3xf64>) -> tensor<2x3x5x3xf64> {
  %r = tenon.conv %x, %w {strides = array<i64: 2, 1>, padding = array<i64: 1, 1, 0, 1>, dilations = array<i64: 1, 2>, groups = 1 : i64} : tensor<2x5x6x2xf64>, tensor<3x2x2x3xf64>
  return %r : tensor<2x3x5x3xf64>
}

func.func @conv_4(%x: tensor<?x5x5x4xf64> {test.dims = array<i64: 2>}, %w: tensor<3x3x1x4xf64>) -> tensor<?x3x3x4xf64> {
  %r = tenon.conv %x, %w {strides = array<i64: 2, 2>, padding = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 4 : i64} : tensor<?x5x5x4xf64>, tensor<3x3x1x4xf64>
  return %r : tensor<?x3x3x4xf64>
}

func.func @conv_5(%x: tensor<1x4x5x4xf64>, %w: tensor<2x2x2x6xf64>) -> tensor<1x2x3x6xf64> {
  %r = tenon.conv %x, %w {strides = array<i64: 1, 2>, padding = array<i64: 0, 0, 1, 1>, dilations = array<i64: 2, 1>, groups = 2 : i64} : tensor<1x4x5x4xf64>, tensor<2x2x2x6xf64>
  return %r : tensor<1x2x3x6xf64>
}

func.func @conv_6(%x: tensor<2x?x?x2xf64> {test.dims = array<i64: 6, 7>}, %w: tensor<3x3x2x2xf64>) -> tensor<2x?x?x2xf64> {
  %r = tenon.conv %x, %w {strides = array<i64: 2, 1>, padding = array<i64: 1, 0, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<2x?x?x2xf64>, tensor<3x3x2x2xf64>
  return %r : tensor<2x?x?x2xf64>
}

func.func @conv_7(%x: tensor<1x1x1x1xf64>, %w: tensor<1x1x1x1xf64>) -> tensor<1x1x1x1xf64> {
  %r = tenon.conv %x, %w {strides = array<i64: 1, 1>, padding = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : tensor<1x1x1x1xf64>, tensor<1x1x1x1xf64>
  return %r : tensor<1x1x1x1xf64>
}

func.func @conv_8(%x: tensor<0x4x2xf64>, %w: tensor<3x2x2xf64>) -> tensor<0x2x2xf64> {
  %r = tenon.conv %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, groups = 1 : i64} : tensor<0x4x2xf64>, tensor<3x2x2xf64>
  return %r : tensor<0x2x2xf64>
}

func.func @conv_transpose_9(%x: tensor<2x5x3xf64>, %w: tensor<3x2x3xf64>) -> tensor<2x7x2xf64> {
  %r = tenon.conv_transpose %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : tensor<2x5x3xf64>, tensor<3x2x3xf64>
  return %r : tensor<2x7x2xf64>
}

func.func @conv_transpose_10(%x: tensor<1x4x2xf64>, %w: tensor<2x3x2xf64>) -> tensor<1x9x3xf64> {
  %r = tenon.conv_transpose %x, %w {strides = array<i64: 2>, padding = array<i64: 1, 0>, dilations = array<i64: 2>, output_padding = array<i64: 1>} : tensor<1x4x2xf64>, tensor<2x3x2xf64>
  return %r : tensor<1x9x3xf64>
}

func.func @conv_transpose_11(%x: tensor<?x3x4x2xf64> {test.dims = array<i64: 2>}, %w: tensor<3x2x3x2xf64>) -> tensor<?x5x5x3xf64> {
  %r = tenon.conv_transpose %x, %w {strides = array<i64: 2, 1>, padding = array<i64: 1, 1, 0, 1>, dilations = array<i64: 1, 2>, output_padding = array<i64: 0, 0>} : tensor<?x3x4x2xf64>, tensor<3x2x3x2xf64>
  return %r : tensor<?x5x5x3xf64>
}

func.func @max_pool_12(%x: tensor<2x6x3xf64>) -> tensor<2x3x3xf64> {
  %r = tenon.max_pool %x {window = array<i64: 2>, strides = array<i64: 2>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<2x6x3xf64>
  return %r : tensor<2x3x3xf64>
}

func.func @max_pool_13(%x: tensor<1x5x7x2xf64>) -> tensor<1x5x3x2xf64> {
  %r = tenon.max_pool %x {window = array<i64: 3, 2>, strides = array<i64: 1, 2>, padding = array<i64: 1, 1, 0, 1>, dilations = array<i64: 1, 2>} : tensor<1x5x7x2xf64>
  return %r : tensor<1x5x3x2xf64>
}

func.func @max_pool_14(%x: tensor<?x4x4x1xf64> {test.dims = array<i64: 2>}) -> tensor<?x2x2x1xf64> {
  %r = tenon.max_pool %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<?x4x4x1xf64>
  return %r : tensor<?x2x2x1xf64>
}

func.func @max_pool_15(%x: tensor<1x?x4x2xf64> {test.dims = array<i64: 5>}) -> tensor<1x?x4x2xf64> {
  %r = tenon.max_pool %x {window = array<i64: 3, 3>, strides = array<i64: 2, 1>, padding = array<i64: 1, 0, 1, 1>, dilations = array<i64: 1, 1>} : tensor<1x?x4x2xf64>
  return %r : tensor<1x?x4x2xf64>
}

func.func @max_pool_16(%x: tensor<1x7x8x2xf64>) -> tensor<1x3x3x2xf64> {
  %r = tenon.max_pool %x {window = array<i64: 2, 3>, strides = array<i64: 2, 3>, padding = array<i64: 0, 0, 1, 0>, dilations = array<i64: 1, 1>} : tensor<1x7x8x2xf64>
  return %r : tensor<1x3x3x2xf64>
}

func.func @max_pool_17(%x: tensor<?x5x3xf64> {test.dims = array<i64: 2>}) -> tensor<?x2x3xf64> {
  %r = tenon.max_pool %x {window = array<i64: 4>, strides = array<i64: 4>, padding = array<i64: 1, 2>, dilations = array<i64: 1>} : tensor<?x5x3xf64>
  return %r : tensor<?x2x3xf64>
}

func.func @avg_pool_18(%x: tensor<2x6x3xf64>) -> tensor<2x3x3xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 2>, strides = array<i64: 2>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<2x6x3xf64>
  return %r : tensor<2x3x3xf64>
}

func.func @avg_pool_19(%x: tensor<1x5x7x2xf64>) -> tensor<1x5x3x2xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 3, 2>, strides = array<i64: 1, 2>, padding = array<i64: 1, 1, 0, 1>, dilations = array<i64: 1, 2>} : tensor<1x5x7x2xf64>
  return %r : tensor<1x5x3x2xf64>
}

func.func @avg_pool_20(%x: tensor<?x4x4x1xf64> {test.dims = array<i64: 2>}) -> tensor<?x2x2x1xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : tensor<?x4x4x1xf64>
  return %r : tensor<?x2x2x1xf64>
}

func.func @avg_pool_21(%x: tensor<1x?x4x2xf64> {test.dims = array<i64: 5>}) -> tensor<1x?x4x2xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 3, 3>, strides = array<i64: 2, 1>, padding = array<i64: 1, 0, 1, 1>, dilations = array<i64: 1, 1>} : tensor<1x?x4x2xf64>
  return %r : tensor<1x?x4x2xf64>
}

func.func @avg_pool_22(%x: tensor<1x7x8x2xf64>) -> tensor<1x3x3x2xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 2, 3>, strides = array<i64: 2, 3>, padding = array<i64: 0, 0, 1, 0>, dilations = array<i64: 1, 1>} : tensor<1x7x8x2xf64>
  return %r : tensor<1x3x3x2xf64>
}

func.func @avg_pool_23(%x: tensor<?x5x3xf64> {test.dims = array<i64: 2>}) -> tensor<?x2x3xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 4>, strides = array<i64: 4>, padding = array<i64: 1, 2>, dilations = array<i64: 1>} : tensor<?x5x3xf64>
  return %r : tensor<?x2x3xf64>
}

func.func @avg_pool_counting_24(%x: tensor<2x6x3xf64>) -> tensor<2x3x3xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 2>, strides = array<i64: 2>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, count_padding = true} : tensor<2x6x3xf64>
  return %r : tensor<2x3x3xf64>
}

func.func @avg_pool_counting_25(%x: tensor<1x5x7x2xf64>) -> tensor<1x5x3x2xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 3, 2>, strides = array<i64: 1, 2>, padding = array<i64: 1, 1, 0, 1>, dilations = array<i64: 1, 2>, count_padding = true} : tensor<1x5x7x2xf64>
  return %r : tensor<1x5x3x2xf64>
}

func.func @avg_pool_counting_26(%x: tensor<?x4x4x1xf64> {test.dims = array<i64: 2>}) -> tensor<?x2x2x1xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, count_padding = true} : tensor<?x4x4x1xf64>
  return %r : tensor<?x2x2x1xf64>
}

func.func @avg_pool_counting_27(%x: tensor<1x?x4x2xf64> {test.dims = array<i64: 5>}) -> tensor<1x?x4x2xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 3, 3>, strides = array<i64: 2, 1>, padding = array<i64: 1, 0, 1, 1>, dilations = array<i64: 1, 1>, count_padding = true} : tensor<1x?x4x2xf64>
  return %r : tensor<1x?x4x2xf64>
}

func.func @avg_pool_counting_28(%x: tensor<1x7x8x2xf64>) -> tensor<1x3x3x2xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 2, 3>, strides = array<i64: 2, 3>, padding = array<i64: 0, 0, 1, 0>, dilations = array<i64: 1, 1>, count_padding = true} : tensor<1x7x8x2xf64>
  return %r : tensor<1x3x3x2xf64>
}

func.func @avg_pool_counting_29(%x: tensor<?x5x3xf64> {test.dims = array<i64: 2>}) -> tensor<?x2x3xf64> {
  %r = tenon.avg_pool %x {window = array<i64: 4>, strides = array<i64: 4>, padding = array<i64: 1, 2>, dilations = array<i64: 1>, count_padding = true} : tensor<?x5x3xf64>
  return %r : tensor<?x2x3xf64>
}

// Ops that make or change shapes. Made by make_cases.py.

func.func @splat_1(%x: tensor<f64>) -> tensor<2x3xf64> {
  %r = tenon.splat %x : tensor<f64> -> tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @splat_2(%x: tensor<f64>) -> tensor<f64> {
  %r = tenon.splat %x : tensor<f64> -> tensor<f64>
  return %r : tensor<f64>
}

func.func @splat_3(%x: tensor<f64>) -> tensor<?x3xf64> {
  %n = tenon.constant dense<4> : tensor<i64>
  %r = tenon.splat %x dims(%n) : tensor<f64> -> tensor<?x3xf64>
  return %r : tensor<?x3xf64>
}

func.func @broadcast_4(%x: tensor<3xf64>) -> tensor<2x3xf64> {
  %r = tenon.broadcast %x : tensor<3xf64> -> tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @broadcast_5(%x: tensor<2x1xf64>) -> tensor<4x2x3xf64> {
  %r = tenon.broadcast %x : tensor<2x1xf64> -> tensor<4x2x3xf64>
  return %r : tensor<4x2x3xf64>
}

func.func @broadcast_6(%x: tensor<?x1xf64> {test.dims = array<i64: 2>}) -> tensor<?x5xf64> {
  %n = tenon.dim %x {axis = 0 : i64} : tensor<?x1xf64>
  %r = tenon.broadcast %x dims(%n) : tensor<?x1xf64> -> tensor<?x5xf64>
  return %r : tensor<?x5xf64>
}

func.func @broadcast_7(%x: tensor<f64>) -> tensor<2xf64> {
  %r = tenon.broadcast %x : tensor<f64> -> tensor<2xf64>
  return %r : tensor<2xf64>
}

func.func @reshape_8(%x: tensor<2x3xf64>) -> tensor<6xf64> {
  %r = tenon.reshape %x : tensor<2x3xf64> -> tensor<6xf64>
  return %r : tensor<6xf64>
}

func.func @reshape_9(%x: tensor<1xf64>) -> tensor<f64> {
  %r = tenon.reshape %x : tensor<1xf64> -> tensor<f64>
  return %r : tensor<f64>
}

func.func @reshape_10(%x: tensor<?x6xf64> {test.dims = array<i64: 2>}) -> tensor<?x2x3xf64> {
  %n = tenon.dim %x {axis = 0 : i64} : tensor<?x6xf64>
  %r = tenon.reshape %x dims(%n) : tensor<?x6xf64> -> tensor<?x2x3xf64>
  return %r : tensor<?x2x3xf64>
}

func.func @transpose_11(%x: tensor<2x3xf64>) -> tensor<3x2xf64> {
  %r = tenon.transpose %x {permutation = array<i64: 1, 0>} : tensor<2x3xf64>
  return %r : tensor<3x2xf64>
}

func.func @transpose_12(%x: tensor<2x3x4xf64>) -> tensor<4x2x3xf64> {
  %r = tenon.transpose %x {permutation = array<i64: 2, 0, 1>} : tensor<2x3x4xf64>
  return %r : tensor<4x2x3xf64>
}

func.func @transpose_13(%x: tensor<5xf64>) -> tensor<5xf64> {
  %r = tenon.transpose %x {permutation = array<i64: 0>} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @transpose_14(%x: tensor<3x?x4xf64> {test.dims = array<i64: 2>}) -> tensor<?x4x3xf64> {
  %r = tenon.transpose %x {permutation = array<i64: 1, 2, 0>} : tensor<3x?x4xf64>
  return %r : tensor<?x4x3xf64>
}

func.func @concat_15(%x0: tensor<2x3xf64>, %x1: tensor<4x3xf64>) -> tensor<6x3xf64> {
  %r = tenon.concat %x0, %x1 {axis = 0 : i64} : tensor<2x3xf64>, tensor<4x3xf64>
  return %r : tensor<6x3xf64>
}

func.func @concat_16(%x0: tensor<2x3xf64>, %x1: tensor<2x0xf64>, %x2: tensor<2x1xf64>) -> tensor<2x4xf64> {
  %r = tenon.concat %x0, %x1, %x2 {axis = 1 : i64} : tensor<2x3xf64>, tensor<2x0xf64>, tensor<2x1xf64>
  return %r : tensor<2x4xf64>
}

func.func @concat_17(%x0: tensor<?x3xf64> {test.dims = array<i64: 2>}, %x1: tensor<?x3xf64> {test.dims = array<i64: 5>}, %x2: tensor<1x3xf64>) -> tensor<?x3xf64> {
  %r = tenon.concat %x0, %x1, %x2 {axis = 0 : i64} : tensor<?x3xf64>, tensor<?x3xf64>, tensor<1x3xf64>
  return %r : tensor<?x3xf64>
}

func.func @concat_18(%x0: tensor<3xf64>) -> tensor<3xf64> {
  %r = tenon.concat %x0 {axis = 0 : i64} : tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @stack_19(%x0: tensor<2x3xf64>, %x1: tensor<2x3xf64>) -> tensor<2x2x3xf64> {
  %r = tenon.stack %x0, %x1 {axis = 0 : i64} : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x2x3xf64>
}

func.func @stack_20(%x0: tensor<?xf64> {test.dims = array<i64: 2>}, %x1: tensor<?xf64> {test.dims = array<i64: 2>}, %x2: tensor<?xf64> {test.dims = array<i64: 2>}) -> tensor<?x3xf64> {
  %r = tenon.stack %x0, %x1, %x2 {axis = 1 : i64} : tensor<?xf64>, tensor<?xf64>, tensor<?xf64>
  return %r : tensor<?x3xf64>
}

func.func @stack_21(%x0: tensor<f64>, %x1: tensor<f64>) -> tensor<2xf64> {
  %r = tenon.stack %x0, %x1 {axis = 0 : i64} : tensor<f64>, tensor<f64>
  return %r : tensor<2xf64>
}

func.func @split_22(%x: tensor<4x3xf64>) -> tensor<3x3xf64> {
  %p:2 = tenon.split %x {axis = 0 : i64, sizes = array<i64: 1, 3>} : tensor<4x3xf64>
  %r = tenon.mul %p#1, %p#1 : tensor<3x3xf64>, tensor<3x3xf64>
  return %r : tensor<3x3xf64>
}

func.func @split_23(%x: tensor<?x4xf64> {test.dims = array<i64: 2>}) -> tensor<?x2xf64> {
  %p:3 = tenon.split %x {axis = 1 : i64, sizes = array<i64: 1, 2, 1>} : tensor<?x4xf64>
  %r = tenon.mul %p#1, %p#1 : tensor<?x2xf64>, tensor<?x2xf64>
  return %r : tensor<?x2xf64>
}

func.func @split_24(%x: tensor<5xf64>) -> tensor<5xf64> {
  %p:1 = tenon.split %x {axis = 0 : i64, sizes = array<i64: 5>} : tensor<5xf64>
  %r = tenon.mul %p#0, %p#0 : tensor<5xf64>, tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @pad_25(%x: tensor<2x3xf64>, %v: tensor<f64>) -> tensor<3x5xf64> {
  %r = tenon.pad %x, %v {low = array<i64: 1, 0>, high = array<i64: 0, 2>} : tensor<2x3xf64>, tensor<f64>
  return %r : tensor<3x5xf64>
}

func.func @pad_26(%x: tensor<?x3xf64> {test.dims = array<i64: 2>}, %v: tensor<f64>) -> tensor<?x4xf64> {
  %r = tenon.pad %x, %v {low = array<i64: 0, 1>, high = array<i64: 0, 0>} : tensor<?x3xf64>, tensor<f64>
  return %r : tensor<?x4xf64>
}

func.func @pad_27(%x: tensor<3xf64>, %v: tensor<f64>) -> tensor<5xf64> {
  %r = tenon.pad %x, %v {low = array<i64: 2>, high = array<i64: 0>} : tensor<3xf64>, tensor<f64>
  return %r : tensor<5xf64>
}

func.func @reverse_28(%x: tensor<3xf64>) -> tensor<3xf64> {
  %r = tenon.reverse %x {axes = array<i64: 0>} : tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @reverse_29(%x: tensor<2x3xf64>) -> tensor<2x3xf64> {
  %r = tenon.reverse %x {axes = array<i64: 0, 1>} : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @reverse_30(%x: tensor<?x3xf64> {test.dims = array<i64: 2>}) -> tensor<?x3xf64> {
  %r = tenon.reverse %x {axes = array<i64: 1>} : tensor<?x3xf64>
  return %r : tensor<?x3xf64>
}

func.func @slice_31(%x: tensor<4x5xf64>) -> tensor<2x5xf64> {
  %r = tenon.slice %x[1, 0] [2, 5] [1, 1] : tensor<4x5xf64>
  return %r : tensor<2x5xf64>
}

func.func @slice_32(%x: tensor<4x9xf64>) -> tensor<2x3xf64> {
  %r = tenon.slice %x[1, 2] [2, 3] [2, 3] : tensor<4x9xf64>
  return %r : tensor<2x3xf64>
}

func.func @slice_33(%x: tensor<?x5xf64> {test.dims = array<i64: 3>}, %i: tensor<i64> {test.value = array<f64: 1.0>}) -> tensor<1x2xf64> {
  %r = tenon.slice %x[%i, 1] [1, 2] [1, 2] : tensor<?x5xf64>
  return %r : tensor<1x2xf64>
}

func.func @slice_twice_34(%x: tensor<4x5xf64>, %i: tensor<i64> {test.value = array<f64: 1.0>}) -> tensor<2x5xf64> {
  %a = tenon.slice %x[%i, 0] [2, 5] [1, 1] : tensor<4x5xf64>
  %b = tenon.slice %x[0, 0] [2, 5] [1, 1] : tensor<4x5xf64>
  %r = tenon.mul %a, %b : tensor<2x5xf64>, tensor<2x5xf64>
  return %r : tensor<2x5xf64>
}

func.func @insert_35(%u: tensor<1x2xf64>, %x: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %r = tenon.insert %u, %x[1, 2] : tensor<1x2xf64>, tensor<3x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @insert_36(%u: tensor<1x2xf64>, %x: tensor<?x4xf64> {test.dims = array<i64: 3>}, %i: tensor<i64> {test.value = array<f64: 1.0>}) -> tensor<?x4xf64> {
  %r = tenon.insert %u, %x[%i, 0] : tensor<1x2xf64>, tensor<?x4xf64>
  return %r : tensor<?x4xf64>
}

func.func @insert_37(%u: tensor<?xf64> {test.dims = array<i64: 2>}, %x: tensor<5xf64>, %i: tensor<i64> {test.value = array<f64: 1.0>}) -> tensor<5xf64> {
  %r = tenon.insert %u, %x[%i] : tensor<?xf64>, tensor<5xf64>
  return %r : tensor<5xf64>
}

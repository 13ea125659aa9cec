// Reductions, running sums, softmax and normalization. Made by make_cases.py.

func.func @sum_1(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <sum> %x {axes = array<i64: 1>} : tensor<2x3xf64>
  return %r : tensor<2xf64>
}

func.func @sum_2(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<f64> {
  %r = tenon.reduce <sum> %x {axes = array<i64: 0, 1>} : tensor<2x3xf64>
  return %r : tensor<f64>
}

func.func @sum_3(%x: tensor<?x3x5xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<3xf64> {
  %r = tenon.reduce <sum> %x {axes = array<i64: 0, 2>} : tensor<?x3x5xf64>
  return %r : tensor<3xf64>
}

func.func @sum_4(%x: tensor<3x?xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<?xf64> {
  %r = tenon.reduce <sum> %x {axes = array<i64: 0>} : tensor<3x?xf64>
  return %r : tensor<?xf64>
}

func.func @sum_5(%x: tensor<5xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<5xf64> {
  %r = tenon.reduce <sum> %x {axes = array<i64>} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @sum_6(%x: tensor<2x70xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <sum> %x {axes = array<i64: 1>} : tensor<2x70xf64>
  return %r : tensor<2xf64>
}

func.func @sum_keep_7(%x: tensor<?x4xf64> {test.dims = array<i64: 3>}) -> tensor<?x1xf64> {
  %r = tenon.reduce <sum> %x {axes = array<i64: 1>, keep_dims = true} : tensor<?x4xf64>
  return %r : tensor<?x1xf64>
}

func.func @mean_8(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <mean> %x {axes = array<i64: 1>} : tensor<2x3xf64>
  return %r : tensor<2xf64>
}

func.func @mean_9(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<f64> {
  %r = tenon.reduce <mean> %x {axes = array<i64: 0, 1>} : tensor<2x3xf64>
  return %r : tensor<f64>
}

func.func @mean_10(%x: tensor<?x3x5xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<3xf64> {
  %r = tenon.reduce <mean> %x {axes = array<i64: 0, 2>} : tensor<?x3x5xf64>
  return %r : tensor<3xf64>
}

func.func @mean_11(%x: tensor<3x?xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<?xf64> {
  %r = tenon.reduce <mean> %x {axes = array<i64: 0>} : tensor<3x?xf64>
  return %r : tensor<?xf64>
}

func.func @mean_12(%x: tensor<5xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<5xf64> {
  %r = tenon.reduce <mean> %x {axes = array<i64>} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @mean_13(%x: tensor<2x70xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <mean> %x {axes = array<i64: 1>} : tensor<2x70xf64>
  return %r : tensor<2xf64>
}

func.func @mean_keep_14(%x: tensor<?x4xf64> {test.dims = array<i64: 3>}) -> tensor<?x1xf64> {
  %r = tenon.reduce <mean> %x {axes = array<i64: 1>, keep_dims = true} : tensor<?x4xf64>
  return %r : tensor<?x1xf64>
}

func.func @prod_15(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <prod> %x {axes = array<i64: 1>} : tensor<2x3xf64>
  return %r : tensor<2xf64>
}

func.func @prod_16(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<f64> {
  %r = tenon.reduce <prod> %x {axes = array<i64: 0, 1>} : tensor<2x3xf64>
  return %r : tensor<f64>
}

func.func @prod_17(%x: tensor<?x3x5xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<3xf64> {
  %r = tenon.reduce <prod> %x {axes = array<i64: 0, 2>} : tensor<?x3x5xf64>
  return %r : tensor<3xf64>
}

func.func @prod_18(%x: tensor<3x?xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<?xf64> {
  %r = tenon.reduce <prod> %x {axes = array<i64: 0>} : tensor<3x?xf64>
  return %r : tensor<?xf64>
}

func.func @prod_19(%x: tensor<5xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<5xf64> {
  %r = tenon.reduce <prod> %x {axes = array<i64>} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @prod_20(%x: tensor<2x70xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <prod> %x {axes = array<i64: 1>} : tensor<2x70xf64>
  return %r : tensor<2xf64>
}

func.func @prod_keep_21(%x: tensor<?x4xf64> {test.dims = array<i64: 3>}) -> tensor<?x1xf64> {
  %r = tenon.reduce <prod> %x {axes = array<i64: 1>, keep_dims = true} : tensor<?x4xf64>
  return %r : tensor<?x1xf64>
}

func.func @max_22(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <max> %x {axes = array<i64: 1>} : tensor<2x3xf64>
  return %r : tensor<2xf64>
}

func.func @max_23(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<f64> {
  %r = tenon.reduce <max> %x {axes = array<i64: 0, 1>} : tensor<2x3xf64>
  return %r : tensor<f64>
}

func.func @max_24(%x: tensor<?x3x5xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<3xf64> {
  %r = tenon.reduce <max> %x {axes = array<i64: 0, 2>} : tensor<?x3x5xf64>
  return %r : tensor<3xf64>
}

func.func @max_25(%x: tensor<3x?xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<?xf64> {
  %r = tenon.reduce <max> %x {axes = array<i64: 0>} : tensor<3x?xf64>
  return %r : tensor<?xf64>
}

func.func @max_26(%x: tensor<5xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<5xf64> {
  %r = tenon.reduce <max> %x {axes = array<i64>} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @max_27(%x: tensor<2x70xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <max> %x {axes = array<i64: 1>} : tensor<2x70xf64>
  return %r : tensor<2xf64>
}

func.func @max_keep_28(%x: tensor<?x4xf64> {test.dims = array<i64: 3>}) -> tensor<?x1xf64> {
  %r = tenon.reduce <max> %x {axes = array<i64: 1>, keep_dims = true} : tensor<?x4xf64>
  return %r : tensor<?x1xf64>
}

func.func @min_29(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <min> %x {axes = array<i64: 1>} : tensor<2x3xf64>
  return %r : tensor<2xf64>
}

func.func @min_30(%x: tensor<2x3xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<f64> {
  %r = tenon.reduce <min> %x {axes = array<i64: 0, 1>} : tensor<2x3xf64>
  return %r : tensor<f64>
}

func.func @min_31(%x: tensor<?x3x5xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<3xf64> {
  %r = tenon.reduce <min> %x {axes = array<i64: 0, 2>} : tensor<?x3x5xf64>
  return %r : tensor<3xf64>
}

func.func @min_32(%x: tensor<3x?xf64> {test.range = array<f64: 0.7, 1.3>, test.dims = array<i64: 4>}) -> tensor<?xf64> {
  %r = tenon.reduce <min> %x {axes = array<i64: 0>} : tensor<3x?xf64>
  return %r : tensor<?xf64>
}

func.func @min_33(%x: tensor<5xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<5xf64> {
  %r = tenon.reduce <min> %x {axes = array<i64>} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @min_34(%x: tensor<2x70xf64> {test.range = array<f64: 0.7, 1.3>}) -> tensor<2xf64> {
  %r = tenon.reduce <min> %x {axes = array<i64: 1>} : tensor<2x70xf64>
  return %r : tensor<2xf64>
}

func.func @min_keep_35(%x: tensor<?x4xf64> {test.dims = array<i64: 3>}) -> tensor<?x1xf64> {
  %r = tenon.reduce <min> %x {axes = array<i64: 1>, keep_dims = true} : tensor<?x4xf64>
  return %r : tensor<?x1xf64>
}

func.func @sum_empty_36(%x: tensor<0x3xf64>) -> tensor<3xf64> {
  %r = tenon.reduce <sum> %x {axes = array<i64: 0>} : tensor<0x3xf64>
  return %r : tensor<3xf64>
}

func.func @prod_zero_37(%x: tensor<3x3xf64> {test.value = array<f64: 1.0, 0.0, 3.0, 0.0, 0.0, 2.0, 4.0, 5.0, 6.0>}) -> tensor<3xf64> {
  %r = tenon.reduce <prod> %x {axes = array<i64: 1>} : tensor<3x3xf64>
  return %r : tensor<3xf64>
}

func.func @cumsum_38(%x: tensor<5xf64>) -> tensor<5xf64> {
  %r = tenon.cumsum %x {axis = 0 : i64, exclusive = false, reverse = false} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @cumsum_39(%x: tensor<2x3xf64>) -> tensor<2x3xf64> {
  %r = tenon.cumsum %x {axis = 0 : i64, exclusive = false, reverse = false} : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @cumsum_40(%x: tensor<2x?xf64> {test.dims = array<i64: 3>}) -> tensor<2x?xf64> {
  %r = tenon.cumsum %x {axis = 1 : i64, exclusive = false, reverse = false} : tensor<2x?xf64>
  return %r : tensor<2x?xf64>
}

func.func @cumsum_41(%x: tensor<5xf64>) -> tensor<5xf64> {
  %r = tenon.cumsum %x {axis = 0 : i64, exclusive = false, reverse = true} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @cumsum_42(%x: tensor<2x3xf64>) -> tensor<2x3xf64> {
  %r = tenon.cumsum %x {axis = 0 : i64, exclusive = false, reverse = true} : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @cumsum_43(%x: tensor<2x?xf64> {test.dims = array<i64: 3>}) -> tensor<2x?xf64> {
  %r = tenon.cumsum %x {axis = 1 : i64, exclusive = false, reverse = true} : tensor<2x?xf64>
  return %r : tensor<2x?xf64>
}

func.func @cumsum_44(%x: tensor<5xf64>) -> tensor<5xf64> {
  %r = tenon.cumsum %x {axis = 0 : i64, exclusive = true, reverse = false} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @cumsum_45(%x: tensor<2x3xf64>) -> tensor<2x3xf64> {
  %r = tenon.cumsum %x {axis = 0 : i64, exclusive = true, reverse = false} : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @cumsum_46(%x: tensor<2x?xf64> {test.dims = array<i64: 3>}) -> tensor<2x?xf64> {
  %r = tenon.cumsum %x {axis = 1 : i64, exclusive = true, reverse = false} : tensor<2x?xf64>
  return %r : tensor<2x?xf64>
}

func.func @cumsum_47(%x: tensor<5xf64>) -> tensor<5xf64> {
  %r = tenon.cumsum %x {axis = 0 : i64, exclusive = true, reverse = true} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @cumsum_48(%x: tensor<2x3xf64>) -> tensor<2x3xf64> {
  %r = tenon.cumsum %x {axis = 0 : i64, exclusive = true, reverse = true} : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @cumsum_49(%x: tensor<2x?xf64> {test.dims = array<i64: 3>}) -> tensor<2x?xf64> {
  %r = tenon.cumsum %x {axis = 1 : i64, exclusive = true, reverse = true} : tensor<2x?xf64>
  return %r : tensor<2x?xf64>
}

func.func @softmax_50(%x: tensor<5xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<5xf64> {
  %r = tenon.softmax %x {axis = 0 : i64} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @softmax_51(%x: tensor<2x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.softmax %x {axis = 1 : i64} : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @softmax_52(%x: tensor<?x3xf64> {test.range = array<f64: -2.0, 2.0>, test.dims = array<i64: 4>}) -> tensor<?x3xf64> {
  %r = tenon.softmax %x {axis = 0 : i64} : tensor<?x3xf64>
  return %r : tensor<?x3xf64>
}

func.func @softmax_53(%x: tensor<2x3x70xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x3x70xf64> {
  %r = tenon.softmax %x {axis = 2 : i64} : tensor<2x3x70xf64>
  return %r : tensor<2x3x70xf64>
}

func.func @softmax_54(%x: tensor<2x1xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x1xf64> {
  %r = tenon.softmax %x {axis = 1 : i64} : tensor<2x1xf64>
  return %r : tensor<2x1xf64>
}

func.func @log_softmax_55(%x: tensor<5xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<5xf64> {
  %r = tenon.log_softmax %x {axis = 0 : i64} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @log_softmax_56(%x: tensor<2x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.log_softmax %x {axis = 1 : i64} : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @log_softmax_57(%x: tensor<?x3xf64> {test.range = array<f64: -2.0, 2.0>, test.dims = array<i64: 4>}) -> tensor<?x3xf64> {
  %r = tenon.log_softmax %x {axis = 0 : i64} : tensor<?x3xf64>
  return %r : tensor<?x3xf64>
}

func.func @log_softmax_58(%x: tensor<2x3x70xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x3x70xf64> {
  %r = tenon.log_softmax %x {axis = 2 : i64} : tensor<2x3x70xf64>
  return %r : tensor<2x3x70xf64>
}

func.func @log_softmax_59(%x: tensor<2x1xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x1xf64> {
  %r = tenon.log_softmax %x {axis = 1 : i64} : tensor<2x1xf64>
  return %r : tensor<2x1xf64>
}

func.func @layer_norm_60(%x: tensor<5xf64>, %s: tensor<5xf64>, %o: tensor<5xf64>) -> tensor<5xf64> {
  %r = tenon.layer_norm %x, %s, %o {epsilon = 1.0e-3 : f64} : tensor<5xf64>, tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @layer_norm_61(%x: tensor<2x3xf64>, %s: tensor<3xf64>, %o: tensor<3xf64>) -> tensor<2x3xf64> {
  %r = tenon.layer_norm %x, %s, %o {epsilon = 1.0e-3 : f64} : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @layer_norm_62(%x: tensor<?x2x7xf64> {test.dims = array<i64: 4>}, %s: tensor<7xf64>, %o: tensor<7xf64>) -> tensor<?x2x7xf64> {
  %r = tenon.layer_norm %x, %s, %o {epsilon = 1.0e-3 : f64} : tensor<?x2x7xf64>, tensor<7xf64>
  return %r : tensor<?x2x7xf64>
}

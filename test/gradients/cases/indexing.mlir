// Gather, scatter and sorting. Made by make_cases.py.

func.func @gather_1(%x: tensor<4x3xf64>, %i: tensor<3xi32> {test.value = array<f64: 0.0, 2.0, 2.0>}) -> tensor<3x3xf64> {
  %r = tenon.gather %x, %i {axis = 0 : i64} : tensor<4x3xf64>, tensor<3xi32>
  return %r : tensor<3x3xf64>
}

func.func @gather_2(%x: tensor<2x3xf64>, %i: tensor<2x2xi32> {test.value = array<f64: 0.0, 2.0, 1.0, 2.0>}) -> tensor<2x2x2xf64> {
  %r = tenon.gather %x, %i {axis = 1 : i64} : tensor<2x3xf64>, tensor<2x2xi32>
  return %r : tensor<2x2x2xf64>
}

func.func @gather_3(%x: tensor<?xf64> {test.dims = array<i64: 4>}, %i: tensor<i32> {test.value = array<f64: 3.0>}) -> tensor<f64> {
  %r = tenon.gather %x, %i {axis = 0 : i64} : tensor<?xf64>, tensor<i32>
  return %r : tensor<f64>
}

func.func @gather_4(%x: tensor<?x3x2xf64> {test.dims = array<i64: 2>}, %i: tensor<3xi32> {test.value = array<f64: 1.0, 1.0, 0.0>}) -> tensor<?x3x2xf64> {
  %r = tenon.gather %x, %i {axis = 1 : i64} : tensor<?x3x2xf64>, tensor<3xi32>
  return %r : tensor<?x3x2xf64>
}

func.func @gather_5(%x: tensor<2x?x2xf64> {test.dims = array<i64: 3>}, %i: tensor<?xi32> {test.value = array<f64: 1.0, 1.0, 0.0>, test.dims = array<i64: 3>}) -> tensor<2x?x?xf64> {
  %r = tenon.gather %x, %i {axis = 2 : i64} : tensor<2x?x2xf64>, tensor<?xi32>
  return %r : tensor<2x?x?xf64>
}

func.func @scatter_add_6(%x: tensor<4x3xf64>, %i: tensor<3xi64> {test.value = array<f64: 0.0, 2.0, 2.0>}, %u: tensor<3x3xf64>) -> tensor<4x3xf64> {
  %r = tenon.scatter <add> %x, %i, %u : tensor<4x3xf64>, tensor<3xi64>, tensor<3x3xf64>
  return %r : tensor<4x3xf64>
}

func.func @scatter_add_7(%x: tensor<?xf64> {test.dims = array<i64: 4>}, %i: tensor<2x2xi64> {test.value = array<f64: 0.0, 2.0, 1.0, 2.0>}, %u: tensor<2x2xf64>) -> tensor<?xf64> {
  %r = tenon.scatter <add> %x, %i, %u : tensor<?xf64>, tensor<2x2xi64>, tensor<2x2xf64>
  return %r : tensor<?xf64>
}

func.func @scatter_add_8(%x: tensor<3x?xf64> {test.dims = array<i64: 2>}, %i: tensor<?xi64> {test.value = array<f64: 0.0, 1.0, 1.0, 0.0, 1.0>, test.dims = array<i64: 5>}, %u: tensor<?x?xf64> {test.dims = array<i64: 5, 2>}) -> tensor<3x?xf64> {
  %r = tenon.scatter <add> %x, %i, %u : tensor<3x?xf64>, tensor<?xi64>, tensor<?x?xf64>
  return %r : tensor<3x?xf64>
}

func.func @scatter_add_9(%x: tensor<2xf64>, %i: tensor<i64> {test.value = array<f64: 1.0>}, %u: tensor<f64>) -> tensor<2xf64> {
  %r = tenon.scatter <add> %x, %i, %u : tensor<2xf64>, tensor<i64>, tensor<f64>
  return %r : tensor<2xf64>
}

func.func @scatter_update_10(%x: tensor<4x3xf64>, %i: tensor<3xi64> {test.value = array<f64: 0.0, 2.0, 2.0>}, %u: tensor<3x3xf64>) -> tensor<4x3xf64> {
  %r = tenon.scatter <update> %x, %i, %u : tensor<4x3xf64>, tensor<3xi64>, tensor<3x3xf64>
  return %r : tensor<4x3xf64>
}

func.func @scatter_update_11(%x: tensor<?xf64> {test.dims = array<i64: 4>}, %i: tensor<2x2xi64> {test.value = array<f64: 0.0, 2.0, 1.0, 2.0>}, %u: tensor<2x2xf64>) -> tensor<?xf64> {
  %r = tenon.scatter <update> %x, %i, %u : tensor<?xf64>, tensor<2x2xi64>, tensor<2x2xf64>
  return %r : tensor<?xf64>
}

func.func @scatter_update_12(%x: tensor<3x?xf64> {test.dims = array<i64: 2>}, %i: tensor<?xi64> {test.value = array<f64: 0.0, 1.0, 1.0, 0.0, 1.0>, test.dims = array<i64: 5>}, %u: tensor<?x?xf64> {test.dims = array<i64: 5, 2>}) -> tensor<3x?xf64> {
  %r = tenon.scatter <update> %x, %i, %u : tensor<3x?xf64>, tensor<?xi64>, tensor<?x?xf64>
  return %r : tensor<3x?xf64>
}

func.func @scatter_update_13(%x: tensor<2xf64>, %i: tensor<i64> {test.value = array<f64: 1.0>}, %u: tensor<f64>) -> tensor<2xf64> {
  %r = tenon.scatter <update> %x, %i, %u : tensor<2xf64>, tensor<i64>, tensor<f64>
  return %r : tensor<2xf64>
}

func.func @sort_14(%x: tensor<5xf64>) -> tensor<5xf64> {
  %r, %i = tenon.sort %x {axis = 0 : i64, descending = false} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @sort_15(%x: tensor<5xf64>) -> tensor<5xf64> {
  %r, %i = tenon.sort %x {axis = 0 : i64, descending = true} : tensor<5xf64>
  return %r : tensor<5xf64>
}

func.func @sort_16(%x: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %r, %i = tenon.sort %x {axis = 0 : i64, descending = false} : tensor<3x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @sort_17(%x: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %r, %i = tenon.sort %x {axis = 0 : i64, descending = true} : tensor<3x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @sort_18(%x: tensor<?x5xf64> {test.dims = array<i64: 2>}) -> tensor<?x5xf64> {
  %r, %i = tenon.sort %x {axis = 1 : i64, descending = false} : tensor<?x5xf64>
  return %r : tensor<?x5xf64>
}

func.func @sort_19(%x: tensor<?x5xf64> {test.dims = array<i64: 2>}) -> tensor<?x5xf64> {
  %r, %i = tenon.sort %x {axis = 1 : i64, descending = true} : tensor<?x5xf64>
  return %r : tensor<?x5xf64>
}

func.func @sort_20(%x: tensor<2x?x4xf64> {test.dims = array<i64: 3>}) -> tensor<2x?x4xf64> {
  %r, %i = tenon.sort %x {axis = 1 : i64, descending = false} : tensor<2x?x4xf64>
  return %r : tensor<2x?x4xf64>
}

func.func @sort_21(%x: tensor<2x?x4xf64> {test.dims = array<i64: 3>}) -> tensor<2x?x4xf64> {
  %r, %i = tenon.sort %x {axis = 1 : i64, descending = true} : tensor<2x?x4xf64>
  return %r : tensor<2x?x4xf64>
}

func.func @top_k_22(%x: tensor<5xf64>) -> tensor<2xf64> {
  %r, %i = tenon.top_k %x {k = 2 : i64} : tensor<5xf64>
  return %r : tensor<2xf64>
}

func.func @top_k_23(%x: tensor<?x6xf64> {test.dims = array<i64: 3>}) -> tensor<?x3xf64> {
  %r, %i = tenon.top_k %x {k = 3 : i64} : tensor<?x6xf64>
  return %r : tensor<?x3xf64>
}

func.func @top_k_24(%x: tensor<2x?x4xf64> {test.dims = array<i64: 2>}) -> tensor<2x?x4xf64> {
  %r, %i = tenon.top_k %x {k = 4 : i64} : tensor<2x?x4xf64>
  return %r : tensor<2x?x4xf64>
}

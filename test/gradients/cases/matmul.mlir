// Matrix products. Made by make_cases.py.

func.func @matmul_1(%x: tensor<2x3xf64>, %y: tensor<3x4xf64>) -> tensor<2x4xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = false} : tensor<2x3xf64>, tensor<3x4xf64>
  return %r : tensor<2x4xf64>
}

func.func @matmul_2(%x: tensor<3x2xf64>, %y: tensor<3x4xf64>) -> tensor<2x4xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = true, transpose_rhs = false} : tensor<3x2xf64>, tensor<3x4xf64>
  return %r : tensor<2x4xf64>
}

func.func @matmul_3(%x: tensor<2x3xf64>, %y: tensor<4x3xf64>) -> tensor<2x4xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = true} : tensor<2x3xf64>, tensor<4x3xf64>
  return %r : tensor<2x4xf64>
}

func.func @matmul_4(%x: tensor<3x2xf64>, %y: tensor<4x3xf64>) -> tensor<2x4xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = true, transpose_rhs = true} : tensor<3x2xf64>, tensor<4x3xf64>
  return %r : tensor<2x4xf64>
}

func.func @matmul_5(%x: tensor<?x3xf64> {test.dims = array<i64: 5>}, %y: tensor<3x2xf64>) -> tensor<?x2xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = false} : tensor<?x3xf64>, tensor<3x2xf64>
  return %r : tensor<?x2xf64>
}

func.func @matmul_6(%x: tensor<2x?x3xf64> {test.dims = array<i64: 5>}, %y: tensor<3x4xf64>) -> tensor<2x?x4xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = false} : tensor<2x?x3xf64>, tensor<3x4xf64>
  return %r : tensor<2x?x4xf64>
}

func.func @matmul_7(%x: tensor<2x5x3xf64>, %y: tensor<4x3xf64>) -> tensor<2x5x4xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = true} : tensor<2x5x3xf64>, tensor<4x3xf64>
  return %r : tensor<2x5x4xf64>
}

func.func @matmul_8(%x: tensor<?x3x5xf64> {test.dims = array<i64: 2>}, %y: tensor<3x4xf64>) -> tensor<?x5x4xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = true, transpose_rhs = false} : tensor<?x3x5xf64>, tensor<3x4xf64>
  return %r : tensor<?x5x4xf64>
}

func.func @matmul_9(%x: tensor<2x1x3x4xf64>, %y: tensor<5x4x2xf64>) -> tensor<2x5x3x2xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = false} : tensor<2x1x3x4xf64>, tensor<5x4x2xf64>
  return %r : tensor<2x5x3x2xf64>
}

func.func @matmul_10(%x: tensor<3x4xf64>, %y: tensor<2x4x2xf64>) -> tensor<2x3x2xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = false} : tensor<3x4xf64>, tensor<2x4x2xf64>
  return %r : tensor<2x3x2xf64>
}

func.func @matmul_11(%x: tensor<1x1xf64>, %y: tensor<1x1xf64>) -> tensor<1x1xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = false} : tensor<1x1xf64>, tensor<1x1xf64>
  return %r : tensor<1x1xf64>
}

func.func @matmul_12(%x: tensor<0x3xf64>, %y: tensor<3x2xf64>) -> tensor<0x2xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = false} : tensor<0x3xf64>, tensor<3x2xf64>
  return %r : tensor<0x2xf64>
}

func.func @matmul_13(%x: tensor<?x?x?xf64> {test.dims = array<i64: 2, 4, 3>}, %y: tensor<?x?xf64> {test.dims = array<i64: 3, 5>}) -> tensor<?x?x?xf64> {
  %r = tenon.matmul %x, %y {transpose_lhs = false, transpose_rhs = false} : tensor<?x?x?xf64>, tensor<?x?xf64>
  return %r : tensor<?x?x?xf64>
}

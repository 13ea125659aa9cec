// Every constraint of the ops outside the element-wise families, by its number in the op's description; then what
// no inference or verifier may stumble over.
// RUN: tenon-opt %s --split-input-file --verify-diagnostics

// constant (C1)
// expected-error@+2 {{'tenon.constant' op result #0 must be tensor of any dtype, but got 'vector<2xf32>'}}
func.func @constant() {
  %0 = tenon.constant dense<1.0> : vector<2xf32>
  return
}

// -----

// compare (C1)
func.func @compare(%x: tensor<4xf32>, %y: tensor<4xi32>) {
  // expected-error@+1 {{compare: dtypes differ: lhs f32[4], rhs i32[4]}}
  %0 = tenon.compare <lt> %x, %y : tensor<4xf32>, tensor<4xi32>
  return
}

// -----

// compare (C2)
func.func @compare(%x: tensor<4xf32>, %y: tensor<5xf32>) {
  // expected-error@+1 {{compare: shapes do not broadcast: lhs f32[4], rhs f32[5]}}
  %0 = tenon.compare <lt> %x, %y : tensor<4xf32>, tensor<5xf32>
  return
}

// -----

// select (C1)
func.func @select(%c: tensor<i1>, %x: tensor<4xf32>, %y: tensor<4xui8>) {
  // expected-error@+1 {{select: dtypes differ: lhs f32[4], rhs u8[4]}}
  %0 = tenon.select %c, %x, %y : tensor<i1>, tensor<4xf32>, tensor<4xui8>
  return
}

// -----

// select (C2)
func.func @select(%c: tensor<3xi1>, %x: tensor<2x4xf32>) {
  // expected-error@+1 {{select: shapes do not broadcast: condition i1[3], lhs f32[2,4], rhs f32[2,4]}}
  %0 = tenon.select %c, %x, %x : tensor<3xi1>, tensor<2x4xf32>, tensor<2x4xf32>
  return
}

// -----

// clamp (C1)
func.func @clamp(%x: tensor<4xf32>, %y: tensor<f64>) {
  // expected-error@+1 {{clamp: dtypes differ: input f32[4], low f64[], high f64[]}}
  %0 = tenon.clamp %x, %y, %y : tensor<4xf32>, tensor<f64>, tensor<f64>
  return
}

// -----

// clamp (C2)
func.func @clamp(%x: tensor<4xf32>, %y: tensor<3xf32>) {
  // expected-error@+1 {{clamp: shapes do not broadcast: input f32[4], low f32[3], high f32[3]}}
  %0 = tenon.clamp %x, %y, %y : tensor<4xf32>, tensor<3xf32>, tensor<3xf32>
  return
}

// -----

// cast (C1)
func.func @cast(%x: tensor<?xf32>) {
  // expected-error@+1 {{cast: shapes differ: input f32[?], result f64[4]}}
  %0 = tenon.cast %x : tensor<?xf32> to tensor<4xf64>
  return
}

// -----

// matmul (C1)
func.func @matmul(%x: tensor<4xf32>, %y: tensor<4x5xf32>) {
  // expected-error@+1 {{matmul: expected operands of rank 2 or more: lhs f32[4], rhs f32[4,5]}}
  %0 = tenon.matmul %x, %y : tensor<4xf32>, tensor<4x5xf32>
  return
}

// -----

// matmul (C2)
func.func @matmul(%x: tensor<4x4xf32>, %y: tensor<4x5xf64>) {
  // expected-error@+1 {{matmul: dtypes differ: lhs f32[4,4], rhs f64[4,5]}}
  %0 = tenon.matmul %x, %y : tensor<4x4xf32>, tensor<4x5xf64>
  return
}

// -----

// matmul (C3)
func.func @matmul(%x: tensor<4x8xf32>, %y: tensor<9x2xf32>) {
  // expected-error@+1 {{matmul: inner dimensions differ: lhs f32[4,8], rhs f32[9,2]}}
  %0 = tenon.matmul %x, %y : tensor<4x8xf32>, tensor<9x2xf32>
  return
}

// -----

// matmul (C3), where the transposition is the reason
func.func @matmul(%x: tensor<4x8xf32>, %y: tensor<8x2xf32>) {
  // expected-error@+1 {{matmul: inner dimensions differ: lhs f32[4,8], rhs f32[8,2], rhs transposed}}
  %0 = tenon.matmul %x, %y {transpose_rhs = true} : tensor<4x8xf32>, tensor<8x2xf32>
  return
}

// -----

// matmul (C4)
func.func @matmul(%x: tensor<3x4x8xf32>, %y: tensor<2x8x2xf32>) {
  // expected-error@+1 {{matmul: batch dimensions do not broadcast: lhs f32[3,4,8], rhs f32[2,8,2]}}
  %0 = tenon.matmul %x, %y : tensor<3x4x8xf32>, tensor<2x8x2xf32>
  return
}

// -----

// conv (C1)
func.func @conv(%x: tensor<8x6xf32>, %w: tensor<3x6xf32>) {
  // expected-error@+1 {{conv: expected an input of rank 3 or 4, [N, spatial..., C], but got f32[8,6]}}
  %0 = tenon.conv %x, %w {strides = array<i64>, padding = array<i64>, dilations = array<i64>} : tensor<8x6xf32>, tensor<3x6xf32>
  return
}

// -----

// conv (C1)
func.func @conv(%x: tensor<1x8x6xf32>, %w: tensor<3x3x6x2xf32>) {
  // expected-error@+1 {{conv: expected input and filter of equal rank: input f32[1,8,6], filter f32[3,3,6,2]}}
  %0 = tenon.conv %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<1x8x6xf32>, tensor<3x3x6x2xf32>
  return
}

// -----

// conv (C2)
func.func @conv(%x: tensor<1x8x6xf32>, %w: tensor<3x6x2xf16>) {
  // expected-error@+1 {{conv: dtypes differ: input f32[1,8,6], filter f16[3,6,2]}}
  %0 = tenon.conv %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<1x8x6xf32>, tensor<3x6x2xf16>
  return
}

// -----

// conv (C3)
func.func @conv(%x: tensor<1x8x6xf32>, %w: tensor<3x6x2xf32>) {
  // expected-error@+1 {{conv: expected 2 numbers in `padding`, but got 1}}
  %0 = tenon.conv %x, %w {strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>} : tensor<1x8x6xf32>, tensor<3x6x2xf32>
  return
}

// -----

// conv (C3)
func.func @conv(%x: tensor<1x8x6xf32>, %w: tensor<3x6x2xf32>) {
  // expected-error@+1 {{conv: expected `strides` to be at least 1, but got 0}}
  %0 = tenon.conv %x, %w {strides = array<i64: 0>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<1x8x6xf32>, tensor<3x6x2xf32>
  return
}

// -----

// conv (C4)
func.func @conv(%x: tensor<1x8x6xf32>, %w: tensor<3x1x6xf32>) {
  // expected-error@+1 {{conv: input channels do not divide into 4 groups: input f32[1,8,6]}}
  %0 = tenon.conv %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, groups = 4 : i64} : tensor<1x8x6xf32>, tensor<3x1x6xf32>
  return
}

// -----

// conv (C5)
func.func @conv(%x: tensor<1x8x6xf32>, %w: tensor<3x2x6xf32>) {
  // expected-error@+1 {{conv: channels differ: expected filter [window..., 6, O] for 1 group: input f32[1,8,6], filter f32[3,2,6]}}
  %0 = tenon.conv %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<1x8x6xf32>, tensor<3x2x6xf32>
  return
}

// -----

// conv (C6)
func.func @conv(%x: tensor<1x3x6xf32>, %w: tensor<3x6x2xf32>) {
  // expected-error@+1 {{conv: window of extent 5 does not fit in spatial dimension 0 of size 4 with padding}}
  %0 = tenon.conv %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 1>, dilations = array<i64: 2>} : tensor<1x3x6xf32>, tensor<3x6x2xf32>
  return
}

// -----

// conv_transpose (C1)
func.func @conv_transpose(%x: tensor<6xf32>) {
  // expected-error@+1 {{conv_transpose: expected an input of rank 3 or 4, [N, spatial..., C], but got f32[6]}}
  %0 = tenon.conv_transpose %x, %x {strides = array<i64>, padding = array<i64>, dilations = array<i64>, output_padding = array<i64>} : tensor<6xf32>, tensor<6xf32>
  return
}

// -----

// conv_transpose (C2)
func.func @conv_transpose(%x: tensor<1x8x6xf32>, %w: tensor<3x2x6xf16>) {
  // expected-error@+1 {{conv_transpose: dtypes differ: input f32[1,8,6], filter f16[3,2,6]}}
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : tensor<1x8x6xf32>, tensor<3x2x6xf16>
  return
}

// -----

// conv_transpose (C3)
func.func @conv_transpose(%x: tensor<1x8x6xf32>, %w: tensor<3x2x6xf32>) {
  // expected-error@+1 {{conv_transpose: expected `output_padding` to be at least 0, but got -1}}
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: -1>} : tensor<1x8x6xf32>, tensor<3x2x6xf32>
  return
}

// -----

// conv_transpose (C4)
func.func @conv_transpose(%x: tensor<1x8x6xf32>, %w: tensor<3x6x2xf32>) {
  // expected-error@+1 {{conv_transpose: channels differ: input f32[1,8,6], filter f32[3,6,2] [window..., O, C]}}
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : tensor<1x8x6xf32>, tensor<3x6x2xf32>
  return
}

// -----

// conv_transpose (C5)
func.func @conv_transpose(%x: tensor<1x8x6xf32>, %w: tensor<3x2x6xf32>) {
  // expected-error@+1 {{conv_transpose: expected `output_padding` less than stride or dilation, but got 2 in spatial dimension 0}}
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 2>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 2>} : tensor<1x8x6xf32>, tensor<3x2x6xf32>
  return
}

// -----

// conv_transpose (C6)
func.func @conv_transpose(%x: tensor<1x1x6xf32>, %w: tensor<3x2x6xf32>) {
  // expected-error@+1 {{conv_transpose: padding 4 exceeds the 3 elements of spatial dimension 0}}
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 2>, padding = array<i64: 2, 2>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : tensor<1x1x6xf32>, tensor<3x2x6xf32>
  return
}

// -----

// max_pool (C1)
func.func @max_pool(%x: tensor<8x6xf32>) {
  // expected-error@+1 {{max_pool: expected an input of rank 3 or 4, [N, spatial..., C], but got f32[8,6]}}
  %0 = tenon.max_pool %x {window = array<i64>, strides = array<i64>, padding = array<i64>, dilations = array<i64>} : tensor<8x6xf32>
  return
}

// -----

// max_pool (C2)
func.func @max_pool(%x: tensor<1x8x6xf32>) {
  // expected-error@+1 {{max_pool: expected `window` to be at least 1, but got 0}}
  %0 = tenon.max_pool %x {window = array<i64: 0>, strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<1x8x6xf32>
  return
}

// -----

// max_pool (C3)
func.func @max_pool(%x: tensor<1x8x6xf32>) {
  // expected-error@+1 {{max_pool: expected `padding` less than the window's extent 2, but got 2 in spatial dimension 0}}
  %0 = tenon.max_pool %x {window = array<i64: 2>, strides = array<i64: 1>, padding = array<i64: 0, 2>, dilations = array<i64: 1>} : tensor<1x8x6xf32>
  return
}

// -----

// max_pool (C4)
func.func @max_pool(%x: tensor<1x8x6xi1>) {
  // expected-error@+1 {{'tenon.max_pool' op operand #0 must be tensor of numbers, not i1, but got 'tensor<1x8x6xi1>'}}
  %0 = tenon.max_pool %x {window = array<i64: 2>, strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<1x8x6xi1>
  return
}

// -----

// avg_pool (C1)
func.func @avg_pool(%x: tensor<8x6xf32>) {
  // expected-error@+1 {{avg_pool: expected an input of rank 3 or 4, [N, spatial..., C], but got f32[8,6]}}
  %0 = tenon.avg_pool %x {window = array<i64>, strides = array<i64>, padding = array<i64>, dilations = array<i64>} : tensor<8x6xf32>
  return
}

// -----

// avg_pool (C2)
func.func @avg_pool(%x: tensor<1x8x6xf32>) {
  // expected-error@+1 {{avg_pool: expected 1 numbers in `strides`, but got 2}}
  %0 = tenon.avg_pool %x {window = array<i64: 2>, strides = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<1x8x6xf32>
  return
}

// -----

// avg_pool (C3)
func.func @avg_pool(%x: tensor<1x2x6xf32>) {
  // expected-error@+1 {{avg_pool: window of extent 3 does not fit in spatial dimension 0 of size 2 with padding}}
  %0 = tenon.avg_pool %x {window = array<i64: 3>, strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<1x2x6xf32>
  return
}

// -----

// avg_pool (C4)
func.func @avg_pool(%x: tensor<1x8x6xi32>) {
  // expected-error@+1 {{'tenon.avg_pool' op operand #0 must be tensor of f32, f64, f16 or bf16, but got 'tensor<1x8x6xi32>'}}
  %0 = tenon.avg_pool %x {window = array<i64: 2>, strides = array<i64: 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1>} : tensor<1x8x6xi32>
  return
}

// -----

// reduce (C1)
func.func @reduce(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{reduce: expected `axes` in [0, 2), but got 2}}
  %0 = tenon.reduce <sum> %x {axes = array<i64: 0, 2>} : tensor<4x5xf32>
  return
}

// -----

// reduce (C1)
func.func @reduce(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{reduce: expected distinct `axes`, but got 1 twice}}
  %0 = tenon.reduce <sum> %x {axes = array<i64: 1, 1>} : tensor<4x5xf32>
  return
}

// -----

// reduce (C2)
func.func @reduce(%x: tensor<4x5xi32>) {
  // expected-error@+1 {{reduce: expected a floating-point input for mean, but got i32[4,5]}}
  %0 = tenon.reduce <mean> %x {axes = array<i64: 1>} : tensor<4x5xi32>
  return
}

// -----

// reduce (C2)
func.func @reduce(%x: tensor<4x5xi32>) {
  // expected-error@+1 {{reduce: expected an i1 input for any, but got i32[4,5]}}
  %0 = tenon.reduce <any> %x {axes = array<i64: 1>} : tensor<4x5xi32>
  return
}

// -----

// reduce (C2)
func.func @reduce(%x: tensor<4x5xi1>) {
  // expected-error@+1 {{reduce: expected an input of numbers for sum, but got i1[4,5]}}
  %0 = tenon.reduce <sum> %x {axes = array<i64: 1>} : tensor<4x5xi1>
  return
}

// -----

// argmax (C1)
func.func @argmax(%x: tensor<4xf32>) {
  // expected-error@+1 {{argmax: expected `axis` in [0, 1), but got 1}}
  %0 = tenon.argmax %x {axis = 1 : i64} : tensor<4xf32>
  return
}

// -----

// argmax (C2)
func.func @argmax(%x: tensor<4x0xf32>) {
  // expected-error@+1 {{argmax: expected at least one element along axis 1, but got f32[4,0]}}
  %0 = tenon.argmax %x {axis = 1 : i64} : tensor<4x0xf32>
  return
}

// -----

// argmin (C1)
func.func @argmin(%x: tensor<f32>) {
  // expected-error@+1 {{argmin: expected `axis` in [0, 0), but got 0}}
  %0 = tenon.argmin %x {axis = 0 : i64} : tensor<f32>
  return
}

// -----

// argmin (C2)
func.func @argmin(%x: tensor<0xf32>) {
  // expected-error@+1 {{argmin: expected at least one element along axis 0, but got f32[0]}}
  %0 = tenon.argmin %x {axis = 0 : i64} : tensor<0xf32>
  return
}

// -----

// cumsum (C1)
func.func @cumsum(%x: tensor<4xf32>) {
  // expected-error@+1 {{cumsum: expected `axis` in [0, 1), but got -1}}
  %0 = tenon.cumsum %x {axis = -1 : i64} : tensor<4xf32>
  return
}

// -----

// softmax (C1)
func.func @softmax(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{softmax: expected `axis` in [0, 2), but got 3}}
  %0 = tenon.softmax %x {axis = 3 : i64} : tensor<4x5xf32>
  return
}

// -----

// log_softmax (C1)
func.func @log_softmax(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{log_softmax: expected `axis` in [0, 2), but got 2}}
  %0 = tenon.log_softmax %x {axis = 2 : i64} : tensor<4x5xf32>
  return
}

// -----

// layer_norm (C1)
func.func @layer_norm(%x: tensor<f32>, %s: tensor<5xf32>) {
  // expected-error@+1 {{layer_norm: expected an input of rank 1 or more, but got f32[]}}
  %0 = tenon.layer_norm %x, %s, %s {epsilon = 1.0e-5 : f64} : tensor<f32>, tensor<5xf32>
  return
}

// -----

// layer_norm (C2)
func.func @layer_norm(%x: tensor<5xf16>, %s: tensor<5xf32>) {
  // expected-error@+1 {{layer_norm: dtypes differ: input f16[5], scale f32[5]}}
  %0 = tenon.layer_norm %x, %s, %s {epsilon = 1.0e-5 : f64} : tensor<5xf16>, tensor<5xf32>
  return
}

// -----

// layer_norm (C3)
func.func @layer_norm(%x: tensor<4x5xf32>, %s: tensor<4xf32>) {
  // expected-error@+1 {{layer_norm: expected scale and offset as long as the last dimension: input f32[4,5], scale f32[4]}}
  %0 = tenon.layer_norm %x, %s, %s {epsilon = 1.0e-5 : f64} : tensor<4x5xf32>, tensor<4xf32>
  return
}

// -----

// layer_norm (C4)
func.func @layer_norm(%x: tensor<4x5xf32>, %s: tensor<5xf32>) {
  // expected-error@+1 {{layer_norm: expected `epsilon` to be finite and not negative, but got -1.000000e+00 : f64}}
  %0 = tenon.layer_norm %x, %s, %s {epsilon = -1.0 : f64} : tensor<4x5xf32>, tensor<5xf32>
  return
}

// -----

// splat (C1)
func.func @splat(%x: tensor<1xf32>) {
  // expected-error@+1 {{splat: expected a scalar value, but got f32[1]}}
  %0 = tenon.splat %x : tensor<1xf32> -> tensor<4xf32>
  return
}

// -----

// splat (C2)
func.func @splat(%x: tensor<f32>) {
  // expected-error@+1 {{'tenon.splat' op failed to verify that all of {value, result} have same element type}}
  %0 = tenon.splat %x : tensor<f32> -> tensor<4xf64>
  return
}

// -----

// splat (C3)
func.func @splat(%x: tensor<f32>, %n: tensor<i64>) {
  // expected-error@+1 {{splat: expected one `dims` operand for each open dimension of f32[?,?], but got 1}}
  %0 = tenon.splat %x dims(%n) : tensor<f32> -> tensor<?x?xf32>
  return
}

// -----

// iota (C1)
func.func @iota() {
  // expected-error@+1 {{iota: expected `axis` in [0, 1), but got 1}}
  %0 = tenon.iota {axis = 1 : i64} : tensor<4xi32>
  return
}

// -----

// iota (C2)
func.func @iota(%n: tensor<i64>) {
  // expected-error@+1 {{iota: expected one `dims` operand for each open dimension of i32[4], but got 1}}
  %0 = tenon.iota dims(%n) {axis = 0 : i64} : tensor<4xi32>
  return
}

// -----

// broadcast (C1)
func.func @broadcast(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{broadcast: input does not broadcast to the result: input f32[2,3], result f32[4,3]}}
  %0 = tenon.broadcast %x : tensor<2x3xf32> -> tensor<4x3xf32>
  return
}

// -----

// broadcast (C1)
func.func @broadcast(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{broadcast: input does not broadcast to the result: input f32[2,3], result f32[3]}}
  %0 = tenon.broadcast %x : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----

// broadcast (C2)
func.func @broadcast(%x: tensor<3xf32>) {
  // expected-error@+1 {{'tenon.broadcast' op failed to verify that all of {input, result} have same element type}}
  %0 = tenon.broadcast %x : tensor<3xf32> -> tensor<3xf64>
  return
}

// -----

// broadcast (C3)
func.func @broadcast(%x: tensor<3xf32>) {
  // expected-error@+1 {{broadcast: expected one `dims` operand for each open dimension of f32[?,3], but got 0}}
  %0 = tenon.broadcast %x : tensor<3xf32> -> tensor<?x3xf32>
  return
}

// -----

// reshape (C1)
func.func @reshape(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{reshape: numbers of elements differ: input f32[2,3] has 6, result f32[7] has 7}}
  %0 = tenon.reshape %x : tensor<2x3xf32> -> tensor<7xf32>
  return
}

// -----

// reshape (C1), where the number has no 64 bits
func.func @reshape(%x: tensor<4294967296x4294967296xf32>) {
  // expected-error@+1 {{reshape: too many elements: input f32[4294967296,4294967296], result f32[0]}}
  %0 = tenon.reshape %x : tensor<4294967296x4294967296xf32> -> tensor<0xf32>
  return
}

// -----

// reshape (C2)
func.func @reshape(%x: tensor<6xf32>) {
  // expected-error@+1 {{'tenon.reshape' op failed to verify that all of {input, result} have same element type}}
  %0 = tenon.reshape %x : tensor<6xf32> -> tensor<6xi32>
  return
}

// -----

// reshape (C3)
func.func @reshape(%x: tensor<6xf32>) {
  // expected-error@+1 {{reshape: expected one `dims` operand for each open dimension of f32[2,?], but got 0}}
  %0 = tenon.reshape %x : tensor<6xf32> -> tensor<2x?xf32>
  return
}

// -----

// dim (C1)
func.func @dim(%x: tensor<6xf32>) {
  // expected-error@+1 {{dim: expected `axis` in [0, 1), but got 1}}
  %0 = tenon.dim %x {axis = 1 : i64} : tensor<6xf32>
  return
}

// -----

// transpose (C1)
func.func @transpose(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{transpose: expected distinct `permutation`, but got 0 twice}}
  %0 = tenon.transpose %x {permutation = array<i64: 0, 0>} : tensor<2x3xf32>
  return
}

// -----

// transpose (C1)
func.func @transpose(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{transpose: expected 2 numbers in `permutation`, but got 1}}
  %0 = tenon.transpose %x {permutation = array<i64: 0>} : tensor<2x3xf32>
  return
}

// -----

// concat (C1)
func.func @concat() {
  // expected-error@+2 {{'tenon.concat' op failed to infer returned types}}
  // expected-error@+1 {{concat: expected at least one operand}}
  %0 = "tenon.concat"() {axis = 0 : i64} : () -> tensor<4xf32>
  return
}

// -----

// concat (C2)
func.func @concat(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error@+1 {{concat: dtypes differ: f32[2], f64[2]}}
  %0 = tenon.concat %x, %y {axis = 0 : i64} : tensor<2xf32>, tensor<2xf64>
  return
}

// -----

// concat (C3)
func.func @concat(%x: tensor<2xf32>) {
  // expected-error@+1 {{concat: expected `axis` in [0, 1), but got 1}}
  %0 = tenon.concat %x, %x {axis = 1 : i64} : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

// concat (C4)
func.func @concat(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error@+1 {{concat: shapes differ outside axis 0: input 0 is f32[2,3], input 1 is f32[2,4]}}
  %0 = tenon.concat %x, %y {axis = 0 : i64} : tensor<2x3xf32>, tensor<2x4xf32>
  return
}

// -----

// stack (C1)
func.func @stack() {
  // expected-error@+2 {{'tenon.stack' op failed to infer returned types}}
  // expected-error@+1 {{stack: expected at least one operand}}
  %0 = "tenon.stack"() {axis = 0 : i64} : () -> tensor<4xf32>
  return
}

// -----

// stack (C2)
func.func @stack(%x: tensor<2xf32>, %y: tensor<?xf32>) {
  // expected-error@+1 {{stack: types differ: input 0 is f32[2], input 1 is f32[?]}}
  %0 = tenon.stack %x, %y {axis = 0 : i64} : tensor<2xf32>, tensor<?xf32>
  return
}

// -----

// stack (C3)
func.func @stack(%x: tensor<2xf32>) {
  // expected-error@+1 {{stack: expected `axis` in [0, 2), but got 2}}
  %0 = tenon.stack %x, %x {axis = 2 : i64} : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

// split (C1)
func.func @split(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{split: expected a static dimension at axis 0, but got f32[?,4]}}
  %0 = tenon.split %x {axis = 0 : i64, sizes = array<i64: 4>} : tensor<?x4xf32>
  return
}

// -----

// split (C2)
func.func @split(%x: tensor<?x4xf32>) {
  // expected-error@+1 {{split: expected `sizes` to add up to the size of axis 1, but got [1,2] for f32[?,4]}}
  %0:2 = tenon.split %x {axis = 1 : i64, sizes = array<i64: 1, 2>} : tensor<?x4xf32>
  return
}

// -----

// pad (C1)
func.func @pad(%x: tensor<4xf32>, %v: tensor<1xf32>) {
  // expected-error@+1 {{pad: expected a scalar value, but got f32[1]}}
  %0 = tenon.pad %x, %v {low = array<i64: 1>, high = array<i64: 1>} : tensor<4xf32>, tensor<1xf32>
  return
}

// -----

// pad (C2)
func.func @pad(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error@+1 {{pad: expected `high` to be at least 0, but got -1}}
  %0 = tenon.pad %x, %v {low = array<i64: 1>, high = array<i64: -1>} : tensor<4xf32>, tensor<f32>
  return
}

// -----

// reverse (C1)
func.func @reverse(%x: tensor<4xf32>) {
  // expected-error@+1 {{reverse: expected `axes` in [0, 1), but got 1}}
  %0 = tenon.reverse %x {axes = array<i64: 1>} : tensor<4xf32>
  return
}

// -----

// slice (C1)
func.func @slice(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{slice: expected 2 numbers in `static_starts`, but got 1}}
  %0 = tenon.slice %x[0] [2, 2] [1, 1] : tensor<4x5xf32>
  return
}

// -----

// slice (C2)
func.func @slice(%x: tensor<4xf32>) {
  // expected-error@+1 {{slice: expected `strides` to be at least 1, but got 0}}
  %0 = tenon.slice %x[0] [2] [0] : tensor<4xf32>
  return
}

// -----

// slice (C2)
func.func @slice(%x: tensor<4xf32>) {
  // expected-error@+1 {{slice: expected size of dimension 0 to be at least 0, but got -2}}
  %0 = tenon.slice %x[0] [-2] [1] : tensor<4xf32>
  return
}

// -----

// slice (C3)
func.func @slice(%x: tensor<4xf32>) {
  // expected-error@+2 {{'tenon.slice' op failed to infer returned types}}
  // expected-error@+1 {{slice: expected 1 start and 0 size operands, but got 0 in all}}
  %0 = "tenon.slice"(%x) {operandSegmentSizes = array<i32: 1, 0, 0>, static_starts = array<i64: -9223372036854775808>, static_sizes = array<i64: 2>, strides = array<i64: 1>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

// slice (C4)
func.func @slice(%x: tensor<4xf32>) {
  // expected-error@+1 {{slice: slice reaches outside dimension 0 of f32[4]: start 1, size 3, stride 2}}
  %0 = tenon.slice %x[1] [3] [2] : tensor<4xf32>
  return
}

// -----

// gather (C1)
func.func @gather(%x: tensor<4xf32>, %i: tensor<2xi32>) {
  // expected-error@+1 {{gather: expected `axis` in [0, 1), but got 1}}
  %0 = tenon.gather %x, %i {axis = 1 : i64} : tensor<4xf32>, tensor<2xi32>
  return
}

// -----

// gather (C2)
func.func @gather(%x: tensor<4xf32>, %i: tensor<2xf32>) {
  // expected-error@+1 {{'tenon.gather' op operand #1 must be tensor of i32 or i64, but got 'tensor<2xf32>'}}
  %0 = tenon.gather %x, %i {axis = 0 : i64} : tensor<4xf32>, tensor<2xf32>
  return
}

// -----

// scatter (C1)
func.func @scatter(%x: tensor<f32>, %i: tensor<2xi32>, %u: tensor<2xf32>) {
  // expected-error@+1 {{scatter: expected an input of rank 1 or more, but got f32[]}}
  %0 = tenon.scatter <add> %x, %i, %u : tensor<f32>, tensor<2xi32>, tensor<2xf32>
  return
}

// -----

// scatter (C2)
func.func @scatter(%x: tensor<5x4xf32>, %i: tensor<2xi32>, %u: tensor<2x3xf32>) {
  // expected-error@+1 {{scatter: expected updates f32[2,4] for input f32[5,4] and indices i32[2], but got f32[2,3]}}
  %0 = tenon.scatter <add> %x, %i, %u : tensor<5x4xf32>, tensor<2xi32>, tensor<2x3xf32>
  return
}

// -----

// scatter (C3)
func.func @scatter(%x: tensor<5xi1>, %i: tensor<2xi32>, %u: tensor<2xi1>) {
  // expected-error@+1 {{scatter: expected numbers to add, but got i1[5]}}
  %0 = tenon.scatter <add> %x, %i, %u : tensor<5xi1>, tensor<2xi32>, tensor<2xi1>
  return
}

// -----

// scatter (C4)
func.func @scatter(%x: tensor<5xf32>, %i: tensor<2xi32>, %u: tensor<2xf16>) {
  // expected-error@+1 {{'tenon.scatter' op failed to verify that all of {input, updates} have same element type}}
  %0 = tenon.scatter <add> %x, %i, %u : tensor<5xf32>, tensor<2xi32>, tensor<2xf16>
  return
}

// -----

// one_hot (C1)
func.func @one_hot(%i: tensor<?xi32>) {
  // expected-error@+1 {{one_hot: expected the result to have the shape of the indices and one more dimension: indices i32[?], result f32[2,7]}}
  %0 = tenon.one_hot %i : tensor<?xi32> -> tensor<2x7xf32>
  return
}

// -----

// one_hot (C2)
func.func @one_hot(%i: tensor<?xi32>) {
  // expected-error@+1 {{one_hot: expected a static last dimension, but got f32[?,?]}}
  %0 = tenon.one_hot %i : tensor<?xi32> -> tensor<?x?xf32>
  return
}

// -----

// sort (C1)
func.func @sort(%x: tensor<4xf32>) {
  // expected-error@+1 {{sort: expected `axis` in [0, 1), but got 2}}
  %0, %1 = tenon.sort %x {axis = 2 : i64} : tensor<4xf32>
  return
}

// -----

// top_k (C1)
func.func @top_k(%x: tensor<f32>) {
  // expected-error@+1 {{top_k: expected an input of rank 1 or more, but got f32[]}}
  %0, %1 = tenon.top_k %x {k = 1 : i64} : tensor<f32>
  return
}

// -----

// top_k (C2)
func.func @top_k(%x: tensor<2x4xf32>) {
  // expected-error@+1 {{top_k: expected `k` in [0, 5), but got 5}}
  %0, %1 = tenon.top_k %x {k = 5 : i64} : tensor<2x4xf32>
  return
}

// -----

// random_bits (C1)
func.func @random_bits(%seed: tensor<i64>) {
  // expected-error@+1 {{random_bits: expected a seed i64[2], but got i64[]}}
  %0 = tenon.random_bits %seed : tensor<i64> -> tensor<4xi32>
  return
}

// -----

// random_bits (C2)
func.func @random_bits(%seed: tensor<2xi64>) {
  // expected-error@+1 {{random_bits: expected one `dims` operand for each open dimension of i32[?], but got 0}}
  %0 = tenon.random_bits %seed : tensor<2xi64> -> tensor<?xi32>
  return
}

// -----

// random_bits (C3)
func.func @random_bits(%seed: tensor<2xi64>) {
  // expected-error@+1 {{'tenon.random_bits' op result #0 must be tensor of i32 or i64, but got 'tensor<4xi8>'}}
  %0 = tenon.random_bits %seed : tensor<2xi64> -> tensor<4xi8>
  return
}

// -----

// random_uniform (C1)
func.func @random_uniform(%seed: tensor<2xi32>) {
  // expected-error@+1 {{random_uniform: expected a seed i64[2], but got i32[2]}}
  %0 = tenon.random_uniform %seed : tensor<2xi32> -> tensor<4xf32>
  return
}

// -----

// random_uniform (C2)
func.func @random_uniform(%seed: tensor<2xi64>, %n: tensor<i64>) {
  // expected-error@+1 {{random_uniform: expected one `dims` operand for each open dimension of f32[4], but got 1}}
  %0 = tenon.random_uniform %seed dims(%n) : tensor<2xi64> -> tensor<4xf32>
  return
}

// -----

// random_uniform (C3)
func.func @random_uniform(%seed: tensor<2xi64>) {
  // expected-error@+1 {{'tenon.random_uniform' op result #0 must be tensor of f32 or f64, but got 'tensor<4xf16>'}}
  %0 = tenon.random_uniform %seed : tensor<2xi64> -> tensor<4xf16>
  return
}

// -----

// random_normal (C1)
func.func @random_normal(%seed: tensor<3xi64>) {
  // expected-error@+1 {{random_normal: expected a seed i64[2], but got i64[3]}}
  %0 = tenon.random_normal %seed : tensor<3xi64> -> tensor<4xf32>
  return
}

// -----

// random_normal (C2)
func.func @random_normal(%seed: tensor<2xi64>) {
  // expected-error@+1 {{random_normal: expected one `dims` operand for each open dimension of f32[?], but got 0}}
  %0 = tenon.random_normal %seed : tensor<2xi64> -> tensor<?xf32>
  return
}

// -----

// random_normal (C3)
func.func @random_normal(%seed: tensor<2xi64>) {
  // expected-error@+1 {{'tenon.random_normal' op result #0 must be tensor of f32 or f64, but got 'tensor<4xi32>'}}
  %0 = tenon.random_normal %seed : tensor<2xi64> -> tensor<4xi32>
  return
}

// -----

// variable (C1)
// expected-error@+1 {{variable: expected a static shape, but got f32[?]}}
tenon.variable @w : tensor<?xf32>

// -----

// variable (C2)
// expected-error@+1 {{variable: expected an initial value f32[2], but got f32[3]}}
tenon.variable @w : tensor<2xf32> = dense<0.0> : tensor<3xf32>

// -----

// read (C1)
func.func @read() {
  // expected-error@+1 {{read: no variable @w}}
  %0 = tenon.read @w : tensor<2xf32>
  return
}

// -----

// read (C2)
// expected-note@+1 {{declared here}}
tenon.variable @w : tensor<2xf32>
func.func @read() {
  // expected-error@+1 {{read: types differ: value f32[3], variable @w f32[2]}}
  %0 = tenon.read @w : tensor<3xf32>
  return
}

// -----

// assign (C1)
// expected-note@+1 {{declared here}}
func.func @assign(%x: tensor<2xf32>) {
  // expected-error@+1 {{assign: expected @assign to be a variable}}
  tenon.assign @assign, %x : tensor<2xf32>
  return
}

// -----

// assign (C2)
// expected-note@+1 {{declared here}}
tenon.variable @w : tensor<2xf32>
func.func @assign(%x: tensor<2xf64>) {
  // expected-error@+1 {{assign: types differ: value f64[2], variable @w f32[2]}}
  tenon.assign @w, %x : tensor<2xf64>
  return
}

// -----

// print (C1)
func.func @print(%x: tensor<2xf64>) {
  // expected-error@+1 {{print: expected `format` to have one {} for each of 1 values, but got 2}}
  tenon.print "{} and {}" %x : tensor<2xf64>
  return
}

// -----

// print (C2)
func.func @print(%x: tensor<2xf64>) {
  // expected-error@+1 {{print: expected one of `dtypes` for each of 1 values, but got 2}}
  tenon.print "{}" %x : tensor<2xf64> {dtypes = [f64, f64]}
  return
}

// -----

// assert (C1)
func.func @assert(%x: tensor<2xi1>) {
  // expected-error@+1 {{'tenon.assert' op operand #0 must be i1 scalar tensor, but got 'tensor<2xi1>'}}
  "tenon.assert"(%x) {message = "no"} : (tensor<2xi1>) -> ()
  return
}

// -----

// raise (C1)
func.func @raise(%ok: i1, %i: index) {
  // expected-error@+1 {{raise: expected `message` to have a {} for each of 2 values, but got 1}}
  tenon.raise %ok, shape_mismatch, "{}"(%i, %i)
  return
}

// -----

//===----------------------------------------------------------------------===//
// What inference may not stumble over: it runs before the verifier.
//===----------------------------------------------------------------------===//

func.func @missing_attribute(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{transpose: expected an attribute `permutation`}}
  %0 = tenon.transpose %x : tensor<2x3xf32>
  return
}

// -----

func.func @attribute_of_another_kind(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{attribute 'axis' failed to satisfy constraint: 64-bit signless integer attribute}}
  %0 = tenon.argmax %x {axis = "first"} : tensor<2x3xf32>
  return
}

// -----

func.func @overflow(%x: tensor<9223372036854775807xf32>, %v: tensor<f32>) {
  // expected-error@+1 {{pad: dimension 0 of the result is too large}}
  %0 = tenon.pad %x, %v {low = array<i64: 1>, high = array<i64: 0>} : tensor<9223372036854775807xf32>, tensor<f32>
  return
}

// -----

func.func @overflow(%x: tensor<1x4611686018427387904x1xf32>, %w: tensor<3x1x1xf32>) {
  // expected-error@+1 {{conv_transpose: spatial dimension 0 is too large}}
  %0 = tenon.conv_transpose %x, %w {strides = array<i64: 4>, padding = array<i64: 0, 0>, dilations = array<i64: 1>, output_padding = array<i64: 0>} : tensor<1x4611686018427387904x1xf32>, tensor<3x1x1xf32>
  return
}

// -----

func.func @not_tensors(%x: i32) {
  // expected-error@+1 {{'tenon.add' op operand #0 must be tensor of numbers, not i1, but got 'i32'}}
  %0 = "tenon.add"(%x, %x) : (i32, i32) -> tensor<4xf32>
  return
}

// -----

func.func @unranked(%x: tensor<*xf32>) {
  // expected-error@+1 {{'tenon.exp' op operand #0 must be tensor of f32, f64, f16 or bf16, but got 'tensor<*xf32>'}}
  %0 = "tenon.exp"(%x) : (tensor<*xf32>) -> tensor<*xf32>
  return
}

// -----

// An encoding would be lost where a type is inferred.
func.func @encoding(%x: tensor<4xf32, "blocked">) {
  // expected-error@+1 {{'tenon.add' op operand #0 must be tensor of numbers, not i1, but got 'tensor<4xf32, "blocked">'}}
  %0 = tenon.add %x, %x : tensor<4xf32, "blocked">, tensor<4xf32, "blocked">
  return
}

// -----

// gradient (C1)
func.func @gradient(%x: tensor<4xf32>) {
  // expected-error@+2 {{gradient: expected at least one target and one source, but got 1 and 0}}
  // expected-error@+1 {{failed to infer returned types}}
  "tenon.gradient"(%x) {operandSegmentSizes = array<i32: 1, 0, 0>} : (tensor<4xf32>) -> ()
  return
}

// -----

// gradient (C2)
func.func @gradient(%x: tensor<4xf32>, %i: tensor<4xi32>) {
  // expected-error@+1 {{gradient: target 1 is i32[4]: integers and booleans have no gradient}}
  %0 = tenon.gradient %x, %i wrt %x : tensor<4xf32>, tensor<4xi32> wrt tensor<4xf32>
  return
}

// -----

// gradient (C2)
func.func @gradient(%x: tensor<4xf32>, %b: tensor<i1>) {
  // expected-error@+1 {{gradient: source 0 is i1[]: integers and booleans have no gradient}}
  %0 = tenon.gradient %x wrt %b : tensor<4xf32> wrt tensor<i1>
  return
}

// -----

// gradient (C3)
func.func @gradient(%x: tensor<4xf32>, %y: tensor<f32>) {
  // expected-error@+1 {{gradient: expected no cotangent or 2, one for each target, but got 1}}
  %0 = tenon.gradient %x, %y wrt %x cotangents(%x : tensor<4xf32>) : tensor<4xf32>, tensor<f32> wrt tensor<4xf32>
  return
}

// -----

// gradient (C3)
func.func @gradient(%x: tensor<4xf32>, %y: tensor<f32>) {
  // expected-error@+1 {{gradient: cotangent 0 is f32[], but its target is f32[4]}}
  %0 = tenon.gradient %x wrt %x cotangents(%y : tensor<f32>) : tensor<4xf32> wrt tensor<4xf32>
  return
}

// -----

func.func @gradient_segments(%x: tensor<4xf32>) {
  // expected-error@+1 {{operand count (2) does not match with the total size (3) specified in attribute 'operandSegmentSizes'}}
  %0 = "tenon.gradient"(%x, %x) {operandSegmentSizes = array<i32: 1, 1, 1>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @segments(%x: tensor<4xf32>, %n: tensor<i64>) {
  // expected-error@+1 {{operand count (2) does not match with the total size (4) specified in attribute 'operandSegmentSizes'}}
  %0 = "tenon.slice"(%x, %n) {operandSegmentSizes = array<i32: 1, 1, 2>, static_starts = array<i64: 0>, static_sizes = array<i64: -9223372036854775808>, strides = array<i64: 1>} : (tensor<4xf32>, tensor<i64>) -> tensor<?xf32>
  return
}

// -----

// The written type is the inferred one.
func.func @another_type(%x: tensor<4xf32>) {
  // expected-error@+2 {{failed to infer returned types}}
  // expected-error@+1 {{'tenon.add' op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  %0 = "tenon.add"(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

// custom_gradient (C1)
func.func @custom_gradient(%x: tensor<4xf32>, %i: tensor<4xi32>) {
  // expected-error@+2 {{custom_gradient: an operand is i32[4]: integers and booleans have no gradient}}
  // expected-error@+1 {{failed to infer returned types}}
  %0 = "tenon.custom_gradient"(%x, %i) <{operandSegmentSizes = array<i32: 1, 1>}> ({
  ^bb0(%g: tensor<4xf32>):
    tenon.yield %i : tensor<4xi32>
  }) : (tensor<4xf32>, tensor<4xi32>) -> tensor<4xf32>
  return
}

// -----

// custom_gradient (C2)
func.func @custom_gradient(%x: tensor<4xf32>) {
  // expected-error@+1 {{custom_gradient: expected a region that takes a cotangent of the type of each value}}
  %0 = tenon.custom_gradient %x of %x : tensor<4xf32> of tensor<4xf32> {
  ^bb0(%g: tensor<3xf32>):
    tenon.yield %x : tensor<4xf32>
  }
  return
}

// -----

// custom_gradient (C3)
func.func @custom_gradient(%x: tensor<4xf32>) {
  // expected-error@+1 {{custom_gradient: expected a region that yields a gradient of the type of each source}}
  %0 = tenon.custom_gradient %x of %x : tensor<4xf32> of tensor<4xf32> {
  ^bb0(%g: tensor<4xf32>):
    tenon.yield %g, %g : tensor<4xf32>, tensor<4xf32>
  }
  return
}

// -----

// checkpoint (C1)
func.func @checkpoint(%x: tensor<4xf32>) {
  // expected-error@+1 {{checkpoint: expected a region that yields the types of the results}}
  %0 = tenon.checkpoint -> tensor<3xf32> {
    tenon.yield %x : tensor<4xf32>
  }
  return
}

// -----

// checkpoint (C2)
func.func @checkpoint(%x: tensor<4xf32>) {
  %list = tenon.list_create : !tenon.list<tensor<4xf32>>
  // expected-error@+1 {{checkpoint: the region uses a list from outside}}
  tenon.checkpoint {
    %more = tenon.list_push %x, %list : !tenon.list<tensor<4xf32>>
    tenon.yield
  }
  return
}

// -----

// barrier (C1)
func.func @barrier() {
  // expected-error@+2 {{barrier: expected at least one operand}}
  // expected-error@+1 {{failed to infer returned types}}
  "tenon.barrier"() : () -> ()
  return
}

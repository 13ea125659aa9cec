// OP (C1)
func.func @dtypes_differ(%x: tensor<4xFINE>, %y: tensor<4xf64>) {
  // expected-error@+1 {{OP: dtypes differ: lhs FINE[4], rhs f64[4]}}
  %0 = tenon.OP %x, %y : tensor<4xFINE>, tensor<4xf64>
  return
}

// -----

// OP (C2)
func.func @shapes_differ(%x: tensor<?x4xFINE>, %y: tensor<2x3xFINE>) {
  // expected-error@+1 {{OP: shapes do not broadcast: lhs FINE[?,4], rhs FINE[2,3]}}
  %0 = tenon.OP %x, %y : tensor<?x4xFINE>, tensor<2x3xFINE>
  return
}

// -----

// OP (C3)
func.func @dtype(%x: tensor<4xWRONG>) {
  // expected-error@+1 {{'tenon.OP' op operand #0 must be tensor of DTYPES, but got 'tensor<4xWRONG>'}}
  %0 = tenon.OP %x, %x : tensor<4xWRONG>, tensor<4xWRONG>
  return
}


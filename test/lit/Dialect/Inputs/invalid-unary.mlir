// OP (C1)
func.func @types_differ(%x: tensor<4xFINE>) {
  // expected-error@+1 {{'tenon.OP' op requires the same type for all operands and results}}
  %0 = "tenon.OP"(%x) : (tensor<4xFINE>) -> tensor<5xFINE>
  return
}

// -----

// OP (C2)
func.func @dtype(%x: tensor<4xWRONG>) {
  // expected-error@+1 {{'tenon.OP' op operand #0 must be tensor of DTYPES, but got 'tensor<4xWRONG>'}}
  %0 = tenon.OP %x : tensor<4xWRONG>
  return
}


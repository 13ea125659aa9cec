// RUN: tenon-opt %s --tenon-hoist-projections --canonicalize | FileCheck %s

// One product for all steps, of which each takes its rows; what is added to it in each step goes along, what is added to
// the sum with the state's product does not.
// CHECK-LABEL: func.func @recurrent
// CHECK-SAME:    (%[[X:.+]]: tensor<6x2x8xf32>, %[[W:.+]]: tensor<8x16xf32>, %[[U:.+]]: tensor<16x16xf32>, %[[B:.+]]: tensor<16xf32>,
// CHECK-NOT:     tenon.for
// CHECK:         %[[P:.+]] = tenon.matmul %[[X]], %[[W]] : tensor<6x2x8xf32>, tensor<8x16xf32>
// CHECK-NEXT:    %[[PB:.+]] = tenon.add %[[P]], %[[B]] : tensor<6x2x16xf32>, tensor<16xf32>
// CHECK-NEXT:    tenon.for
// CHECK-NEXT:    ^bb0(%[[I:.+]]: tensor<i64>, %[[H:.+]]: tensor<2x16xf32>):
// CHECK-NEXT:      %[[S:.+]] = tenon.slice %[[PB]] [%[[I]], 0, 0] [1, 2, 16] [1, 1, 1]
// CHECK-NEXT:      %[[R:.+]] = tenon.reshape %[[S]] : tensor<1x2x16xf32> -> tensor<2x16xf32>
// CHECK-NEXT:      %[[Q:.+]] = tenon.matmul %[[H]], %[[U]]
// CHECK-NEXT:      %[[A:.+]] = tenon.add %[[R]], %[[Q]]
// CHECK-NEXT:      %[[C:.+]] = tenon.add %[[A]], %[[B]]
// CHECK-NEXT:      tenon.tanh %[[C]]
func.func @recurrent(%x: tensor<6x2x8xf32>, %w: tensor<8x16xf32>, %u: tensor<16x16xf32>, %b: tensor<16xf32>, %h0: tensor<2x16xf32>)
    -> tensor<2x16xf32> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %n = tenon.constant dense<6> : tensor<i64>
  %r = tenon.for %zero to %n step 1 (%h0 : tensor<2x16xf32>) -> tensor<2x16xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<2x16xf32>):
    %s = tenon.slice %x[%i, 0, 0] [1, 2, 8] [1, 1, 1] : tensor<6x2x8xf32>
    %xi = tenon.reshape %s : tensor<1x2x8xf32> -> tensor<2x8xf32>
    %p = tenon.matmul %xi, %w : tensor<2x8xf32>, tensor<8x16xf32>
    %pb = tenon.add %p, %b : tensor<2x16xf32>, tensor<16xf32>
    %q = tenon.matmul %h, %u : tensor<2x16xf32>, tensor<16x16xf32>
    %a = tenon.add %pb, %q : tensor<2x16xf32>, tensor<2x16xf32>
    %c = tenon.add %a, %b : tensor<2x16xf32>, tensor<16xf32>
    %t = tenon.tanh %c : tensor<2x16xf32>
    tenon.yield %t : tensor<2x16xf32>
  }
  return %r : tensor<2x16xf32>
}

// Open sizes, from the last step to the first, with the time behind the batch, what is multiplied computed from the row
// and the bias repeated in so many words.
// CHECK-LABEL: func.func @backwards_open
// CHECK-SAME:    (%[[X:.+]]: tensor<?x?x8xf16>, %[[W:.+]]: tensor<16x8xf32>, %[[B:.+]]: tensor<1x16xf32>,
// CHECK-DAG:     %[[N:.+]] = tenon.dim %[[X]] {axis = 0 : i64}
// CHECK:         %[[F:.+]] = tenon.cast %[[X]] : tensor<?x?x8xf16> to tensor<?x?x8xf32>
// CHECK-NEXT:    %[[P:.+]] = tenon.matmul %[[F]], %[[W]] {transpose_rhs = true} : tensor<?x?x8xf32>, tensor<16x8xf32>
// CHECK-NEXT:    %[[PB:.+]] = tenon.add %[[P]], %[[B]] : tensor<?x?x16xf32>, tensor<1x16xf32>
// CHECK-NEXT:    tenon.for
// CHECK-NEXT:    ^bb0(%[[I:.+]]: tensor<i64>, %{{.+}}: tensor<?x16xf32>):
// CHECK-NEXT:      %[[S:.+]] = tenon.slice %[[PB]] [0, %[[I]], 0] [%[[N]], 1, 16] [1, 1, 1] : tensor<?x?x16xf32>
// CHECK-NEXT:      tenon.reshape %[[S]] dims(%[[N]]) : tensor<?x1x16xf32> -> tensor<?x16xf32>
func.func @backwards_open(%x: tensor<?x?x8xf16>, %w: tensor<16x8xf32>, %b: tensor<1x16xf32>, %h0: tensor<?x16xf32>)
    -> tensor<?x16xf32> {
  %end = tenon.constant dense<-1> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %batch = tenon.dim %x {axis = 0 : i64} : tensor<?x?x8xf16>
  %time = tenon.dim %x {axis = 1 : i64} : tensor<?x?x8xf16>
  %last = tenon.sub %time, %one : tensor<i64>, tensor<i64>
  %r = tenon.for %last to %end step -1 (%h0 : tensor<?x16xf32>) -> tensor<?x16xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<?x16xf32>):
    %s = tenon.slice %x[0, %i, 0] [%batch, 1, 8] [1, 1, 1] : tensor<?x?x8xf16>
    %xi = tenon.reshape %s dims(%batch) : tensor<?x1x8xf16> -> tensor<?x8xf16>
    %f = tenon.cast %xi : tensor<?x8xf16> to tensor<?x8xf32>
    %p = tenon.matmul %f, %w {transpose_rhs = true} : tensor<?x8xf32>, tensor<16x8xf32>
    %bs = tenon.broadcast %b dims(%batch) : tensor<1x16xf32> -> tensor<?x16xf32>
    %a = tenon.add %p, %bs : tensor<?x16xf32>, tensor<?x16xf32>
    %c = tenon.mul %a, %h : tensor<?x16xf32>, tensor<?x16xf32>
    tenon.yield %c : tensor<?x16xf32>
  }
  return %r : tensor<?x16xf32>
}

// What is kept of a product for all steps besides would be kept twice: the bias stays in the step.
// CHECK-LABEL: func.func @product_of_two_uses
// CHECK:         tenon.matmul
// CHECK-NEXT:    tenon.for
// CHECK:           tenon.slice
// CHECK-NEXT:      tenon.add
func.func @product_of_two_uses(%x: tensor<6x8xf32>, %w: tensor<8x16xf32>, %b: tensor<16xf32>, %h0: tensor<1x16xf32>, %o0: tensor<1x16xf32>)
    -> (tensor<1x16xf32>, tensor<1x16xf32>) {
  %zero = tenon.constant dense<0> : tensor<i64>
  %n = tenon.constant dense<6> : tensor<i64>
  %r:2 = tenon.for %zero to %n step 1 (%h0, %o0 : tensor<1x16xf32>, tensor<1x16xf32>) -> tensor<1x16xf32>, tensor<1x16xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<1x16xf32>, %o: tensor<1x16xf32>):
    %s = tenon.slice %x[%i, 0] [1, 8] [1, 1] : tensor<6x8xf32>
    %v = tenon.reshape %s : tensor<1x8xf32> -> tensor<8xf32>
    %m = tenon.reshape %v : tensor<8xf32> -> tensor<1x8xf32>
    %p = tenon.matmul %m, %w : tensor<1x8xf32>, tensor<8x16xf32>
    %pb = tenon.add %p, %b : tensor<1x16xf32>, tensor<16xf32>
    %a = tenon.mul %h, %pb : tensor<1x16xf32>, tensor<1x16xf32>
    %c = tenon.mul %o, %p : tensor<1x16xf32>, tensor<1x16xf32>
    tenon.yield %a, %c : tensor<1x16xf32>, tensor<1x16xf32>
  }
  return %r#0, %r#1 : tensor<1x16xf32>, tensor<1x16xf32>
}

// In a branch, with a matrix that changes, of a row that changes, and of a part of a row.
// CHECK-LABEL: func.func @negative_not_of_each_step
// CHECK-NOT:     tenon.matmul
// CHECK:         tenon.for
// CHECK:           tenon.if
// CHECK:             tenon.matmul
// CHECK:           tenon.matmul
// CHECK:           tenon.matmul
// CHECK:           tenon.matmul
func.func @negative_not_of_each_step(%x: tensor<6x2x8xf32>, %w: tensor<8x8xf32>, %v: tensor<4x8xf32>, %c: tensor<i1>, %h0: tensor<2x8xf32>,
                                     %y0: tensor<6x2x8xf32>, %w0: tensor<8x8xf32>)
    -> (tensor<2x8xf32>, tensor<6x2x8xf32>, tensor<8x8xf32>) {
  %zero = tenon.constant dense<0> : tensor<i64>
  %n = tenon.constant dense<6> : tensor<i64>
  %r:3 = tenon.for %zero to %n step 1 (%h0, %y0, %w0 : tensor<2x8xf32>, tensor<6x2x8xf32>, tensor<8x8xf32>)
      -> tensor<2x8xf32>, tensor<6x2x8xf32>, tensor<8x8xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<2x8xf32>, %y: tensor<6x2x8xf32>, %u: tensor<8x8xf32>):
    %s = tenon.slice %x[%i, 0, 0] [1, 2, 8] [1, 1, 1] : tensor<6x2x8xf32>
    %xi = tenon.reshape %s : tensor<1x2x8xf32> -> tensor<2x8xf32>
    %a = tenon.if %c -> tensor<2x8xf32> {
      %p = tenon.matmul %xi, %w : tensor<2x8xf32>, tensor<8x8xf32>
      tenon.yield %p : tensor<2x8xf32>
    } else {
      tenon.yield %h : tensor<2x8xf32>
    }
    %changing = tenon.matmul %xi, %u : tensor<2x8xf32>, tensor<8x8xf32>
    %ys = tenon.slice %y[%i, 0, 0] [1, 2, 8] [1, 1, 1] : tensor<6x2x8xf32>
    %yi = tenon.reshape %ys : tensor<1x2x8xf32> -> tensor<2x8xf32>
    %row = tenon.matmul %yi, %w : tensor<2x8xf32>, tensor<8x8xf32>
    %xs = tenon.slice %x[%i, 0, 0] [1, 2, 4] [1, 1, 1] : tensor<6x2x8xf32>
    %xp = tenon.reshape %xs : tensor<1x2x4xf32> -> tensor<2x4xf32>
    %part = tenon.matmul %xp, %v : tensor<2x4xf32>, tensor<4x8xf32>
    %b = tenon.add %a, %changing : tensor<2x8xf32>, tensor<2x8xf32>
    %d = tenon.add %b, %row : tensor<2x8xf32>, tensor<2x8xf32>
    %e = tenon.add %d, %part : tensor<2x8xf32>, tensor<2x8xf32>
    %y1 = tenon.mul %y, %y : tensor<6x2x8xf32>, tensor<6x2x8xf32>
    %u1 = tenon.mul %u, %u : tensor<8x8xf32>, tensor<8x8xf32>
    tenon.yield %e, %y1, %u1 : tensor<2x8xf32>, tensor<6x2x8xf32>, tensor<8x8xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<2x8xf32>, tensor<6x2x8xf32>, tensor<8x8xf32>
}

// Two of six rows, a number of rows that nothing says, and a loop that may be left: more would be computed than is needed.
// CHECK-LABEL: func.func @negative_few_rows
// CHECK-NOT:     tenon.matmul
// CHECK:         tenon.for
// CHECK:           tenon.matmul
// CHECK:         tenon.for
// CHECK:           tenon.matmul
// CHECK:         tenon.while
// CHECK:           tenon.matmul
func.func @negative_few_rows(%x: tensor<6x2x8xf32>, %w: tensor<8x8xf32>, %h0: tensor<2x8xf32>, %n: tensor<i64>) -> tensor<2x8xf32> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<i64>
  %q = tenon.for %zero to %two step 1 (%h0 : tensor<2x8xf32>) -> tensor<2x8xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<2x8xf32>):
    %s = tenon.slice %x[%i, 0, 0] [1, 2, 8] [1, 1, 1] : tensor<6x2x8xf32>
    %xi = tenon.reshape %s : tensor<1x2x8xf32> -> tensor<2x8xf32>
    %p = tenon.matmul %xi, %w : tensor<2x8xf32>, tensor<8x8xf32>
    %a = tenon.mul %p, %h : tensor<2x8xf32>, tensor<2x8xf32>
    tenon.yield %a : tensor<2x8xf32>
  }
  %r = tenon.for %zero to %n step 1 (%q : tensor<2x8xf32>) -> tensor<2x8xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<2x8xf32>):
    %s = tenon.slice %x[%i, 0, 0] [1, 2, 8] [1, 1, 1] : tensor<6x2x8xf32>
    %xi = tenon.reshape %s : tensor<1x2x8xf32> -> tensor<2x8xf32>
    %p = tenon.matmul %xi, %w : tensor<2x8xf32>, tensor<8x8xf32>
    %a = tenon.mul %p, %h : tensor<2x8xf32>, tensor<2x8xf32>
    tenon.yield %a : tensor<2x8xf32>
  }
  %t:2 = tenon.while (%zero, %r : tensor<i64>, tensor<2x8xf32>) -> tensor<i64>, tensor<2x8xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<2x8xf32>):
    %c = tenon.compare <lt> %i, %n : tensor<i64>, tensor<i64>
    tenon.condition %c, %i, %h : tensor<i64>, tensor<2x8xf32>
  } do {
  ^bb0(%i: tensor<i64>, %h: tensor<2x8xf32>):
    %s = tenon.slice %x[%i, 0, 0] [1, 2, 8] [1, 1, 1] : tensor<6x2x8xf32>
    %xi = tenon.reshape %s : tensor<1x2x8xf32> -> tensor<2x8xf32>
    %p = tenon.matmul %xi, %w : tensor<2x8xf32>, tensor<8x8xf32>
    %a = tenon.mul %p, %h : tensor<2x8xf32>, tensor<2x8xf32>
    %next = tenon.add %i, %one : tensor<i64>, tensor<i64>
    tenon.yield %next, %a : tensor<i64>, tensor<2x8xf32>
  }
  return %t#1 : tensor<2x8xf32>
}

// Eight rows a step are enough, 17 elements of a product for each of the row too many, and whether open inner dimensions are
// equal is checked where the program multiplies.
// CHECK-LABEL: func.func @negative_no_gain
// CHECK-NOT:     tenon.matmul
// CHECK:         tenon.for
// CHECK-COUNT-3:   tenon.matmul
func.func @negative_no_gain(%x: tensor<6x8x8xf32>, %w: tensor<8x16xf32>, %y: tensor<6x1x8xf32>, %v: tensor<8x136xf32>,
                            %z: tensor<6x1x?xf32>, %h0: tensor<8x16xf32>, %g0: tensor<1x136xf32>, %f0: tensor<1x16xf32>)
    -> (tensor<8x16xf32>, tensor<1x136xf32>, tensor<1x16xf32>) {
  %zero = tenon.constant dense<0> : tensor<i64>
  %n = tenon.constant dense<6> : tensor<i64>
  %k = tenon.dim %z {axis = 2 : i64} : tensor<6x1x?xf32>
  %r:3 = tenon.for %zero to %n step 1 (%h0, %g0, %f0 : tensor<8x16xf32>, tensor<1x136xf32>, tensor<1x16xf32>)
      -> tensor<8x16xf32>, tensor<1x136xf32>, tensor<1x16xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<8x16xf32>, %g: tensor<1x136xf32>, %f: tensor<1x16xf32>):
    %xs = tenon.slice %x[%i, 0, 0] [1, 8, 8] [1, 1, 1] : tensor<6x8x8xf32>
    %xi = tenon.reshape %xs : tensor<1x8x8xf32> -> tensor<8x8xf32>
    %p = tenon.matmul %xi, %w : tensor<8x8xf32>, tensor<8x16xf32>
    %a = tenon.mul %p, %h : tensor<8x16xf32>, tensor<8x16xf32>
    %ys = tenon.slice %y[%i, 0, 0] [1, 1, 8] [1, 1, 1] : tensor<6x1x8xf32>
    %yi = tenon.reshape %ys : tensor<1x1x8xf32> -> tensor<1x8xf32>
    %q = tenon.matmul %yi, %v : tensor<1x8xf32>, tensor<8x136xf32>
    %b = tenon.mul %q, %g : tensor<1x136xf32>, tensor<1x136xf32>
    %zs = tenon.slice %z[%i, 0, 0] [1, 1, %k] [1, 1, 1] : tensor<6x1x?xf32>
    %zi = tenon.reshape %zs dims(%k) : tensor<1x1x?xf32> -> tensor<1x?xf32>
    %o = tenon.matmul %zi, %w : tensor<1x?xf32>, tensor<8x16xf32>
    %c = tenon.mul %o, %f : tensor<1x16xf32>, tensor<1x16xf32>
    tenon.yield %a, %b, %c : tensor<8x16xf32>, tensor<1x136xf32>, tensor<1x16xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<8x16xf32>, tensor<1x136xf32>, tensor<1x16xf32>
}

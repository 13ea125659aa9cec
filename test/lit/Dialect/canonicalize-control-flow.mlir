// RUN: tenon-opt %s --canonicalize --cse | FileCheck %s

// A few cheap ops on scalars are both computed; what is undefined on one side is the other.
// CHECK-LABEL: func.func @cheap
// CHECK-DAG:     %[[H:.+]] = tenon.add %arg1, %{{.+}}
// CHECK-DAG:     %[[M:.+]] = tenon.mul %arg1, %{{.+}}
// CHECK:         %[[S:.+]] = tenon.select %arg0, %[[H]], %[[M]]
// CHECK-NOT:     tenon.if
// CHECK:         return %[[S]], %[[M]]
func.func @cheap(%c: tensor<i1>, %a: tensor<i64>) -> (tensor<i64>, tensor<i64>) {
  %two = tenon.constant dense<2> : tensor<i64>
  %three = tenon.constant dense<3> : tensor<i64>
  %u = tenon.undef : tensor<i64>
  %r:2 = tenon.if %c -> tensor<i64>, tensor<i64> {
    %h = tenon.add %a, %two : tensor<i64>, tensor<i64>
    tenon.yield %h, %u : tensor<i64>, tensor<i64>
  } else {
    %m = tenon.mul %a, %three : tensor<i64>, tensor<i64>
    tenon.yield %m, %m : tensor<i64>, tensor<i64>
  }
  return %r#0, %r#1 : tensor<i64>, tensor<i64>
}

// A division takes long; so does a function, and a tensor; an effect is as the program has it.
// CHECK-LABEL: func.func @negative_cheap
// CHECK:         tenon.if
// CHECK:           tenon.div
// CHECK:         tenon.if
// CHECK:           tenon.exp
// CHECK:         tenon.if
// CHECK:           tenon.add
// CHECK:         tenon.if
// CHECK:           tenon.print
func.func @negative_cheap(%c: tensor<i1>, %a: tensor<i64>, %x: tensor<f32>, %t: tensor<4xf32>)
    -> (tensor<i64>, tensor<f32>, tensor<4xf32>, tensor<f32>) {
  %0 = tenon.if %c -> tensor<i64> {
    %d = tenon.div %a, %a : tensor<i64>, tensor<i64>
    tenon.yield %d : tensor<i64>
  } else {
    tenon.yield %a : tensor<i64>
  }
  %1 = tenon.if %c -> tensor<f32> {
    %e = tenon.exp %x : tensor<f32>
    tenon.yield %e : tensor<f32>
  } else {
    tenon.yield %x : tensor<f32>
  }
  %2 = tenon.if %c -> tensor<4xf32> {
    %s = tenon.add %t, %t : tensor<4xf32>, tensor<4xf32>
    tenon.yield %s : tensor<4xf32>
  } else {
    tenon.yield %t : tensor<4xf32>
  }
  %3 = tenon.if %c -> tensor<f32> {
    tenon.print "x"()
    %n = tenon.neg %x : tensor<f32>
    tenon.yield %n : tensor<f32>
  } else {
    tenon.yield %x : tensor<f32>
  }
  return %0, %1, %2, %3 : tensor<i64>, tensor<f32>, tensor<4xf32>, tensor<f32>
}

// An inner branch on the same condition, or on its opposite, is decided; `not` exchanges the regions.
// CHECK-LABEL: func.func @nested
// CHECK-NOT:     tenon.not
// CHECK:         tenon.if %arg0 {
// CHECK-NEXT:      tenon.print "else"()
// CHECK-NEXT:      tenon.print "inner else"()
// CHECK:         } else {
// CHECK-NEXT:      tenon.print "then"()
// CHECK-NEXT:      tenon.print "inner then"()
// CHECK-NOT:       tenon.if
// CHECK:         return
func.func @nested(%c: tensor<i1>) {
  %not = tenon.not %c : tensor<i1>
  tenon.if %not {
    tenon.print "then"()
    tenon.if %not {
      tenon.print "inner then"()
      tenon.yield
    } else {
      tenon.print "dead"()
      tenon.yield
    }
    tenon.yield
  } else {
    tenon.print "else"()
    tenon.if %c {
      tenon.print "inner else"()
      tenon.yield
    } else {
      tenon.print "dead too"()
      tenon.yield
    }
    tenon.yield
  }
  return
}

// A flag is the condition, or its opposite; results that nobody reads go.
// CHECK-LABEL: func.func @flags
// CHECK:         %[[NOT:.+]] = tenon.not %arg0
// CHECK-NEXT:    return %arg0, %[[NOT]]
func.func @flags(%c: tensor<i1>, %x: tensor<4xf32>) -> (tensor<i1>, tensor<i1>) {
  %yes = tenon.constant dense<true> : tensor<i1>
  %no = tenon.constant dense<false> : tensor<i1>
  %r:3 = tenon.if %c -> tensor<i1>, tensor<4xf32>, tensor<i1> {
    %e = tenon.exp %x : tensor<4xf32>
    tenon.yield %c, %e, %no : tensor<i1>, tensor<4xf32>, tensor<i1>
  } else {
    tenon.yield %no, %x, %yes : tensor<i1>, tensor<4xf32>, tensor<i1>
  }
  return %r#0, %r#2 : tensor<i1>, tensor<i1>
}

// A loop that never runs is its condition, evaluated once.
// CHECK-LABEL: func.func @never
// CHECK-NOT:     tenon.while
// CHECK:         %[[X:.+]] = tenon.exp %arg0
// CHECK-NEXT:    return %[[X]]
func.func @never(%x: tensor<4xf32>) -> tensor<4xf32> {
  %no = tenon.constant dense<false> : tensor<i1>
  %r = tenon.while (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %e = tenon.exp %a : tensor<4xf32>
    tenon.condition %no, %e : tensor<4xf32>
  } do {
  ^bb0(%a: tensor<4xf32>):
    tenon.yield %a : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// An iteration begins without the flag that ends the loop: what sets it is what it is.
// CHECK-LABEL: func.func @stop
// CHECK:         tenon.while
// CHECK:         } do {
// CHECK:           %[[FAR:.+]] = tenon.compare <gt>
// CHECK-NOT:       tenon.select
// CHECK-NOT:       tenon.if
// CHECK:           tenon.yield %[[FAR]], %{{.+}}
func.func @stop(%n: tensor<i64>, %x: tensor<i64>) -> tensor<i64> {
  %no = tenon.constant dense<false> : tensor<i1>
  %yes = tenon.constant dense<true> : tensor<i1>
  %r:2 = tenon.while (%no, %x : tensor<i1>, tensor<i64>) -> tensor<i1>, tensor<i64> {
  ^bb0(%stop: tensor<i1>, %a: tensor<i64>):
    %on = tenon.not %stop : tensor<i1>
    %less = tenon.compare <lt> %a, %n : tensor<i64>, tensor<i64>
    %more = tenon.and %less, %on : tensor<i1>, tensor<i1>
    tenon.condition %more, %stop, %a : tensor<i1>, tensor<i64>
  } do {
  ^bb0(%stop: tensor<i1>, %a: tensor<i64>):
    %b = tenon.mul %a, %a : tensor<i64>, tensor<i64>
    %far = tenon.compare <gt> %b, %x : tensor<i64>, tensor<i64>
    %s = tenon.if %far -> tensor<i1> {
      tenon.yield %yes : tensor<i1>
    } else {
      tenon.yield %stop : tensor<i1>
    }
    tenon.yield %s, %b : tensor<i1>, tensor<i64>
  }
  return %r#1 : tensor<i64>
}

// A tensor that an iteration leaves undefined stays what it was.
// CHECK-LABEL: func.func @undefined
// CHECK:         tenon.for
// CHECK-NEXT:    ^bb0(%{{.+}}: tensor<i64>, %[[A:.+]]: tensor<?xf32>):
// CHECK:           } else {
// CHECK-NEXT:        tenon.yield %[[A]]
func.func @undefined(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<?xf32>) -> tensor<?xf32> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %r = tenon.for %zero to %n step 1 (%x : tensor<?xf32>) -> tensor<?xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<?xf32>):
    %b = tenon.if %c -> tensor<?xf32> {
      %e = tenon.exp %a : tensor<?xf32>
      tenon.yield %e : tensor<?xf32>
    } else {
      %u = tenon.undef : tensor<?xf32>
      tenon.yield %u : tensor<?xf32>
    }
    tenon.yield %b : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// Sizes come from before a loop, through branches, and through what a loop begins without.
// CHECK-LABEL: func.func @sizes
// CHECK:         %[[N:.+]] = tenon.dim %arg0 {axis = 0 : i64}
// CHECK:         return %[[N]], %[[N]]
func.func @sizes(%x: tensor<?xf32>, %c: tensor<i1>, %n: tensor<i64>) -> (tensor<i64>, tensor<i64>) {
  %zero = tenon.constant dense<0> : tensor<i64>
  %u = tenon.undef : tensor<?xf32>
  %r:2 = tenon.for %zero to %n step 1 (%u, %x : tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>, tensor<?xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<?xf32>, %k: tensor<?xf32>):
    %b = tenon.if %c -> tensor<?xf32> {
      tenon.yield %a : tensor<?xf32>
    } else {
      %e = tenon.exp %k : tensor<?xf32>
      tenon.yield %e : tensor<?xf32>
    }
    tenon.yield %b, %b : tensor<?xf32>, tensor<?xf32>
  }
  %w = tenon.while (%r#1 : tensor<?xf32>) -> tensor<?xf32> {
  ^bb0(%a: tensor<?xf32>):
    tenon.condition %c, %a : tensor<?xf32>
  } do {
  ^bb0(%a: tensor<?xf32>):
    %e = tenon.exp %a : tensor<?xf32>
    tenon.yield %e : tensor<?xf32>
  }
  %0 = tenon.dim %r#0 {axis = 0 : i64} : tensor<?xf32>
  %1 = tenon.dim %w {axis = 0 : i64} : tensor<?xf32>
  return %0, %1 : tensor<i64>, tensor<i64>
}

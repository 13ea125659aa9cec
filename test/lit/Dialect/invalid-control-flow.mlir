// RUN: tenon-opt --split-input-file --verify-diagnostics %s
// The constraints of ops with regions, and of insert; a message names what is carried and where it was declared.

// if (C1)
func.func @if_condition(%c: tensor<2xi1>) {
  // expected-error@+1 {{'tenon.if' op operand #0 must be i1 scalar tensor, but got 'tensor<2xi1>'}}
  "tenon.if"(%c) ({
    "tenon.yield"() : () -> ()
  }, {
    "tenon.yield"() : () -> ()
  }) : (tensor<2xi1>) -> ()
  return
}

// -----

// if (C2)
func.func @if_types(%c: tensor<i1>, %x: tensor<f32>, %y: tensor<i64>) {
  // expected-error@+1 {{if: result 0 is f32[], but the second region yields i64[]}}
  %0 = tenon.if %c -> tensor<f32> {
    tenon.yield %x : tensor<f32>
  } else {
    tenon.yield %y : tensor<i64>
  }
  return
}

// -----

// if (C2)
func.func @if_count(%c: tensor<i1>, %x: tensor<f32>) {
  // expected-error@+1 {{if: expected 1 values of the second region, one for each result, but got 0}}
  %0 = tenon.if %c -> tensor<f32> {
    tenon.yield %x : tensor<f32>
  } else {
    tenon.yield
  }
  return
}

// -----

// while (C1)
func.func @while_before(%n: tensor<i64>, %c: tensor<i1>) {
  // expected-error@+1 {{while: 'steps' (declared at user.cpp:7:3) is i64[] before the loop, but f32[] in its condition}}
  %0 = tenon.while (%n : tensor<i64>) -> tensor<i64> {
  ^bb0(%a: tensor<f32> loc("steps"("user.cpp":7:3))):
    tenon.condition %c, %n : tensor<i64>
  } do {
  ^bb0(%a: tensor<i64>):
    tenon.yield %a : tensor<i64>
  }
  return
}

// -----

// while (C1)
func.func @while_terminator(%n: tensor<i64>, %c: tensor<i1>) {
  // expected-error@+1 {{while: expected the first region to end in 'tenon.condition', but it ends in 'tenon.yield'}}
  %0 = tenon.while (%n : tensor<i64>) -> tensor<i64> {
  ^bb0(%a: tensor<i64>):
    tenon.yield %a : tensor<i64>
  } do {
  ^bb0(%a: tensor<i64>):
    tenon.yield %a : tensor<i64>
  }
  return
}

// -----

// while (C2)
func.func @while_forwarded(%n: tensor<i64>, %x: tensor<f32>, %c: tensor<i1>) {
  // expected-error@+1 {{is i64[] among the results, but f32[] in 'tenon.condition'}}
  %0 = tenon.while (%n : tensor<i64>) -> tensor<i64> {
  ^bb0(%a: tensor<i64>):
    tenon.condition %c, %x : tensor<f32>
  } do {
  ^bb0(%a: tensor<i64>):
    tenon.yield %a : tensor<i64>
  }
  return
}

// -----

// while (C2)
func.func @while_yield(%n: tensor<i64>, %x: tensor<f32>, %c: tensor<i1>) {
  // expected-error@+1 {{while: carried value 0 (declared at user.cpp:9:1) is i64[] before the loop, but f32[] after one iteration}}
  %0 = tenon.while (%n : tensor<i64>) -> tensor<i64> {
  ^bb0(%a: tensor<i64> loc("user.cpp":9:1)):
    tenon.condition %c, %a : tensor<i64>
  } do {
  ^bb0(%a: tensor<i64>):
    tenon.yield %x : tensor<f32>
  }
  return
}

// -----

// for (C1)
func.func @for_step(%n: tensor<i64>) {
  // expected-error@+1 {{for: the step is 0}}
  tenon.for %n to %n step 0 {
  ^bb0(%i: tensor<i64>):
    tenon.yield
  }
  return
}

// -----

// for (C2)
func.func @for_index(%n: tensor<i64>) {
  // expected-error@+1 {{for: expected the region's first argument to be the index, i64[]}}
  tenon.for %n to %n step 1 {
  ^bb0(%i: tensor<i32>):
    tenon.yield
  }
  return
}

// -----

// for (C2)
func.func @for_yield(%n: tensor<i64>, %x: tensor<4xf32>, %y: tensor<f32>) {
  // expected-error@+1 {{for: 'sum' (declared at user.cpp:3:10) is f32[4] before the loop, but f32[] after one iteration}}
  %0 = tenon.for %n to %n step 1 (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<4xf32> loc("sum"("user.cpp":3:10))):
    tenon.yield %y : tensor<f32>
  }
  return
}

// -----

// condition (C1)
func.func @yield_in_a_function(%x: tensor<f32>) {
  // expected-error@+1 {{'tenon.yield' op expects parent op to be one of 'tenon.if, tenon.while, tenon.for, tenon.custom_gradient, tenon.checkpoint'}}
  "tenon.yield"(%x) : (tensor<f32>) -> ()
}

// -----

// insert (C1)
func.func @insert_rank(%u: tensor<4xf32>, %x: tensor<5x4xf32>) {
  // expected-error@+1 {{insert: expected an update of the input's dtype and rank: update f32[4], input f32[5,4]}}
  %0 = tenon.insert %u, %x[0, 0] : tensor<4xf32>, tensor<5x4xf32>
  return
}

// -----

// insert (C2)
func.func @insert_starts(%u: tensor<1x4xf32>, %x: tensor<5x4xf32>) {
  // expected-error@+1 {{insert: expected 2 numbers in `static_starts`, but got 1}}
  %0 = tenon.insert %u, %x[0] : tensor<1x4xf32>, tensor<5x4xf32>
  return
}

// -----

// insert (C2)
func.func @insert_negative(%u: tensor<1x4xf32>, %x: tensor<5x4xf32>) {
  // expected-error@+1 {{insert: expected start of dimension 0 to be at least 0, but got -1}}
  %0 = tenon.insert %u, %x[-1, 0] : tensor<1x4xf32>, tensor<5x4xf32>
  return
}

// -----

// insert (C3)
func.func @insert_operands(%u: tensor<1x4xf32>, %x: tensor<5x4xf32>) {
  // expected-error@+2 {{'tenon.insert' op failed to infer returned types}}
  // expected-error@+1 {{insert: expected 1 start operands, but got 0}}
  %0 = "tenon.insert"(%u, %x) {static_starts = array<i64: -9223372036854775808, 0>} : (tensor<1x4xf32>, tensor<5x4xf32>) -> tensor<5x4xf32>
  return
}

// -----

// insert (C4)
func.func @insert_outside(%u: tensor<2x4xf32>, %x: tensor<5x4xf32>) {
  // expected-error@+1 {{insert: update reaches outside dimension 0 of f32[5,4]: start 4, size 2}}
  %0 = tenon.insert %u, %x[4, 0] : tensor<2x4xf32>, tensor<5x4xf32>
  return
}

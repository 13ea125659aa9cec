// RUN: tenon-opt %s | tenon-opt | FileCheck %s
// RUN: tenon-opt %s --emit-bytecode | tenon-opt | FileCheck %s
// RUN: tenon-opt %s --canonicalize --cse | FileCheck %s --check-prefix=CANON
// RUN: tenon-opt %s --loop-invariant-code-motion | FileCheck %s --check-prefix=LICM
// Ops with regions: round trips, what disappears, and what may move out of a loop.

// CHECK-LABEL: @collatz
func.func @collatz(%n: tensor<i64>) -> tensor<i64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<i64>
  // CHECK: %{{.+}}:2 = tenon.while(%{{.+}}, %{{.+}} : tensor<i64>, tensor<i64>) -> tensor<i64>, tensor<i64> {
  // CHECK:   tenon.condition %{{.+}}, %{{.+}}, %{{.+}} : tensor<i64>, tensor<i64>
  // CHECK: } do {
  %r:2 = tenon.while (%n, %zero : tensor<i64>, tensor<i64>) -> tensor<i64>, tensor<i64> {
  ^bb0(%a: tensor<i64>, %s: tensor<i64>):
    %more = tenon.compare <ne> %a, %one : tensor<i64>, tensor<i64>
    tenon.condition %more, %a, %s : tensor<i64>, tensor<i64>
  } do {
  ^bb0(%a: tensor<i64>, %s: tensor<i64>):
    %m = tenon.rem %a, %two : tensor<i64>, tensor<i64>
    %even = tenon.compare <eq> %m, %zero : tensor<i64>, tensor<i64>
    // CHECK: tenon.if %{{.+}} -> tensor<i64> {
    // CHECK:   tenon.yield %{{.+}} : tensor<i64>
    // CHECK: } else {
    %b = tenon.if %even -> tensor<i64> {
      %h = tenon.div %a, %two : tensor<i64>, tensor<i64>
      tenon.yield %h : tensor<i64>
    } else {
      %t = tenon.add %a, %one : tensor<i64>, tensor<i64>
      tenon.yield %t : tensor<i64>
    }
    %s2 = tenon.add %s, %one : tensor<i64>, tensor<i64>
    tenon.yield %b, %s2 : tensor<i64>, tensor<i64>
  }
  return %r#1 : tensor<i64>
}

// CHECK-LABEL: @without_values
func.func @without_values(%c: tensor<i1>, %n: tensor<i64>) {
  // CHECK: tenon.if %{{.+}} {
  // CHECK:   tenon.print "yes"()
  // CHECK:   tenon.yield
  // CHECK: } else {
  tenon.if %c {
    tenon.print "yes"()
    tenon.yield
  } else {
    tenon.yield
  }
  // CHECK: tenon.for %{{.+}} to %{{.+}} step -2 {
  tenon.for %n to %n step -2 {
  ^bb0(%i: tensor<i64>):
    tenon.print "{}" %i : tensor<i64>
    tenon.yield
  }
  // CHECK: tenon.undef : tensor<?x4xf32>
  %u = tenon.undef : tensor<?x4xf32>
  return
}

// A constant condition, and loops over nothing and over one index.
// CANON-LABEL: @constant
// CANON-SAME: (%[[X:.+]]: tensor<f32>)
func.func @constant(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %yes = tenon.constant dense<true> : tensor<i1>
  %zero = tenon.constant dense<0> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %a = tenon.if %yes -> tensor<f32> {
    %e = tenon.exp %x : tensor<f32>
    tenon.yield %e : tensor<f32>
  } else {
    tenon.yield %x : tensor<f32>
  }
  %b = tenon.for %one to %zero step 1 (%x : tensor<f32>) -> tensor<f32> {
  ^bb0(%i: tensor<i64>, %v: tensor<f32>):
    %s = tenon.sin %v : tensor<f32>
    tenon.yield %s : tensor<f32>
  }
  %c = tenon.for %one to %zero step -1 (%x : tensor<f32>) -> tensor<f32> {
  ^bb0(%i: tensor<i64>, %v: tensor<f32>):
    %s = tenon.cos %v : tensor<f32>
    tenon.yield %s : tensor<f32>
  }
  // CANON: %[[E:.+]] = tenon.exp %[[X]]
  // CANON-NEXT: %[[C:.+]] = tenon.cos %[[X]]
  // CANON-NEXT: return %[[E]], %[[X]], %[[C]]
  return %a, %b, %c : tensor<f32>, tensor<f32>, tensor<f32>
}

// What a loop carries and never changes is not carried.
// CANON-LABEL: @carried
func.func @carried(%n: tensor<i64>, %x: tensor<f32>, %k: tensor<f32>) -> tensor<f32> {
  %zero = tenon.constant dense<0> : tensor<i64>
  // CANON: tenon.for %{{.+}} to %{{.+}} step 1(%{{[^,]+}} : tensor<f32>) -> tensor<f32>
  %r:2 = tenon.for %zero to %n step 1 (%x, %k : tensor<f32>, tensor<f32>) -> tensor<f32>, tensor<f32> {
  ^bb0(%i: tensor<i64>, %a: tensor<f32>, %same: tensor<f32>):
    %b = tenon.add %a, %same : tensor<f32>, tensor<f32>
    tenon.yield %b, %same : tensor<f32>, tensor<f32>
  }
  return %r#0 : tensor<f32>
}

// CHECK-LABEL: @insert
func.func @insert(%u: tensor<1x4xf32>, %x: tensor<?x9xf32>, %i: tensor<i64>) -> tensor<?x9xf32> {
  // CHECK: tenon.insert %{{.+}}, %{{.+}}[%{{.+}}, 5] : tensor<1x4xf32>, tensor<?x9xf32>
  %0 = tenon.insert %u, %x[%i, 5] : tensor<1x4xf32>, tensor<?x9xf32>
  return %0 : tensor<?x9xf32>
}

// A matmul of outer values moves out; a slice that may reach outside does not, nor sizes that may disagree.
// LICM-LABEL: @invariant
func.func @invariant(%n: tensor<i64>, %x: tensor<2x2xf32>, %v: tensor<?xf32>, %w: tensor<?xf32>) {
  %zero = tenon.constant dense<0> : tensor<i64>
  // LICM: tenon.matmul
  // LICM: tenon.for
  // LICM: tenon.slice
  // LICM: tenon.add
  tenon.for %zero to %n step 1 {
  ^bb0(%i: tensor<i64>):
    %m = tenon.matmul %x, %x : tensor<2x2xf32>, tensor<2x2xf32>
    %s = tenon.slice %v[%n] [1] [1] : tensor<?xf32>
    %a = tenon.add %v, %w : tensor<?xf32>, tensor<?xf32>
    tenon.print "{} {} {}" %m, %s, %a : tensor<2x2xf32>, tensor<1xf32>, tensor<?xf32>
    tenon.yield
  }
  return
}

// A loop that only assigns has assigned once it ran, although no iteration reads what the one before left.
// CANON-LABEL: @assigned
func.func @assigned(%n: tensor<i64>, %x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
  %zero = tenon.constant dense<0> : tensor<i64>
  // CANON: %[[R:.+]] = tenon.for
  // CANON: tenon.yield %arg2
  %r = tenon.for %zero to %n step 1 (%x : tensor<f32>) -> tensor<f32> {
  ^bb0(%i: tensor<i64>, %a: tensor<f32>):
    tenon.yield %y : tensor<f32>
  }
  // CANON: return %[[R]]
  return %r : tensor<f32>
}

// A loop that may not end stays where the program reaches it.
// LICM-LABEL: @endless
func.func @endless(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<f32>) {
  %zero = tenon.constant dense<0> : tensor<i64>
  // LICM: tenon.for
  // LICM: tenon.while
  tenon.for %zero to %n step 1 {
  ^bb0(%i: tensor<i64>):
    %r = tenon.while (%x : tensor<f32>) -> tensor<f32> {
    ^bb0(%a: tensor<f32>):
      tenon.condition %c, %a : tensor<f32>
    } do {
    ^bb0(%a: tensor<f32>):
      tenon.yield %a : tensor<f32>
    }
    tenon.print "{}" %r : tensor<f32>
    tenon.yield
  }
  return
}

// RUN: tenon-opt %s --tenon-hoist-invariants | FileCheck %s

// What needs nothing of the loops is before both; what needs the outer index, before the inner one.
// CHECK-LABEL: func.func @nest
// CHECK:         %[[P:.+]] = tenon.matmul %arg1, %arg1
// CHECK-NEXT:    tenon.for
// CHECK-NEXT:    ^bb0(%[[I:.+]]: tensor<i64>, %{{.+}}: tensor<2x2xf32>):
// CHECK-NEXT:      %[[C:.+]] = tenon.cast %[[I]]
// CHECK-NEXT:      %[[S:.+]] = tenon.mul %[[P]], %[[C]]
// CHECK-NEXT:      tenon.for
// CHECK-NEXT:      ^bb0
// CHECK-NEXT:        tenon.add %{{.+}}, %[[S]]
func.func @nest(%n: tensor<i64>, %x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %r = tenon.for %zero to %n step 1 (%x : tensor<2x2xf32>) -> tensor<2x2xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<2x2xf32>):
    %s = tenon.for %zero to %n step 1 (%a : tensor<2x2xf32>) -> tensor<2x2xf32> {
    ^bb0(%j: tensor<i64>, %b: tensor<2x2xf32>):
      %p = tenon.matmul %x, %x : tensor<2x2xf32>, tensor<2x2xf32>
      %c = tenon.cast %i : tensor<i64> to tensor<f32>
      %q = tenon.mul %p, %c : tensor<2x2xf32>, tensor<f32>
      %d = tenon.add %b, %q : tensor<2x2xf32>, tensor<2x2xf32>
      tenon.yield %d : tensor<2x2xf32>
    }
    tenon.yield %s : tensor<2x2xf32>
  }
  return %r : tensor<2x2xf32>
}

// An inner while might not end, a check might fail, and zeros are best made where they are written over.
// CHECK-LABEL: func.func @negative_while_checks_and_zeros
// CHECK:         tenon.for
// CHECK:           tenon.while
// CHECK:           tenon.slice
// CHECK:           tenon.splat
func.func @negative_while_checks_and_zeros(%n: tensor<i64>, %x: tensor<?xf32>, %m: tensor<i64>, %c: tensor<i1>) {
  %zero = tenon.constant dense<0> : tensor<i64>
  %f = tenon.constant dense<0.0> : tensor<f32>
  tenon.for %zero to %n step 1 {
  ^bb0(%i: tensor<i64>):
    %r = tenon.while (%m : tensor<i64>) -> tensor<i64> {
    ^bb0(%a: tensor<i64>):
      tenon.condition %c, %a : tensor<i64>
    } do {
    ^bb0(%a: tensor<i64>):
      tenon.yield %a : tensor<i64>
    }
    %s = tenon.slice %x[%m] [1] [1] : tensor<?xf32>
    %z = tenon.splat %f : tensor<f32> -> tensor<4xf32>
    tenon.print "{} {} {}" %r, %s, %z : tensor<i64>, tensor<1xf32>, tensor<4xf32>
    tenon.yield
  }
  return
}

// RUN: tenon-opt %s --tenon-optimize | FileCheck %s

// A flag that no iteration sets is not carried, and nothing asks for it.
// CHECK-LABEL: func.func @flag
// CHECK-NOT:     i1
// CHECK:         tenon.for %{{.+}} to %{{.+}} step 1(%arg1 : tensor<4xf32>) -> tensor<4xf32>
// CHECK-NOT:     tenon.if
// CHECK:           tenon.exp
// CHECK:         return
func.func @flag(%n: tensor<i64> {tenon.name = "n"}, %x: tensor<4xf32> {tenon.name = "x"}) -> (tensor<4xf32> {tenon.name = "y"}) {
  %zero = tenon.constant dense<0> : tensor<i64>
  %no = tenon.constant dense<false> : tensor<i1>
  %r:2 = tenon.for %zero to %n step 1 (%no, %x : tensor<i1>, tensor<4xf32>) -> tensor<i1>, tensor<4xf32> {
  ^bb0(%i: tensor<i64>, %left: tensor<i1>, %a: tensor<4xf32>):
    %go = tenon.not %left : tensor<i1>
    %b:2 = tenon.if %go -> tensor<i1>, tensor<4xf32> {
      %e = tenon.exp %a : tensor<4xf32>
      tenon.yield %no, %e : tensor<i1>, tensor<4xf32>
    } else {
      tenon.yield %left, %a : tensor<i1>, tensor<4xf32>
    }
    tenon.yield %b#0, %b#1 : tensor<i1>, tensor<4xf32>
  }
  return %r#1 : tensor<4xf32>
}

// What needs nothing of the loop is before it; what is carried for its own sake is nowhere; a variable is a value that is carried.
// CHECK-LABEL: func.func @invariants
// CHECK:         %[[W:.+]] = tenon.read @w
// CHECK:         %[[P:.+]] = tenon.matmul %arg1, %arg1
// CHECK-NEXT:    %[[END:.+]] = tenon.for %{{.+}} to %arg0 step 1(%[[W]] : tensor<2x2xf32>) -> tensor<2x2xf32> {
// CHECK-NEXT:    ^bb0
// CHECK-NEXT:      %[[SUM:.+]] = tenon.add %{{.+}}, %[[P]]
// CHECK-NEXT:      tenon.yield %[[SUM]]
// CHECK-NEXT:    }
// CHECK-NEXT:    tenon.assign @w, %[[END]]
tenon.variable @w : tensor<2x2xf32> = dense<0.0> : tensor<2x2xf32>
func.func @invariants(%n: tensor<i64> {tenon.name = "n"}, %x: tensor<2x2xf32> {tenon.name = "x"}) {
  %zero = tenon.constant dense<0> : tensor<i64>
  %r = tenon.for %zero to %n step 1 (%x : tensor<2x2xf32>) -> tensor<2x2xf32> {
  ^bb0(%i: tensor<i64>, %dead: tensor<2x2xf32>):
    %p = tenon.matmul %x, %x : tensor<2x2xf32>, tensor<2x2xf32>
    %w = tenon.read @w : tensor<2x2xf32>
    %v = tenon.add %w, %p : tensor<2x2xf32>, tensor<2x2xf32>
    tenon.assign @w, %v : tensor<2x2xf32>
    %e = tenon.exp %dead : tensor<2x2xf32>
    tenon.yield %e : tensor<2x2xf32>
  }
  return
}

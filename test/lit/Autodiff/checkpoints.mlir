// Checkpoints: a backward pass begins with the region again, and keeps nothing of it.
// RUN: tenon-opt %s --split-input-file --tenon-expand-gradients --canonicalize --cse | FileCheck %s

// Without a gradient nothing is left of it.
// CHECK-LABEL: @forward
// CHECK-SAME: (%[[X:.+]]: tensor<4xf32>)
// CHECK-NEXT: %[[Y:.+]] = tenon.exp %[[X]]
// CHECK-NEXT: return %[[Y]]
func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tenon.checkpoint -> tensor<4xf32> {
    %a = tenon.exp %x : tensor<4xf32>
    tenon.yield %a : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// exp is computed again from what went in; sin, which only the value needs, is not. A check is not repeated.
// CHECK-LABEL: @backward
// CHECK-SAME: (%[[X:.+]]: tensor<4xf32>, %[[OK:.+]]: tensor<i1>)
func.func @backward(%x: tensor<4xf32>, %ok: tensor<i1>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[A:.+]] = tenon.exp %[[X]]
  // CHECK-NEXT: tenon.assert
  // CHECK-NEXT: %[[S:.+]] = tenon.sin %[[A]]
  // CHECK-NEXT: %[[AGAIN:.+]] = tenon.barrier %[[X]]
  // CHECK-NEXT: %[[B:.+]] = tenon.exp %[[AGAIN]]
  // CHECK-NEXT: %[[COS:.+]] = tenon.cos %[[B]]
  // CHECK-NEXT: %[[D:.+]] = tenon.mul %[[COS]], %[[B]]
  // CHECK-NEXT: return %[[S]], %[[D]]
  %y = tenon.checkpoint -> tensor<4xf32> {
    %a = tenon.exp %x : tensor<4xf32>
    tenon.assert %ok, "positive"
    %s = tenon.sin %a : tensor<4xf32>
    tenon.yield %s : tensor<4xf32>
  }
  %g = tenon.gradient %y wrt %x : tensor<4xf32> wrt tensor<4xf32>
  return %y, %g : tensor<4xf32>, tensor<4xf32>
}

// -----

// What x has got elsewhere comes first, as it would without a checkpoint: (c + c cos) and not c cos + c.
// CHECK-LABEL: @order
// CHECK-SAME: (%[[X:.+]]: tensor<4xf32>, %[[C:.+]]: tensor<4xf32>)
func.func @order(%x: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[T:.+]] = tenon.mul %[[C]], %{{.+}} : tensor<4xf32>, tensor<4xf32>
  // CHECK: %[[R:.+]] = tenon.add %[[C]], %[[T]]
  // CHECK: return %[[R]]
  %y = tenon.checkpoint -> tensor<4xf32> {
    %s = tenon.sin %x : tensor<4xf32>
    tenon.yield %s : tensor<4xf32>
  }
  %z = tenon.add %y, %x : tensor<4xf32>, tensor<4xf32>
  %g = tenon.gradient %z wrt %x cotangents(%c : tensor<4xf32>) : tensor<4xf32> wrt tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// In a loop the value that goes into an iteration is kept, and what is computed in it is not.
// CHECK-LABEL: @loop
// CHECK: tenon.for
// CHECK: tenon.insert
// CHECK-NOT: tenon.insert
// CHECK: tenon.exp
// CHECK: tenon.yield
// CHECK: tenon.for
// CHECK: tenon.barrier
// CHECK: tenon.exp
func.func @loop(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %n = tenon.constant dense<8> : tensor<i64>
  %y = tenon.for %zero to %n step 1 (%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%i: tensor<i64>, %h: tensor<4xf32>):
    %next = tenon.checkpoint -> tensor<4xf32> {
      %a = tenon.exp %h : tensor<4xf32>
      %c = tenon.sin %a : tensor<4xf32>
      tenon.yield %c : tensor<4xf32>
    }
    tenon.yield %next : tensor<4xf32>
  }
  %g = tenon.gradient %y wrt %x : tensor<4xf32> wrt tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

// Equal draws would be one value, which the first had to keep: the second is told to be another.
// CHECK-LABEL: @draws
func.func @draws(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[STATE:.+]] = tenon.constant dense<[7, 0]>
  // CHECK: tenon.random_uniform %[[STATE]]
  // CHECK: %[[B:.+]] = tenon.barrier %[[STATE]]
  // CHECK: tenon.random_uniform %[[B]]
  %y = tenon.checkpoint -> tensor<4xf32> {
    %state = tenon.constant dense<[7, 0]> : tensor<2xi64>
    %m = tenon.random_uniform %state : tensor<2xi64> -> tensor<4xf32>
    %p = tenon.mul %x, %m : tensor<4xf32>, tensor<4xf32>
    tenon.yield %p : tensor<4xf32>
  }
  %g = tenon.gradient %y wrt %x : tensor<4xf32> wrt tensor<4xf32>
  return %y, %g : tensor<4xf32>, tensor<4xf32>
}

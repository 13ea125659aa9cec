// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(tenon-prepare-entry-points,func.func(tenon-defer-updates))' | FileCheck %s

tenon.variable @mean : tensor<4xf32>
tenon.variable @used : tensor<4xf32>

// What is kept of a batch is stored behind a check that comes later; what the check needs stays before it.
// CHECK-LABEL: func.func private @f.body(
// CHECK: %[[USED:.+]] = linalg.add
// CHECK: %[[SUM:.+]] = tensor.extract %[[USED]]
// CHECK: tenon.raise
// CHECK: linalg.mul
// CHECK: return
func.func @f(%x: tensor<4xf32> {tenon.name = "x"}) -> (tensor<4xf32> {tenon.name = "y"}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %mean = tenon.read @mean : tensor<4xf32>
  %used = tenon.read @used : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %m = linalg.mul ins(%x, %mean : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  tenon.assign @mean, %m : tensor<4xf32>
  %u = linalg.add ins(%x, %used : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  tenon.assign @used, %u : tensor<4xf32>
  %first = tensor.extract %u[%c0] : tensor<4xf32>
  %ok = arith.cmpf ogt, %first, %zero : f32
  tenon.raise %ok, assertion_failed, "the sum is not positive" ()
  return %x : tensor<4xf32>
}

// -----

tenon.variable @w : tensor<4xf32>

// Without a check nothing moves.
// CHECK-LABEL: func.func private @negative_no_check.body(
// CHECK: linalg.mul
// CHECK: linalg.exp
func.func @negative_no_check(%x: tensor<4xf32> {tenon.name = "x"}) -> (tensor<4xf32> {tenon.name = "y"}) {
  %w = tenon.read @w : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %m = linalg.mul ins(%x, %w : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  tenon.assign @w, %m : tensor<4xf32>
  %y = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

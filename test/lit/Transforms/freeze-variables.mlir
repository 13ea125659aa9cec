// RUN: tenon-opt %s --split-input-file --tenon-freeze-variables | FileCheck %s
// RUN: tenonc %S/../tenonc/Inputs/net.mlir --entry=predict --emit=header | FileCheck %s --check-prefix=NONE
// RUN: tenonc %S/../tenonc/Inputs/net.mlir --entry=predict --no-freeze --emit=header | FileCheck %s --check-prefix=KEPT
// A training step that is not compiled assigns nothing.
// NONE-NOT: struct net_state
// NONE: int32_t net_predict(const struct tenon_context *context, int64_t batch, const float *x, float *p,
// KEPT: struct net_state {
// KEPT: float scale[3];
// KEPT: int32_t net_predict({{.*}}, const struct net_state *state, float *p,

// What the step assigns is state for predict, too; what neither assigns is a constant in both.
// CHECK: tenon.variable @w
// CHECK-NOT: tenon.variable @scale
tenon.variable @w : tensor<2xf32> = dense<[1.0, 2.0]> : tensor<2xf32>
tenon.variable @scale : tensor<2xf32> = dense<[3.0, 4.0]> : tensor<2xf32>
// CHECK-LABEL: func.func @step
func.func @step(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = tenon.read @w : tensor<2xf32>
  // CHECK: tenon.constant dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf32>
  %1 = tenon.read @scale : tensor<2xf32>
  %2 = tenon.mul %x, %1 : tensor<2xf32>, tensor<2xf32>
  %3 = tenon.add %0, %2 : tensor<2xf32>, tensor<2xf32>
  tenon.assign @w, %3 : tensor<2xf32>
  return %3 : tensor<2xf32>
}
// CHECK-LABEL: func.func @predict
func.func @predict() -> tensor<2xf32> {
  // CHECK: tenon.read @w
  %0 = tenon.read @w : tensor<2xf32>
  // CHECK: tenon.constant dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf32>
  %1 = tenon.read @scale : tensor<2xf32>
  %2 = tenon.mul %0, %1 : tensor<2xf32>, tensor<2xf32>
  return %2 : tensor<2xf32>
}

// -----

// A model of inference alone needs no state; a read inside of a branch is one like others.
// CHECK-NOT: tenon.variable
tenon.variable @w : tensor<2xf32> = dense<[1.0, 2.0]> : tensor<2xf32>
tenon.variable @unused : tensor<f64> = dense<0.0> : tensor<f64>
// CHECK-LABEL: func.func @predict
func.func @predict(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: tenon.if
  // CHECK-NEXT: tenon.constant dense<[1.000000e+00, 2.000000e+00]>
  %0 = tenon.if %c -> tensor<2xf32> {
    %1 = tenon.read @w : tensor<2xf32>
    tenon.yield %1 : tensor<2xf32>
  } else {
    tenon.yield %x : tensor<2xf32>
  }
  return %0 : tensor<2xf32>
}

// -----

// The caller gives what has no first value.
// CHECK: tenon.variable @negative_given
tenon.variable @negative_given : tensor<2xf32>
func.func @predict() -> tensor<2xf32> {
  // CHECK: tenon.read @negative_given
  %0 = tenon.read @negative_given : tensor<2xf32>
  return %0 : tensor<2xf32>
}

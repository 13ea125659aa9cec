// A function of value and gradients beside another, and the requests that are refused.
// RUN: tenon-opt %s '--tenon-grad=function=f wrt=0,1' | FileCheck %s
// RUN: tenon-opt %s '--tenon-grad=function=f target=1 name=d' | FileCheck %s --check-prefix=NAMED
// RUN: not tenon-opt %s '--tenon-grad=function=g' 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not tenon-opt %s '--tenon-grad=function=f wrt=3' 2>&1 | FileCheck %s --check-prefix=RANGE
// RUN: not tenon-opt %s '--tenon-grad=function=f wrt=2' 2>&1 | FileCheck %s --check-prefix=DTYPE
// RUN: not tenon-opt %s '--tenon-grad=function=f target=2' 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not tenon-opt %s '--tenon-grad=function=f name=f' 2>&1 | FileCheck %s --check-prefix=TAKEN

func.func @f(%x: tensor<?x4xf32> {tenon.name = "x", tenon.dims = ["batch", ""]}, %w: tensor<4xf32> {tenon.name = "w"},
             %i: tensor<i32> {tenon.name = "i"}) -> (tensor<f32> {tenon.name = "loss"}, tensor<?x4xf32>) {
  %y = tenon.mul %x, %w : tensor<?x4xf32>, tensor<4xf32>
  %s = tenon.reduce <sum> %y {axes = array<i64: 0, 1>} : tensor<?x4xf32>
  return %s, %y : tensor<f32>, tensor<?x4xf32>
}
// CHECK: func.func @f_grad(%[[X:.+]]: tensor<?x4xf32> {tenon.dims = ["batch", ""], tenon.name = "x"}, %[[W:.+]]: tensor<4xf32> {tenon.name = "w"}, %[[I:.+]]: tensor<i32> {tenon.name = "i"}
// CHECK-SAME: -> (tensor<f32> {tenon.name = "loss"}, tensor<?x4xf32>, tensor<?x4xf32> {tenon.dims = ["batch", ""], tenon.name = "d_x"}, tensor<4xf32> {tenon.name = "d_w"})
// CHECK: %[[R:.+]]:2 = call @f(%[[X]], %[[W]], %[[I]])
// CHECK: %[[G:.+]]:2 = tenon.gradient %[[R]]#0 wrt %[[X]], %[[W]] :
// CHECK: return %[[R]]#0, %[[R]]#1, %[[G]]#0, %[[G]]#1

// Without wrt, all that can be.
// NAMED: func.func @d(
// NAMED: tenon.gradient %{{.+}}#1 wrt %{{.+}}, %{{.+}} : tensor<?x4xf32> wrt tensor<?x4xf32>, tensor<4xf32>

// NONE: error: tenon-grad: there is no function 'g'
// RANGE: error: tenon-grad: expected wrt= in [0, 3), but got 3
// DTYPE: error: tenon-grad: argument 2 is i32[]: integers and booleans have no gradient
// TARGET: error: tenon-grad: expected target= in [0, 2), but got 2
// TAKEN: error: tenon-grad: there is a symbol 'f' already; choose another with name=

// RUN: tenon-opt %s --convert-tenon-to-linalg --canonicalize --cse | FileCheck %s

// A sum starts at -0.0, which changes no element; kept dimensions are a view of the result.
// CHECK-LABEL: func @sum(
// CHECK: %[[IDENTITY:.+]] = arith.constant -0.0
// CHECK: %[[START:.+]] = linalg.fill ins(%[[IDENTITY]] : f32) {{.*}} -> tensor<4xf32>
// CHECK: %[[SUM:.+]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%arg0 {{.*}} outs(%[[START]]
// CHECK: tensor.expand_shape %[[SUM]] {{\[\[}}0, 1]] output_shape [4, 1]
func.func @sum(%x: tensor<4x8xf32>) -> tensor<4x1xf32> {
  %0 = tenon.reduce <sum> %x {axes = array<i64: 1>, keep_dims = true} : tensor<4x8xf32>
  return %0 : tensor<4x1xf32>
}

// A mean is a sum, then one division by the count; halves are summed in f32 and rounded once.
// CHECK-LABEL: func @mean(
// CHECK: %[[COUNT:.+]] = arith.constant 8.0{{.*}} : f32
// CHECK: arith.extf
// CHECK: arith.addf {{.*}} : f32
// CHECK: arith.divf %{{.+}}, %[[COUNT]] : f32
// CHECK: arith.truncf {{.*}} : f32 to f16
func.func @mean(%x: tensor<4x8xf16>) -> tensor<4xf16> {
  %0 = tenon.reduce <mean> %x {axes = array<i64: 1>} : tensor<4x8xf16>
  return %0 : tensor<4xf16>
}

// The least byte is 0: bytes are unsigned.
// CHECK-LABEL: func @max_of_bytes(
// CHECK: linalg.fill ins(%c0_i8
// CHECK: arith.cmpi ugt
func.func @max_of_bytes(%x: tensor<4x8xui8>) -> tensor<ui8> {
  %0 = tenon.reduce <max> %x {axes = array<i64: 0, 1>} : tensor<4x8xui8>
  return %0 : tensor<ui8>
}

// An arg-reduction carries value and index; the first NaN beats every number.
// CHECK-LABEL: func @argmax(
// CHECK: %[[BOTH:.+]]:2 = linalg.generic
// CHECK: ^bb0(%[[X:.+]]: f32, %[[BEST:.+]]: f32, %[[WHERE:.+]]: i64):
// CHECK: %[[ABOVE:.+]] = arith.cmpf ogt, %[[X]], %[[BEST]]
// CHECK-DAG: %[[NAN:.+]] = arith.cmpf uno, %[[X]], %[[X]]
// CHECK-DAG: %[[NUMBER:.+]] = arith.cmpf ord, %[[BEST]], %[[BEST]]
// CHECK: %[[FIRST:.+]] = arith.andi %[[NAN]], %[[NUMBER]]
// CHECK: arith.ori %[[ABOVE]], %[[FIRST]]
// CHECK: return %[[BOTH]]#1
func.func @argmax(%x: tensor<4x8xf32>) -> tensor<4xi64> {
  %0 = tenon.argmax %x {axis = 1 : i64} : tensor<4x8xf32>
  return %0 : tensor<4xi64>
}

// A running sum is a loop that carries a row of sums and the result.
// CHECK-LABEL: func @cumsum(
// CHECK: scf.for %{{.+}} = %c0 to %c4 step %c1 iter_args(%{{.+}} = %{{.+}}, %{{.+}} = %{{.+}}) -> (tensor<4x8xf32>, tensor<8xf32>)
// CHECK: tensor.extract_slice %arg0[%{{.+}}, 0] [1, 8] [1, 1] : tensor<4x8xf32> to tensor<8xf32>
// CHECK: arith.addf
// CHECK: tensor.insert_slice
func.func @cumsum(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = tenon.cumsum %x {axis = 0 : i64} : tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// A softmax stays whole; halves pass through f32.
// CHECK-LABEL: func @softmax(
// CHECK: arith.extf
// CHECK: linalg.softmax dimension(1) ins(%{{.+}} : tensor<4x8xf32>
// CHECK-NOT: linalg.softmax
func.func @softmax(%x: tensor<4x8xbf16>) -> tensor<4x8xbf16> {
  %0 = tenon.softmax %x {axis = 1 : i64} : tensor<4x8xbf16>
  return %0 : tensor<4x8xbf16>
}

// A layer norm is two sums, a row of deviations, and one sweep over the elements.
// CHECK-LABEL: func @layer_norm(
// CHECK-COUNT-2: iterator_types = ["parallel", "reduction"]
// CHECK: math.sqrt
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%arg0, %{{.+}}, %{{.+}}, %arg1, %arg2
// CHECK-NOT: linalg.generic
func.func @layer_norm(%x: tensor<4x8xf32>, %scale: tensor<8xf32>, %offset: tensor<8xf32>) -> tensor<4x8xf32> {
  %0 = tenon.layer_norm %x, %scale, %offset {epsilon = 1.0e-5 : f64} : tensor<4x8xf32>, tensor<8xf32>
  return %0 : tensor<4x8xf32>
}

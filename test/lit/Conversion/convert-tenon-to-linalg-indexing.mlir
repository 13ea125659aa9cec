// RUN: tenon-opt %s --convert-tenon-to-linalg --canonicalize --cse | FileCheck %s

// All indices are checked first, then rows are moved by a loop that carries the result.
// CHECK-LABEL: func @gather(
// CHECK: %[[FOUND:.+]] = linalg.generic {{.*}} iterator_types = ["reduction"]} ins(%arg1 : tensor<3xi32>)
// CHECK: arith.cmpi ult
// CHECK: %[[WRONG:.+]] = tensor.extract %[[FOUND]][]
// CHECK: %[[INSIDE:.+]] = arith.cmpi ult, %[[WRONG]], %c5_i64
// CHECK: tenon.raise %[[INSIDE]], index_out_of_range, "gather: index {} is outside a dimension of size {}"
// CHECK: scf.for {{.*}} -> (tensor<3x8xf32>)
// CHECK: %[[ROW:.+]] = tensor.extract_slice %arg0[%{{.+}}, 0] [1, 8] [1, 1] : tensor<5x8xf32> to tensor<8xf32>
// CHECK: tensor.insert_slice %[[ROW]] into
func.func @gather(%x: tensor<5x8xf32>, %i: tensor<3xi32>) -> tensor<3x8xf32> {
  %0 = tenon.gather %x, %i {axis = 0 : i64} : tensor<5x8xf32>, tensor<3xi32>
  return %0 : tensor<3x8xf32>
}

// An addition reads the row that it writes, in index order.
// CHECK-LABEL: func @scatter_add(
// CHECK: tenon.raise {{.*}}, index_out_of_range, "scatter
// CHECK: %[[COPY:.+]] = linalg.copy ins(%arg0
// CHECK: scf.for {{.*}} iter_args(%[[X:.+]] = %[[COPY]]) -> (tensor<5x8xf32>)
// CHECK: %[[ROW:.+]] = tensor.extract_slice %[[X]]
// CHECK: linalg.generic {{.*}} outs(%[[ROW]]
// CHECK: arith.addf
// CHECK: tensor.insert_slice {{.*}} into %[[X]]
func.func @scatter_add(%x: tensor<5x8xf32>, %i: tensor<3xi32>, %u: tensor<3x8xf32>) -> tensor<5x8xf32> {
  %0 = tenon.scatter <add> %x, %i, %u : tensor<5x8xf32>, tensor<3xi32>, tensor<3x8xf32>
  return %0 : tensor<5x8xf32>
}

// CHECK-LABEL: func @one_hot(
// CHECK: linalg.index 1
// CHECK: arith.cmpi eq
// CHECK: arith.select
func.func @one_hot(%i: tensor<3xi64>) -> tensor<3x4xf32> {
  %0 = tenon.one_hot %i : tensor<3xi64> -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// A line of 5 takes two passes, there and back each; what one loop carries in one type is allocated apart.
// CHECK-LABEL: func @sort(
// CHECK-COUNT-2: bufferization.alloc_tensor() : tensor<5xf32>
// CHECK: scf.for {{.*}} = %c0 to %c3
// CHECK: scf.for {{.*}} = %c0 to %c2
// CHECK: arith.cmpf olt
// CHECK: return
func.func @sort(%x: tensor<3x5xf32>) -> (tensor<3x5xf32>, tensor<3x5xi64>) {
  %0:2 = tenon.sort %x {axis = 1 : i64} : tensor<3x5xf32>
  return %0#0, %0#1 : tensor<3x5xf32>, tensor<3x5xi64>
}

// Ten rounds of Philox an element: nothing is carried from one to the next.
// CHECK-LABEL: func @uniform(
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} outs
// CHECK-COUNT-10: %c3528531795_i64 : i64
// CHECK-NOT: %c3528531795_i64
// CHECK: arith.shrui {{.*}} : i32
// CHECK: arith.mulf
func.func @uniform(%seed: tensor<2xi64>) -> tensor<3x4xf32> {
  %0 = tenon.random_uniform %seed : tensor<2xi64> -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

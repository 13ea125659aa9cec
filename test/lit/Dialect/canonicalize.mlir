// Folds and canonical forms: what is exact for every element, -0 and NaN included, and nothing else.
// RUN: tenon-opt %s --canonicalize | FileCheck %s

//===----------------------------------------------------------------------===//
// Identities
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @neutral_numbers
// CHECK-SAME: (%[[X:.+]]: tensor<4xf32>)
func.func @neutral_numbers(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %one = tenon.constant dense<1.0> : tensor<f32>
  %zero = tenon.constant dense<0.0> : tensor<4xf32>
  %minus_zero = tenon.constant dense<-0.0> : tensor<1xf32>
  %0 = tenon.mul %x, %one : tensor<4xf32>, tensor<f32>
  %1 = tenon.mul %one, %x : tensor<f32>, tensor<4xf32>
  %2 = tenon.div %x, %one : tensor<4xf32>, tensor<f32>
  %3 = tenon.sub %x, %zero : tensor<4xf32>, tensor<4xf32>
  %4 = tenon.add %x, %minus_zero : tensor<4xf32>, tensor<1xf32>
  // CHECK: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
  return %0, %1, %2, %3, %4 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -0 + +0 is +0, and -0 - -0 is +0; 0 * NaN is NaN, as is x - x.
// CHECK-LABEL: @negative_float_zeros
func.func @negative_float_zeros(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi1>) {
  %zero = tenon.constant dense<0.0> : tensor<4xf32>
  %minus_zero = tenon.constant dense<-0.0> : tensor<4xf32>
  // CHECK: tenon.add
  %0 = tenon.add %x, %zero : tensor<4xf32>, tensor<4xf32>
  // CHECK: tenon.sub
  %1 = tenon.sub %x, %minus_zero : tensor<4xf32>, tensor<4xf32>
  // CHECK: tenon.mul
  %2 = tenon.mul %x, %zero : tensor<4xf32>, tensor<4xf32>
  // CHECK: tenon.sub
  %3 = tenon.sub %x, %x : tensor<4xf32>, tensor<4xf32>
  // CHECK: tenon.compare
  %4 = tenon.compare <eq> %x, %x : tensor<4xf32>, tensor<4xf32>
  return %0, %1, %2, %3, %4 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi1>
}

// A neutral number that broadcasts the other operand is not an identity.
// CHECK-LABEL: @negative_neutral_broadcasts
func.func @negative_neutral_broadcasts(%x: tensor<4xf32>) -> tensor<3x4xf32> {
  %one = tenon.constant dense<1.0> : tensor<3x1xf32>
  // CHECK: tenon.mul
  %0 = tenon.mul %x, %one : tensor<4xf32>, tensor<3x1xf32>
  return %0 : tensor<3x4xf32>
}

// Which of -0 and +0 is the maximum depends on the order: max does not commute.
// CHECK-LABEL: @negative_max_commutes
func.func @negative_max_commutes(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[ZERO:.+]] = tenon.constant
  %zero = tenon.constant dense<0.0> : tensor<4xf32>
  // CHECK: tenon.max %[[ZERO]], %{{.+}}
  %0 = tenon.max %zero, %x : tensor<4xf32>, tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: @integers
// CHECK-SAME: (%[[X:.+]]: tensor<4xi32>)
func.func @integers(%x: tensor<4xi32>) -> (tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi1>) {
  // CHECK-DAG: %[[ZERO:.+]] = tenon.constant dense<0> : tensor<4xi32>
  // CHECK-DAG: %[[TRUE:.+]] = tenon.constant dense<true> : tensor<4xi1>
  %zero = tenon.constant dense<0> : tensor<4xi32>
  %ones = tenon.constant dense<-1> : tensor<i32>
  %0 = tenon.mul %x, %zero : tensor<4xi32>, tensor<4xi32>
  %1 = tenon.sub %x, %x : tensor<4xi32>, tensor<4xi32>
  %2 = tenon.xor %x, %x : tensor<4xi32>, tensor<4xi32>
  %3 = tenon.and %x, %ones : tensor<4xi32>, tensor<i32>
  %4 = tenon.or %x, %zero : tensor<4xi32>, tensor<4xi32>
  %5 = tenon.shl %x, %zero : tensor<4xi32>, tensor<4xi32>
  %6 = tenon.and %zero, %x : tensor<4xi32>, tensor<4xi32>
  %7 = tenon.compare <ge> %x, %x : tensor<4xi32>, tensor<4xi32>
  // CHECK: return %[[ZERO]], %[[ZERO]], %[[ZERO]], %[[X]], %[[X]], %[[X]], %[[ZERO]], %[[TRUE]]
  return %0, %1, %2, %3, %4, %5, %6, %7 : tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi32>, tensor<4xi1>
}

// CHECK-LABEL: @unary
// CHECK-SAME: (%[[X:.+]]: tensor<?xf32>, %[[B:.+]]: tensor<i1>)
func.func @unary(%x: tensor<?xf32>, %b: tensor<i1>) -> (tensor<?xf32>, tensor<i1>, tensor<?xf32>, tensor<?xf32>) {
  %0 = tenon.neg %x : tensor<?xf32>
  %1 = tenon.neg %0 : tensor<?xf32>
  %2 = tenon.not %b : tensor<i1>
  %3 = tenon.not %2 : tensor<i1>
  // CHECK: %[[ABS:.+]] = tenon.abs %[[X]]
  %4 = tenon.abs %0 : tensor<?xf32>
  // CHECK-NEXT: %[[FLOOR:.+]] = tenon.floor %[[X]]
  %5 = tenon.floor %x : tensor<?xf32>
  %6 = tenon.round %5 : tensor<?xf32>
  // CHECK: return %[[X]], %[[B]], %[[ABS]], %[[FLOOR]]
  return %1, %3, %4, %6 : tensor<?xf32>, tensor<i1>, tensor<?xf32>, tensor<?xf32>
}

// The opposite of `<` is `>=` where there is no NaN; `==` and `!=` are always opposite.
// CHECK-LABEL: @not_of_compare
func.func @not_of_compare(%x: tensor<2xi32>, %y: tensor<2xf32>) -> (tensor<2xi1>, tensor<2xi1>, tensor<2xi1>) {
  // CHECK: tenon.compare <ge>
  %0 = tenon.compare <lt> %x, %x : tensor<2xi32>, tensor<2xi32>
  %c = tenon.constant dense<[1, 2]> : tensor<2xi32>
  %1 = tenon.compare <lt> %x, %c : tensor<2xi32>, tensor<2xi32>
  %2 = tenon.not %1 : tensor<2xi1>
  // CHECK: tenon.compare <ne>
  %3 = tenon.compare <eq> %y, %y : tensor<2xf32>, tensor<2xf32>
  %4 = tenon.not %3 : tensor<2xi1>
  // CHECK: tenon.compare <lt>
  // CHECK: tenon.not
  %5 = tenon.compare <lt> %y, %y : tensor<2xf32>, tensor<2xf32>
  %6 = tenon.not %5 : tensor<2xi1>
  return %2, %4, %6 : tensor<2xi1>, tensor<2xi1>, tensor<2xi1>
}

// CHECK-LABEL: @select
// CHECK-SAME: (%[[C:.+]]: tensor<4xi1>, %[[X:.+]]: tensor<4xf32>, %[[Y:.+]]: tensor<4xf32>)
func.func @select(%c: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %true = tenon.constant dense<true> : tensor<i1>
  %false = tenon.constant dense<false> : tensor<4xi1>
  %0 = tenon.select %true, %x, %y : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  %1 = tenon.select %false, %x, %y : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
  %2 = tenon.select %c, %x, %x : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
  %not = tenon.not %c : tensor<4xi1>
  // CHECK: %[[SWAPPED:.+]] = tenon.select %[[C]], %[[Y]], %[[X]]
  %3 = tenon.select %not, %x, %y : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
  // CHECK: return %[[X]], %[[Y]], %[[X]], %[[SWAPPED]]
  return %0, %1, %2, %3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: @casts
// CHECK-SAME: (%[[X:.+]]: tensor<?xf16>, %[[I:.+]]: tensor<3xi8>)
func.func @casts(%x: tensor<?xf16>, %i: tensor<3xi8>) -> (tensor<?xf16>, tensor<?xi8>, tensor<3xi8>) {
  %0 = tenon.cast %x : tensor<?xf16> to tensor<?xf32>
  %1 = tenon.cast %0 : tensor<?xf32> to tensor<?xf16>
  // CHECK: %[[DIRECT:.+]] = tenon.cast %[[X]] : tensor<?xf16> to tensor<?xi8>
  %2 = tenon.cast %0 : tensor<?xf32> to tensor<?xi8>
  %3 = tenon.cast %i : tensor<3xi8> to tensor<3xbf16>
  %4 = tenon.cast %3 : tensor<3xbf16> to tensor<3xi8>
  // CHECK: return %[[X]], %[[DIRECT]], %[[I]]
  return %1, %2, %4 : tensor<?xf16>, tensor<?xi8>, tensor<3xi8>
}

// Through a type that loses, or from integer through float, where saturating would become wrapping.
// CHECK-LABEL: @negative_casts
func.func @negative_casts(%x: tensor<?xf32>, %i: tensor<3xi32>) -> (tensor<?xf32>, tensor<3xi8>) {
  // CHECK-COUNT-4: tenon.cast
  %0 = tenon.cast %x : tensor<?xf32> to tensor<?xf16>
  %1 = tenon.cast %0 : tensor<?xf16> to tensor<?xf32>
  %2 = tenon.cast %i : tensor<3xi32> to tensor<3xf64>
  %3 = tenon.cast %2 : tensor<3xf64> to tensor<3xi8>
  return %1, %3 : tensor<?xf32>, tensor<3xi8>
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @moves_of_nothing
// CHECK-SAME: (%[[X:.+]]: tensor<2x3xf32>
func.func @moves_of_nothing(%x: tensor<2x3xf32>, %v: tensor<f32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = tenon.transpose %x {permutation = array<i64: 0, 1>} : tensor<2x3xf32>
  %1 = tenon.slice %x[0, 0] [2, 3] [1, 1] : tensor<2x3xf32>
  %2 = tenon.pad %x, %v {low = array<i64: 0, 0>, high = array<i64: 0, 0>} : tensor<2x3xf32>, tensor<f32>
  %3 = tenon.concat %x {axis = 1 : i64} : tensor<2x3xf32>
  %4 = tenon.split %x {axis = 1 : i64, sizes = array<i64: 3>} : tensor<2x3xf32>
  %5 = tenon.reshape %x : tensor<2x3xf32> -> tensor<2x3xf32>
  %6 = tenon.broadcast %x : tensor<2x3xf32> -> tensor<2x3xf32>
  %7 = tenon.reduce <mean> %x {axes = array<i64>} : tensor<2x3xf32>
  // CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
  return %0, %1, %2, %3, %4, %5, %6, %7 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// Open sizes that were read off the operand are the operand's.
// CHECK-LABEL: @open_sizes
// CHECK-SAME: (%[[X:.+]]: tensor<?x3xf32>, %[[N:.+]]: tensor<i64>)
func.func @open_sizes(%x: tensor<?x3xf32>, %n: tensor<i64>) -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>) {
  %rows = tenon.dim %x {axis = 0 : i64} : tensor<?x3xf32>
  %0 = tenon.reshape %x dims(%rows) : tensor<?x3xf32> -> tensor<?x3xf32>
  %1 = tenon.slice %x[0, 0] [%rows, 3] [1, 1] : tensor<?x3xf32>
  // CHECK: %[[OTHER:.+]] = tenon.broadcast %[[X]] dims(%[[N]])
  %2 = tenon.broadcast %x dims(%n) : tensor<?x3xf32> -> tensor<?x3xf32>
  // CHECK: return %[[X]], %[[X]], %[[OTHER]]
  return %0, %1, %2 : tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>
}

// CHECK-LABEL: @compositions
// CHECK-SAME: (%[[X:.+]]: tensor<2x3x4xf32>, %[[Y:.+]]: tensor<3xf32>)
func.func @compositions(%x: tensor<2x3x4xf32>, %y: tensor<3xf32>) -> (tensor<4x2x3xf32>, tensor<2x3x4xf32>, tensor<24xf32>, tensor<5x2x3xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<9xf32>) {
  // CHECK-DAG: %[[ROTATED:.+]] = tenon.transpose %[[X]] {permutation = array<i64: 2, 0, 1>}
  %0 = tenon.transpose %x {permutation = array<i64: 1, 2, 0>} : tensor<2x3x4xf32>
  %1 = tenon.transpose %0 {permutation = array<i64: 1, 2, 0>} : tensor<3x4x2xf32>
  %2 = tenon.transpose %0 {permutation = array<i64: 2, 0, 1>} : tensor<3x4x2xf32>
  // CHECK-DAG: %[[FLAT:.+]] = tenon.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<24xf32>
  %3 = tenon.reshape %x : tensor<2x3x4xf32> -> tensor<6x4xf32>
  %4 = tenon.reshape %3 : tensor<6x4xf32> -> tensor<24xf32>
  // CHECK-DAG: %[[WIDE:.+]] = tenon.broadcast %[[Y]] : tensor<3xf32> -> tensor<5x2x3xf32>
  %5 = tenon.broadcast %y : tensor<3xf32> -> tensor<2x3xf32>
  %6 = tenon.broadcast %5 : tensor<2x3xf32> -> tensor<5x2x3xf32>
  // CHECK-DAG: %[[REVERSED:.+]] = tenon.reverse %[[X]] {axes = array<i64: 1>}
  %7 = tenon.reverse %x {axes = array<i64: 0, 1>} : tensor<2x3x4xf32>
  %8 = tenon.reverse %7 {axes = array<i64: 0>} : tensor<2x3x4xf32>
  %9 = tenon.reverse %7 {axes = array<i64: 1, 0>} : tensor<2x3x4xf32>
  // CHECK-DAG: %[[JOINED:.+]] = tenon.concat %[[Y]], %[[Y]], %[[Y]] {axis = 0 : i64}
  %10 = tenon.concat %y, %y {axis = 0 : i64} : tensor<3xf32>, tensor<3xf32>
  %11 = tenon.concat %10, %y {axis = 0 : i64} : tensor<6xf32>, tensor<3xf32>
  // CHECK: return %[[ROTATED]], %[[X]], %[[FLAT]], %[[WIDE]], %[[REVERSED]], %[[X]], %[[JOINED]]
  return %1, %2, %4, %6, %8, %9, %11 : tensor<4x2x3xf32>, tensor<2x3x4xf32>, tensor<24xf32>, tensor<5x2x3xf32>, tensor<2x3x4xf32>, tensor<2x3x4xf32>, tensor<9xf32>
}

// Each step may be right, both together cannot be: the error belongs to run time.
// CHECK-LABEL: @negative_impossible_compositions
func.func @negative_impossible_compositions(%x: tensor<3xf32>, %n: tensor<i64>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-COUNT-2: tenon.broadcast
  %0 = tenon.broadcast %x dims(%n) : tensor<3xf32> -> tensor<?xf32>
  %1 = tenon.broadcast %0 : tensor<?xf32> -> tensor<4xf32>
  // CHECK-COUNT-2: tenon.reshape
  %2 = tenon.reshape %x dims(%n) : tensor<3xf32> -> tensor<?xf32>
  %3 = tenon.reshape %2 : tensor<?xf32> -> tensor<4xf32>
  return %1, %3 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: @dims
// CHECK-SAME: (%[[X:.+]]: tensor<?x4xf32>, %[[W:.+]]: tensor<4x?xf32>, %[[N:.+]]: tensor<i64>)
func.func @dims(%x: tensor<?x4xf32>, %w: tensor<4x?xf32>, %n: tensor<i64>) -> (tensor<i64>, tensor<i64>, tensor<i64>, tensor<i64>) {
  // CHECK-DAG: %[[FOUR:.+]] = tenon.constant dense<4> : tensor<i64>
  %0 = tenon.dim %x {axis = 1 : i64} : tensor<?x4xf32>
  // CHECK-DAG: %[[COLUMNS:.+]] = tenon.dim %[[W]] {axis = 1 : i64}
  %1 = tenon.matmul %x, %w : tensor<?x4xf32>, tensor<4x?xf32>
  %2 = tenon.exp %1 : tensor<?x?xf32>
  %3 = tenon.transpose %2 {permutation = array<i64: 1, 0>} : tensor<?x?xf32>
  %4 = tenon.dim %3 {axis = 0 : i64} : tensor<?x?xf32>
  %5 = tenon.reshape %2 dims(%n) : tensor<?x?xf32> -> tensor<?xf32>
  %6 = tenon.dim %5 {axis = 0 : i64} : tensor<?xf32>
  // CHECK-DAG: %[[ROWS:.+]] = tenon.dim %[[X]] {axis = 0 : i64}
  %7 = tenon.reduce <max> %2 {axes = array<i64: 1>} : tensor<?x?xf32>
  %8 = tenon.dim %7 {axis = 0 : i64} : tensor<?xf32>
  // CHECK: return %[[FOUR]], %[[COLUMNS]], %[[N]], %[[ROWS]]
  return %0, %4, %6, %8 : tensor<i64>, tensor<i64>, tensor<i64>, tensor<i64>
}

// A scalar may be a size, which has to be seen, and what nobody uses goes. A constant stays.
// CHECK-LABEL: @barrier
// CHECK-SAME: (%[[X:.+]]: tensor<?x4xf32>, %[[S:.+]]: tensor<f32>)
func.func @barrier(%x: tensor<?x4xf32>, %s: tensor<f32>) -> (tensor<?x4xf32>, tensor<f32>, tensor<2xf32>, tensor<i64>) {
  // CHECK-DAG: %[[C:.+]] = tenon.constant dense<[1.000000e+00, 2.000000e+00]>
  // CHECK-DAG: %[[N:.+]] = tenon.dim %[[X]] {axis = 0 : i64}
  // CHECK-DAG: %[[B:.+]]:2 = tenon.barrier %[[C]], %[[X]] : tensor<2xf32>, tensor<?x4xf32>
  // CHECK: return %[[B]]#1, %[[S]], %[[B]]#0, %[[N]]
  %c = tenon.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = tenon.exp %x : tensor<?x4xf32>
  %0:4 = tenon.barrier %y, %s, %c, %x : tensor<?x4xf32>, tensor<f32>, tensor<2xf32>, tensor<?x4xf32>
  %n = tenon.dim %0#3 {axis = 0 : i64} : tensor<?x4xf32>
  return %0#3, %0#1, %0#2, %n : tensor<?x4xf32>, tensor<f32>, tensor<2xf32>, tensor<i64>
}

// What is computed behind a barrier is not what is computed before it.
// CHECK-LABEL: @negative_barrier
func.func @negative_barrier(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-COUNT-2: tenon.exp
  %0 = tenon.exp %x : tensor<4xf32>
  %1 = tenon.barrier %x : tensor<4xf32>
  %2 = tenon.exp %1 : tensor<4xf32>
  return %0, %2 : tensor<4xf32>, tensor<4xf32>
}

// RUN: tenon-opt %s --convert-tenon-to-linalg --canonicalize --cse | FileCheck %s

// A broadcast is a map of the loop that uses it; nothing is repeated in memory.
// CHECK-DAG: #[[ROW:.+]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[COLUMN:.+]] = affine_map<(d0, d1) -> (d0, 0)>
// CHECK-DAG: #[[ALL:.+]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-LABEL: func @broadcasts
func.func @broadcasts(%x: tensor<4x1xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  // CHECK: %[[OUT:.+]] = tensor.empty() : tensor<4x8xf32>
  // CHECK: linalg.generic {indexing_maps = [#[[COLUMN]], #[[ROW]], #[[ALL]]]
  // CHECK-SAME: ins(%arg0, %arg1 : tensor<4x1xf32>, tensor<8xf32>) outs(%[[OUT]]
  // CHECK: arith.addf
  // CHECK-NOT: linalg.generic
  %0 = tenon.broadcast %b : tensor<8xf32> -> tensor<4x8xf32>
  %1 = tenon.add %x, %0 : tensor<4x1xf32>, tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// A maximum keeps a NaN of either side; the constant stands in the body.
// CHECK-LABEL: func @relu
func.func @relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %[[ZERO:.+]] = arith.constant 0.0
  // CHECK: linalg.generic {{.*}} ins(%arg0 : tensor<4xf32>)
  // CHECK: ^bb0(%[[X:.+]]: f32, %{{.*}}: f32):
  // CHECK: %[[ABOVE:.+]] = arith.cmpf ogt, %[[X]], %[[ZERO]]
  // CHECK: %[[MAX:.+]] = arith.select %[[ABOVE]], %[[X]], %[[ZERO]]
  // CHECK: %[[NAN:.+]] = arith.cmpf uno, %[[X]], %[[X]]
  // CHECK: arith.select %[[NAN]], %[[X]], %[[MAX]]
  %zero = tenon.constant dense<0.0> : tensor<f32>
  %0 = tenon.max %x, %zero : tensor<4xf32>, tensor<f32>
  return %0 : tensor<4xf32>
}

// Halves are computed in f32 and rounded after each op.
// CHECK-LABEL: func @half
func.func @half(%x: tensor<4xf16>, %y: tensor<4xf16>) -> tensor<4xf16> {
  // CHECK-COUNT-2: arith.extf {{.*}} : f16 to f32
  // CHECK: arith.mulf {{.*}} : f32
  // CHECK: arith.truncf {{.*}} : f32 to f16
  %0 = tenon.mul %x, %y : tensor<4xf16>, tensor<4xf16>
  return %0 : tensor<4xf16>
}

// u8 is held in i8 and operated on as unsigned.
// CHECK-LABEL: func @bytes(
// CHECK-SAME: tensor<4xi8> {tenon.dtype = ui8}, %{{.*}}: tensor<4xi8> {tenon.dtype = ui8}) -> (tensor<4xi8> {tenon.dtype = ui8}
func.func @bytes(%x: tensor<4xui8>, %y: tensor<4xui8>) -> (tensor<4xui8>, tensor<4xi1>) {
  // CHECK: %[[ISZERO:.+]] = arith.cmpi eq
  // CHECK: %[[DIVISOR:.+]] = arith.select %[[ISZERO]]
  // CHECK: arith.divui %{{.*}}, %[[DIVISOR]]
  // CHECK: arith.cmpi ugt
  %0 = tenon.div %x, %y : tensor<4xui8>, tensor<4xui8>
  %1 = tenon.compare <gt> %x, %y : tensor<4xui8>, tensor<4xui8>
  return %0, %1 : tensor<4xui8>, tensor<4xi1>
}

// Scalars stay SSA values from one op to the next.
// CHECK-LABEL: func @scalars
func.func @scalars(%x: tensor<i64>) -> tensor<i64> {
  // CHECK: %[[X:.+]] = tensor.extract %arg0[]
  // CHECK: %[[PRODUCT:.+]] = arith.muli %[[X]]
  // CHECK: %[[SUM:.+]] = arith.addi %[[PRODUCT]]
  // CHECK: tensor.insert %[[SUM]]
  // CHECK-NOT: linalg
  %three = tenon.constant dense<3> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %0 = tenon.mul %x, %three : tensor<i64>, tensor<i64>
  %1 = tenon.add %0, %one : tensor<i64>, tensor<i64>
  return %1 : tensor<i64>
}

// Open dimensions of one name agree; others are compared when the function runs.
// CHECK-LABEL: func @open
func.func @open(%x: tensor<?xf32> {tenon.name = "x", tenon.dims = ["n"]},
                %y: tensor<?xf32> {tenon.name = "y", tenon.dims = ["n"]},
                %z: tensor<?xf32> {tenon.name = "z", tenon.dims = ["m"]}) -> tensor<?xf32> {
  // CHECK-NOT: tenon.raise
  // CHECK: %[[N:.+]] = tensor.dim %arg0
  // CHECK: linalg.generic {{.*}} ins(%arg0, %arg1
  // CHECK: %[[M:.+]] = tensor.dim %arg2
  // CHECK: %[[SAME:.+]] = arith.cmpi eq, %[[N]], %[[M]]
  // CHECK: tenon.raise %[[SAME]], shape_mismatch, "mul: dimension 0 is {} in one operand and {} in another"(%[[N]], %[[M]])
  // CHECK: linalg.generic
  %0 = tenon.add %x, %y : tensor<?xf32>, tensor<?xf32>
  %1 = tenon.mul %0, %z : tensor<?xf32>, tensor<?xf32>
  return %1 : tensor<?xf32>
}

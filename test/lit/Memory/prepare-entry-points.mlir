// RUN: tenon-opt %s --split-input-file --tenon-prepare-entry-points | FileCheck %s

// Inputs are read from the caller's buffers and results written to them; the size of an output that is not an input's
// comes from a function of its own.
// CHECK-LABEL: func.func private @f.body(
// CHECK-SAME: %[[FRAME:.+]]: !llvm.ptr, %[[X:.+]]: memref<?x4xf32>, %[[OUT:.+]]: memref<?xf32>)
// CHECK-SAME: tenon.signature = {dims = ["batch"]
// CHECK: %[[T:.+]] = bufferization.to_tensor %[[X]] restrict
// CHECK: %[[C:.+]] = tensor.collapse_shape %[[T]]
// CHECK: bufferization.materialize_in_destination %[[C]] in restrict writable %[[OUT]]
// CHECK-LABEL: func.func private @f.shapes(
// CHECK-SAME: %[[BATCH:.+]]: index) -> index
// CHECK: %[[SIZE:.+]] = affine.apply #{{.+}}()[%[[BATCH]]]
// CHECK: return %[[SIZE]]
func.func @f(%x: tensor<?x4xf32> {tenon.name = "x", tenon.dims = ["batch", ""]}) -> (tensor<?xf32> {tenon.name = "y"}) {
  %0 = tensor.collapse_shape %x [[0, 1]] : tensor<?x4xf32> into tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// Two dimensions of one name are one value.
// CHECK-LABEL: func.func private @same.body(
// CHECK-SAME: %{{.+}}: !llvm.ptr, %[[X:.+]]: memref<?xf32>, %[[Y:.+]]: memref<?xf32>,
// CHECK: %[[N:.+]] = memref.dim %[[X]]
// CHECK-NOT: memref.dim %[[Y]]
// CHECK: tensor.empty(%[[N]])
func.func @same(%x: tensor<?xf32> {tenon.name = "x", tenon.dims = ["n"]}, %y: tensor<?xf32> {tenon.name = "y", tenon.dims = ["n"]})
    -> (tensor<?xf32> {tenon.name = "z", tenon.dims = ["n"]}) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %y, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %0 = linalg.add ins(%x, %y : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// -----

// The size of an output that a loop fills is that of what the loop began with.
// CHECK-LABEL: func.func private @loop.shapes(
// CHECK-SAME: %[[N:.+]]: index) -> index
// CHECK: %[[TWICE:.+]] = arith.addi %[[N]], %[[N]]
// CHECK: return %[[TWICE]]
func.func @loop(%x: tensor<?xf32> {tenon.name = "x", tenon.dims = ["n"]}) -> (tensor<?xf32> {tenon.name = "y"}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %twice = arith.addi %n, %n : index
  %0 = tensor.empty(%twice) : tensor<?xf32>
  %1 = scf.for %i = %c0 to %n step %c1 iter_args(%y = %0) -> (tensor<?xf32>) {
    %2 = tensor.insert %zero into %y[%i] : tensor<?xf32>
    scf.yield %2 : tensor<?xf32>
  }
  return %1 : tensor<?xf32>
}

// -----

// What is proved is not checked.
// CHECK-LABEL: func.func private @checks.body(
// CHECK: tenon.raise %{{.+}}, assertion_failed, "unknown"
// CHECK-NOT: tenon.raise
func.func @checks(%x: tensor<i1> {tenon.name = "x"}) -> (tensor<i1> {tenon.name = "y"}) {
  %true = arith.constant true
  %c = tensor.extract %x[] : tensor<i1>
  tenon.raise %c, assertion_failed, "unknown"
  tenon.raise %true, assertion_failed, "known"
  return %x : tensor<i1>
}

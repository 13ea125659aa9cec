// RUN: tenon-opt %s --tenon-poll-cancel | FileCheck %s

// An iteration over tensors looks at the flag each time.
// CHECK-LABEL: func.func private @long.body(
// CHECK-SAME: %[[FRAME:.+]]: !llvm.ptr
// CHECK: scf.for
// CHECK-NEXT: llvm.call @tenon_runtime_cancelled(%[[FRAME]]) : (!llvm.ptr) -> i32
// CHECK-NEXT: linalg.exp
func.func private @long.body(%frame: !llvm.ptr, %x: memref<4xf32>, %n: i64) attributes {tenon.signature =
    {dims = [], inputs = [], name = "long", outputs = [], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  scf.for %i = %c0 to %n step %c1 : i64 {
    linalg.exp ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  }
  return
}

// A short `while` looks once in eight iterations: its body is there as often, each time behind the condition.
// CHECK-LABEL: func.func private @short.body(
// CHECK: scf.while
// CHECK: llvm.call @tenon_runtime_cancelled
// CHECK-NOT: call @tenon_runtime_cancelled
// CHECK-COUNT-8: arith.shrsi
// CHECK-NOT: arith.shrsi
func.func private @short.body(%frame: !llvm.ptr, %x: memref<i64>) attributes {tenon.signature =
    {dims = [], inputs = [], name = "short", outputs = [], variables = [], workspace = 0 : i64}} {
  %c1 = arith.constant 1 : i64
  %n = memref.load %x[] : memref<i64>
  %r = scf.while (%a = %n) : (i64) -> i64 {
    %c = arith.cmpi sgt, %a, %c1 : i64
    scf.condition(%c) %a : i64
  } do {
  ^bb0(%a: i64):
    %b = arith.shrsi %a, %c1 : i64
    scf.yield %b : i64
  }
  memref.store %r, %x[] : memref<i64>
  return
}

// A short `for` is cut into parts, whose number has no overflow: distances are unsigned.
// CHECK-LABEL: func.func private @parts.body(
// CHECK-DAG: %[[PART:.+]] = arith.constant 12288 : i64
// CHECK-DAG: %[[FIRST:.+]] = arith.constant -5 : i64
// CHECK: %[[DISTANCE:.+]] = arith.subi %[[N:.+]], %[[FIRST]]
// CHECK: arith.subi %[[DISTANCE]]
// CHECK: arith.divui
// CHECK: arith.cmpi slt, %[[FIRST]], %[[N]]
// CHECK: %[[COUNT:.+]] = arith.select
// CHECK: %[[SUM:.+]] = scf.for %[[P:.+]] = %{{.+}} to %[[COUNT]] step %{{.+}} iter_args(%[[A:.+]] = %{{.+}}) -> (f64)
// CHECK-NEXT: llvm.call @tenon_runtime_cancelled
// CHECK: %[[BEGIN:.+]] = arith.addi %[[FIRST]]
// CHECK: %[[LEFT:.+]] = arith.subi %[[N]], %[[BEGIN]]
// CHECK: %[[SIZE:.+]] = arith.minui %[[LEFT]], %[[PART]]
// CHECK: %[[END:.+]] = arith.addi %[[BEGIN]], %[[SIZE]]
// CHECK: scf.for %{{.+}} = %[[BEGIN]] to %[[END]] step %{{.+}} iter_args(%{{.+}} = %[[A]])
// CHECK: memref.store %[[SUM]]
func.func private @parts.body(%frame: !llvm.ptr, %x: memref<f64>, %n: i64) attributes {tenon.signature =
    {dims = [], inputs = [], name = "parts", outputs = [], variables = [], workspace = 0 : i64}} {
  %first = arith.constant -5 : i64
  %c3 = arith.constant 3 : i64
  %zero = arith.constant 0.0 : f64
  %r = scf.for %i = %first to %n step %c3 iter_args(%a = %zero) -> (f64) : i64 {
    %v = arith.sitofp %i : i64 to f64
    %b = arith.addf %a, %v : f64
    scf.yield %b : f64
  }
  memref.store %r, %x[] : memref<f64>
  return
}

// Inside another loop a short one stays as it is: the outer one looks. So does one of few iterations.
// CHECK-LABEL: func.func private @negative_inner.body(
// CHECK: scf.for
// CHECK-NEXT: llvm.call @tenon_runtime_cancelled
// CHECK-COUNT-2: scf.for
// CHECK-NOT: scf.for
// CHECK-NOT: call @tenon_runtime_cancelled
func.func private @negative_inner.body(%frame: !llvm.ptr, %x: memref<4xf64>, %n: index) attributes {tenon.signature =
    {dims = [], inputs = [], name = "inner", outputs = [], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f64
  scf.for %i = %c0 to %n step %c1 {
    scf.for %j = %c0 to %i step %c1 {
      memref.store %zero, %x[%c0] : memref<4xf64>
    }
  }
  scf.for %i = %c0 to %c4 step %c1 {
    memref.store %zero, %x[%i] : memref<4xf64>
  }
  return
}

// Parts of an operation are as long as the operation.
// CHECK-LABEL: func.func private @negative_parts.body(
// CHECK-NOT: call @tenon_runtime_cancelled
func.func private @negative_parts.body(%frame: !llvm.ptr, %x: memref<4x8xf64>) attributes {tenon.signature =
    {dims = [], inputs = [], name = "parts", outputs = [], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f64
  scf.for %i = %c0 to %c4 step %c1 {
    %part = memref.subview %x[%i, 0] [1, 8] [1, 1] : memref<4x8xf64> to memref<1x8xf64, strided<[8, 1], offset: ?>>
    linalg.fill ins(%zero : f64) outs(%part : memref<1x8xf64, strided<[8, 1], offset: ?>>)
  } {tenon.parts}
  return
}

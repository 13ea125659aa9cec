// RUN: tenon-opt %s --tenon-lower-host-effects | FileCheck %s

// CHECK: llvm.mlir.global internal constant @tenon.text.{{.+}}("{} of {} (lower-host-effects.mlir:{{[0-9]+}})\00")

// A poll is a load of the flag, whose address is asked for at the entry, and a test.
// CHECK-LABEL: func.func private @polls.body(
// CHECK-SAME: %[[FRAME:.+]]: !llvm.ptr
// CHECK: %[[FLAG:.+]] = llvm.call @tenon_runtime_cancel_flag(%[[FRAME]]) : (!llvm.ptr) -> !llvm.ptr
// CHECK: scf.for
// CHECK: %[[VALUE:.+]] = llvm.load volatile %[[FLAG]]
// CHECK: %[[SET:.+]] = arith.cmpi ne, %[[VALUE]]
// CHECK: scf.if %[[SET]]
// CHECK: %[[CODE:.+]] = llvm.mlir.constant(9 : i32)
// CHECK: llvm.call @tenon_runtime_raise(%[[FRAME]], %[[CODE]]
// CHECK-NOT: llvm.call @tenon_runtime_cancelled
func.func private @polls.body(%frame: !llvm.ptr, %n: index) attributes {tenon.signature =
    {dims = [], inputs = [], name = "polls", outputs = [], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %stop = llvm.call @tenon_runtime_cancelled(%frame) : (!llvm.ptr) -> i32
  }
  return
}
llvm.func @tenon_runtime_cancelled(!llvm.ptr) -> i32

// An error is a call on the cold side of a test; its values lie on the stack of the function.
// CHECK-LABEL: func.func private @f.body(
// CHECK-SAME: %[[FRAME:.+]]: !llvm.ptr,
// CHECK: llvm.alloca
// CHECK: scf.if
// CHECK: llvm.store %{{.+}}, %{{.+}} : i64, !llvm.ptr
// CHECK: %[[CODE:.+]] = llvm.mlir.constant(7 : i32)
// CHECK: llvm.call @tenon_runtime_raise(%[[FRAME]], %[[CODE]], %{{.+}}, %{{.+}}, %{{.+}})
// CHECK: llvm.call @tenon_runtime_print(%[[FRAME]]
// CHECK-NOT: tenon.raise
func.func private @f.body(%frame: !llvm.ptr, %x: memref<4xf32>, %work: memref<?xi8>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [4], dtype = "f32", name = "x"}], name = "f", outputs = [], variables = [], workspace = 0 : i64}} {
  %c4 = arith.constant 4 : index
  %i = arith.constant 9 : index
  %ok = arith.cmpi ult, %i, %c4 : index
  tenon.raise %ok, index_out_of_range, "{} of {}" (%i, %c4)
  tenon.print "x = {}" %x : memref<4xf32>
  return
}

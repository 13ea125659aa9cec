// RUN: tenon-opt %s --tenon-lower-host-effects | FileCheck %s

// CHECK: llvm.mlir.global internal constant @tenon.text.{{.+}}("{} of {} (lower-host-effects.mlir:{{[0-9]+}})\00")

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

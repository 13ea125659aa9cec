// RUN: tenon-opt %s --tenon-return-on-error | FileCheck %s

// The block that raises an error ends the call; what comes after a passed check is left alone.
// CHECK-LABEL: func.func private @f
// CHECK: cf.cond_br %{{.+}}, ^[[ERROR:.+]], ^[[REST:.+]]
// CHECK: ^[[ERROR]]:
// CHECK-NEXT: llvm.call @tenon_runtime_raise
// CHECK-NEXT: return
// CHECK: ^[[REST]]:
// CHECK-NEXT: memref.store
func.func private @f(%failed: i1, %out: memref<4xf32>, %i: index, %frame: !llvm.ptr) {
  %x = arith.constant 1.0 : f32
  cf.cond_br %failed, ^error, ^rest
^error:
  llvm.call @tenon_runtime_raise(%frame) : (!llvm.ptr) -> ()
  cf.br ^rest
^rest:
  memref.store %x, %out[%i] : memref<4xf32>
  return
}

// Another call on a cold side goes on.
// CHECK-LABEL: func.func private @negative_print
// CHECK: llvm.call @tenon_runtime_print
// CHECK-NEXT: cf.br
func.func private @negative_print(%wanted: i1, %frame: !llvm.ptr) {
  cf.cond_br %wanted, ^print, ^rest
^print:
  llvm.call @tenon_runtime_print(%frame) : (!llvm.ptr) -> ()
  cf.br ^rest
^rest:
  return
}

llvm.func @tenon_runtime_raise(!llvm.ptr)
llvm.func @tenon_runtime_print(!llvm.ptr)

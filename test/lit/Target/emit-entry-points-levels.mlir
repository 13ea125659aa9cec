// RUN: tenon-opt %s --tenon-emit-entry-points="levels=new:3,old:1 baseline-cpu=base baseline-features=+f" | FileCheck %s
// RUN: not tenon-opt %s --tenon-emit-entry-points="levels=new:x,old:1" 2>&1 | FileCheck %s --check-prefix=ERROR
// ERROR: error: expected `levels` to be names with features, as x86-64-v3:0x7fff, but got 'new:x'

// Several levels: the entry point looks for the first that this CPU runs, and where there is none says what the last lacks.
module @m attributes {dlti.dl_spec = #dlti.dl_spec<index = 64 : i64>} {
  llvm.func @f.body.new(%frame: !llvm.ptr, %k: !llvm.ptr, %ka: !llvm.ptr, %ko: i64, %k0: i64, %ks0: i64) attributes {target_cpu = "new",
      tenon.signature = {name = "f", dims = [], inputs = [], variables = [], outputs = [], workspace = 0 : i64}} {
    llvm.return
  }
  llvm.func @f.body.old(%frame: !llvm.ptr, %k: !llvm.ptr, %ka: !llvm.ptr, %ko: i64, %k0: i64, %ks0: i64) attributes {target_cpu = "old",
      tenon.signature = {name = "f", dims = [], inputs = [], variables = [], outputs = [], workspace = 0 : i64}} {
    llvm.return
  }
}
// CHECK:      llvm.mlir.global private constant @tenon.levels
// CHECK:      llvm.func internal @f.call.new({{.*}} target_cpu = "new"
// CHECK:      llvm.call @f.body.new(
// CHECK:      llvm.func internal @f.call.old({{.*}} target_cpu = "old"
// CHECK:      llvm.call @f.body.old(
// CHECK:      llvm.func @m_f({{.*}}passthrough = {{\[\[}}"target-cpu", "base"], ["target-features", "+f"]]
// CHECK:      %[[TABLE:.+]] = llvm.mlir.addressof @tenon.levels
// CHECK:      %[[LEVEL:.+]] = llvm.call @tenon_runtime_cpu_level(%[[TABLE]], %[[COUNT:.+]]) : (!llvm.ptr, i32) -> i32
// CHECK:      llvm.icmp "eq" %[[LEVEL]], %[[COUNT]]
// CHECK:      llvm.switch %[[LEVEL]] : i32, ^[[OLD:.+]] [
// CHECK-NEXT: 0: ^[[NEW:.+]]
// CHECK:      ^[[NEW]]:
// CHECK-NEXT: llvm.call tail @f.call.new(
// CHECK:      ^[[OLD]]:
// CHECK-NEXT: llvm.call tail @f.call.old(
// The description's own entry points choose likewise.
// CHECK:      llvm.func internal @f.packed
// CHECK:      llvm.call @tenon_runtime_cpu_level(
// CHECK:      llvm.call tail @f.call.new(

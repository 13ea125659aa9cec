// RUN: tenon-opt %s --split-input-file --tenon-emit-entry-points="levels=x86-64:0" | FileCheck %s
// RUN: tenon-opt %s --split-input-file --tenon-emit-entry-points="packed-only" | FileCheck %s --check-prefix=PACKED
// RUN: tenon-opt %s --split-input-file --tenon-emit-entry-points="levels=x86-64-v3:32767 baseline-cpu=x86-64" | FileCheck %s --check-prefix=LEVEL

// An open dimension is a parameter, every argument is checked in order, and the body's status is returned.
module @digits attributes {llvm.target_triple = "x86_64-unknown-linux-gnu", dlti.dl_spec = #dlti.dl_spec<index = 64 : i64>} {
  llvm.func @predict.body(%frame: !llvm.ptr,
      %x: !llvm.ptr, %xa: !llvm.ptr, %xo: i64, %x0: i64, %x1: i64, %xs0: i64, %xs1: i64,
      %y: !llvm.ptr, %ya: !llvm.ptr, %yo: i64, %y0: i64, %ys0: i64,
      %w: !llvm.ptr, %wa: !llvm.ptr, %wo: i64, %w0: i64, %ws0: i64) attributes {tenon.signature = {
        name = "predict", dims = ["batch"], inputs = [{name = "x", dtype = "f32", dims = ["batch", 4]}], variables = [],
        outputs = [{name = "y", dtype = "f32", dims = ["batch"]}], workspace = 128 : i64}} {
    %v = llvm.load %xa : !llvm.ptr -> f32
    llvm.store %v, %ya : f32, !llvm.ptr
    llvm.return
  }
}
// CHECK-LABEL: llvm.func internal @predict.body
// CHECK:       llvm.func @digits_predict(%[[CTX:.+]]: !llvm.ptr, %[[BATCH:.+]]: i64, %[[X:.+]]: !llvm.ptr {llvm.noalias, llvm.readonly}, %[[Y:.+]]: !llvm.ptr {llvm.noalias}, %[[W:.+]]: !llvm.ptr {llvm.noalias}, %[[BYTES:.+]]: i64) -> i32
// The bound of 2^47 bytes over 16 bytes a row.
// CHECK:       %[[MAX:.+]] = llvm.mlir.constant(8796093022208 : i64)
// CHECK:       llvm.icmp "ugt" %[[BATCH]], %[[MAX]]
// CHECK:       llvm.icmp "eq" %[[X]],
// CHECK:       llvm.icmp "eq" %[[Y]],
// CHECK:       llvm.icmp "ult" %[[BYTES]],
// CHECK:       llvm.call @predict.body
// CHECK:       llvm.call @tenon_runtime_bad_dimension
// CHECK:       llvm.call @tenon_runtime_null_pointer
// CHECK:       llvm.call @tenon_runtime_misaligned
// CHECK:       llvm.call @tenon_runtime_workspace_too_small
// CHECK:       llvm.func internal @predict.packed
// CHECK:       llvm.func @digits_describe() -> !llvm.ptr
// PACKED-NOT:  tenon_runtime
// PACKED:      llvm.func internal @predict.call
// PACKED:      llvm.func @predict(%{{.+}}: !llvm.ptr, %[[BUFFERS:.+]]: !llvm.ptr, %[[DIMS:.+]]: !llvm.ptr, %{{.+}}: !llvm.ptr, %{{.+}}: i64) -> i32
// PACKED:      llvm.load %[[DIMS]]
// PACKED:      llvm.load %[[BUFFERS]]
// PACKED:      llvm.call tail @predict.call
// PACKED-NOT:  _describe
// The entry point is compiled for every CPU; what it calls once the CPU is known to do is not.
// LEVEL:       llvm.func internal @predict.call(
// LEVEL-NOT:   target-cpu
// LEVEL:       llvm.func @digits_predict({{.*}}"target-cpu", "x86-64"
// LEVEL:       llvm.call @tenon_runtime_cpu_supported
// LEVEL:       llvm.call tail @predict.call

// -----

// Variables are one struct of arrays in C; the function gets the address of each.
module @train attributes {dlti.dl_spec = #dlti.dl_spec<index = 64 : i64>} {
  tenon.variable @step : tensor<i8> = dense<3> : tensor<i8>
  tenon.variable @w : tensor<3xf32> = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  tenon.variable @m : tensor<3xf32> = dense<0.0> : tensor<3xf32>
  llvm.func @go.body(%frame: !llvm.ptr, %w: !llvm.ptr, %wa: !llvm.ptr, %wo: i64, %w0: i64, %ws0: i64,
      %m: !llvm.ptr, %ma: !llvm.ptr, %mo: i64, %m0: i64, %ms0: i64,
      %k: !llvm.ptr, %ka: !llvm.ptr, %ko: i64, %k0: i64, %ks0: i64) attributes {tenon.signature = {name = "go", dims = [],
        inputs = [], variables = [{name = "w", dtype = "f32", dims = [3], assigned}, {name = "m", dtype = "f32", dims = [3]}],
        outputs = [], workspace = 0 : i64}} {
    llvm.return
  }
}
// CHECK-LABEL: module @train
// CHECK:       llvm.func internal @go.call(%{{.+}}: !llvm.ptr, %{{.+}}: !llvm.ptr {llvm.noalias}, %{{.+}}: !llvm.ptr {llvm.noalias, llvm.readonly},
// CHECK:       llvm.func @train_go(%{{.+}}: !llvm.ptr, %[[STATE:.+]]: !llvm.ptr, %{{.+}}: !llvm.ptr, %{{.+}}: i64) -> i32
// CHECK:       %[[FOUR:.+]] = llvm.mlir.constant(4 : i64)
// CHECK:       llvm.getelementptr inbounds %[[STATE]][%[[FOUR]]]
// CHECK:       %[[SIXTEEN:.+]] = llvm.mlir.constant(16 : i64)
// CHECK:       llvm.getelementptr inbounds %[[STATE]][%[[SIXTEEN]]]
// CHECK:       llvm.func @train_state_init(
// CHECK:       llvm.call @tenon_runtime_state_init(
// CHECK-NOT:   tenon.variable

// -----

// Sizes that the pipeline computes: a 32-bit target narrows the dims, and an output's size is told to the caller.
module @m attributes {dlti.dl_spec = #dlti.dl_spec<index = 32 : i64>} {
  llvm.func @f.shapes(%n: i32) -> i32 { llvm.return %n : i32 }
  llvm.func @f.workspace(%n: i32) -> i32 { llvm.return %n : i32 }
  llvm.func @f.body(%frame: !llvm.ptr, %x: !llvm.ptr, %xa: !llvm.ptr, %xo: i32, %x0: i32, %xs0: i32,
      %y: !llvm.ptr, %ya: !llvm.ptr, %yo: i32, %y0: i32, %ys0: i32,
      %k: !llvm.ptr, %ka: !llvm.ptr, %ko: i32, %k0: i32, %ks0: i32) attributes {tenon.signature = {name = "f", dims = ["n"],
        inputs = [{name = "x", dtype = "f32", dims = ["n"]}], variables = [],
        outputs = [{name = "y", dtype = "f32", dims = [[0]]}], workspace}} {
    llvm.return
  }
}
// CHECK-LABEL: module @m
// CHECK:       llvm.func @m_f(%{{.+}}: !llvm.ptr, %[[N:.+]]: i64,
// CHECK:       llvm.trunc %[[N]] : i64 to i32
// CHECK:       llvm.call @f.workspace
// CHECK:       llvm.call @f.shapes
// CHECK:       llvm.func @m_f_workspace_bytes(%{{.+}}: i64) -> i32
// CHECK:       llvm.func @m_f_output_dims(%{{.+}}: i64, %{{.+}}: !llvm.ptr)
// PACKED-LABEL: module @m
// PACKED:      llvm.func @f(
// PACKED:      llvm.func @f_workspace(%{{.+}}: !llvm.ptr) -> i32
// PACKED:      llvm.func @f_shapes(%{{.+}}: !llvm.ptr, %{{.+}}: !llvm.ptr)

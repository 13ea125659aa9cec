// RUN: tenon-opt %s --tenon-outline-parallel --split-input-file | FileCheck %s

// A nest becomes a task, which is handed what it uses from outside; constants are made again, and so is scratch.
// CHECK-LABEL: func.func @f(
// CHECK-SAME: %[[FRAME:.+]]: !llvm.ptr, %[[X:.+]]: memref<8x4xf32>, %[[OPEN:.+]]: memref<?x4xf32>, %[[N:.+]]: index
// CHECK-DAG: %[[WORK:.+]] = arith.constant 50000 : i64
// CHECK-DAG: %[[EXTENTS:.+]] = llvm.alloca %{{.+}} x !llvm.array<2 x i64>
// CHECK-DAG: %[[CLOSURE:.+]] = llvm.alloca %{{.+}} x !llvm.struct<(ptr, struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>)>
// CHECK: llvm.store %{{.+}}, %{{.+}} : !llvm.ptr, !llvm.ptr
// CHECK: llvm.store %{{.+}}, %{{.+}} : !llvm.struct<(ptr, ptr, i64, array<2 x i64>, array<2 x i64>)>, !llvm.ptr
// CHECK: %[[RANK:.+]] = llvm.mlir.constant(2 : i32)
// CHECK: %[[TASK:.+]] = constant @f.task : (!llvm.ptr, !llvm.ptr) -> ()
// CHECK: %[[ADDRESS:.+]] = builtin.unrealized_conversion_cast %[[TASK]]
// CHECK: llvm.call @tenon_runtime_parallel(%[[FRAME]], %[[WORK]], %[[RANK]], %[[EXTENTS]], %[[ADDRESS]], %[[CLOSURE]])
// CHECK-NOT: tenon_parallel
// CHECK: func.func private @f.task(%[[ARGUMENT:.+]]: !llvm.ptr, %[[BOX:.+]]: !llvm.ptr) attributes {passthrough = ["nounwind"]}
// CHECK-DAG: %[[ZERO:.+]] = arith.constant 0.000000e+00 : f32
// CHECK-DAG: %[[SCRATCH:.+]] = memref.alloca() : memref<64xf32>
// CHECK: llvm.load
// CHECK: scf.for %[[I:.+]] = %[[LOWER:.+]] to %[[UPPER:.+]] step
// CHECK: memref.store %[[ZERO]], %[[SCRATCH]]
// CHECK: return
func.func @f(%frame: !llvm.ptr, %x: memref<8x4xf32>, %open: memref<?x4xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f32
  %work = arith.constant 50000 : i64
  %scratch = memref.alloca() : memref<64xf32>
  tenon_parallel.boxes (%n, %c4) work %work frame %frame : !llvm.ptr {
  ^bb0(%row: index, %rowEnd: index, %column: index, %columnEnd: index):
    scf.for %i = %row to %rowEnd step %c1 {
      memref.store %zero, %scratch[%c0] : memref<64xf32>
      scf.for %j = %column to %columnEnd step %c1 {
        %0 = memref.load %x[%i, %j] : memref<8x4xf32>
        %1 = memref.load %scratch[%c0] : memref<64xf32>
        %2 = arith.addf %0, %1 : f32
        memref.store %2, %open[%i, %j] : memref<?x4xf32>
      }
    }
  }
  return
}

// -----

// A place in the workspace is handed on as the workspace: its view is made again, so that the offset is a constant.
// CHECK-LABEL: func.func @views(
// CHECK: llvm.alloca %{{.+}} x !llvm.struct<(struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>)>
// CHECK: func.func private @views.task(
// CHECK: %[[OFFSET:.+]] = arith.constant 128 : index
// CHECK: memref.view %{{.+}}[%[[OFFSET]]][] : memref<?xi8> to memref<8xf32>
func.func @views(%frame: !llvm.ptr, %workspace: memref<?xi8>) {
  %c8 = arith.constant 8 : index
  %c128 = arith.constant 128 : index
  %one = arith.constant 1.0 : f32
  %work = arith.constant 50000 : i64
  %x = memref.view %workspace[%c128][] : memref<?xi8> to memref<8xf32>
  tenon_parallel.boxes (%c8) work %work frame %frame : !llvm.ptr {
  ^bb0(%first: index, %end: index):
    memref.store %one, %x[%first] : memref<8xf32>
  }
  return
}

// -----

// Tasks of one function have names of their own.
// CHECK-LABEL: func.func @two(
// CHECK: constant @[[FIRST:two.task.*]] : (!llvm.ptr, !llvm.ptr) -> ()
// CHECK: constant @[[SECOND:two.task.+]] : (!llvm.ptr, !llvm.ptr) -> ()
// CHECK-DAG: func.func private @[[FIRST]](
// CHECK-DAG: func.func private @[[SECOND]](
func.func @two(%frame: !llvm.ptr, %n: index, %work: i64, %x: memref<?xindex>) {
  tenon_parallel.boxes (%n) work %work frame %frame : !llvm.ptr {
  ^bb0(%first: index, %end: index):
    memref.store %end, %x[%first] : memref<?xindex>
  }
  tenon_parallel.boxes (%n) work %work frame %frame : !llvm.ptr {
  ^bb0(%first: index, %end: index):
    memref.store %first, %x[%first] : memref<?xindex>
  }
  return
}

// -----

// CHECK-LABEL: func.func @negative_nothing_parallel(
// CHECK-NEXT: return
func.func @negative_nothing_parallel(%frame: !llvm.ptr) {
  return
}

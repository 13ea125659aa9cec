// RUN: tenon-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func @round_trip
// CHECK: tenon_parallel.boxes(%{{.+}}, %{{.+}}) work %{{.+}} frame %{{.+}} : !llvm.ptr {
// CHECK-NEXT: ^bb0(%{{.+}}: index, %{{.+}}: index, %{{.+}}: index, %{{.+}}: index):
func.func @round_trip(%frame: !llvm.ptr, %n: index, %m: index, %work: i64, %x: memref<?x?xf32>) {
  %zero = arith.constant 0.0 : f32
  tenon_parallel.boxes (%n, %m) work %work frame %frame : !llvm.ptr {
  ^bb0(%row: index, %rowEnd: index, %column: index, %columnEnd: index):
    memref.store %zero, %x[%row, %column] : memref<?x?xf32>
  }
  return
}

// -----

// (C1)
func.func @arguments(%frame: !llvm.ptr, %n: index, %work: i64) {
  // expected-error@below {{'tenon_parallel.boxes' op expected 2 arguments of type index in its region, two for each extent}}
  tenon_parallel.boxes (%n) work %work frame %frame : !llvm.ptr {
  ^bb0(%first: index):
  }
  return
}

// -----

// (C2)
func.func @rank(%frame: !llvm.ptr, %work: i64) {
  // expected-error@below {{'tenon_parallel.boxes' op expected 1 to 8 extents, but got 0}}
  tenon_parallel.boxes () work %work frame %frame : !llvm.ptr {
  ^bb0:
  }
  return
}

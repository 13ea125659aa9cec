// RUN: tenon-opt %s --split-input-file --tenon-convert-module-to-llvm | FileCheck %s

// The data layout decides how wide an index is, in descriptors too.
module attributes {dlti.dl_spec = #dlti.dl_spec<index = 32 : i64>} {
  func.func @narrow(%m: memref<?xf32>, %i: index) -> index {
    %v = vector.load %m[%i] : memref<?xf32>, vector<4xf32>
    vector.store %v, %m[%i] : memref<?xf32>, vector<4xf32>
    return %i : index
  }
}
// CHECK: llvm.func @narrow(%{{.+}}: !llvm.ptr, %{{.+}}: !llvm.ptr, %{{.+}}: i32, %{{.+}}: i32, %{{.+}}: i32, %{{.+}}: i32) -> i32
// CHECK-NOT: struct<(ptr, ptr, i64
// CHECK: llvm.return

// -----

// A mask compares 32-bit lane numbers.
func.func @masked(%m: memref<?xf32>, %n: index) -> vector<16xf32> {
  %c0 = arith.constant 0 : index
  %mask = vector.create_mask %n : vector<16xi1>
  %zero = arith.constant dense<0.0> : vector<16xf32>
  %v = vector.maskedload %m[%c0], %mask, %zero : memref<?xf32>, vector<16xi1>, vector<16xf32> into vector<16xf32>
  return %v : vector<16xf32>
}
// CHECK-LABEL: llvm.func @masked
// CHECK: llvm.icmp "sgt" %{{.+}}, %{{.+}} : vector<16xi32>
// CHECK: llvm.intr.masked.load

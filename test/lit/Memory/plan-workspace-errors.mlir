// RUN: tenon-opt %s --tenon-plan-workspace --verify-diagnostics

func.func private @f.body(%frame: !llvm.ptr, %n: memref<i64>, %out: memref<4xf32>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [], dtype = "i64", name = "n"}], name = "f",
     outputs = [{dims = [4], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c = arith.constant 0.0 : f32
  %0 = memref.load %n[] : memref<i64>
  // expected-note @below {{it depends on this value}}
  %1 = arith.index_cast %0 : i64 to index
  // expected-error @below {{the size of a temporary of 'f' is not known when the function is entered: 'memref<?xf32>'; bound it by an input's, as in min(size, x.dim(0))}}
  %a = memref.alloc(%1) : memref<?xf32>
  linalg.fill ins(%c : f32) outs(%a : memref<?xf32>)
  return
}

// RUN: tenon-opt %s --tenon-outline-parallel --verify-diagnostics

// What has no form in memory cannot be handed to a task.
func.func @f(%frame: !llvm.ptr, %n: index, %work: i64, %x: tensor<4xf32>, %y: memref<?xf32>) {
  // expected-error@below {{'tenon_parallel.boxes' op expected values that can be stored from outside, but got 'tensor<4xf32>'}}
  tenon_parallel.boxes (%n) work %work frame %frame : !llvm.ptr {
  ^bb0(%first: index, %end: index):
    %0 = tensor.extract %x[%first] : tensor<4xf32>
    memref.store %0, %y[%first] : memref<?xf32>
  }
  return
}

// Each phase can be entered and left, with the locations, which kernels are named after; all together are the pipeline.
// RUN: tenon-opt %s --tenon-optimize --mlir-print-debuginfo -o %t.1 && tenon-opt %t.1 --tenon-lower-to-linalg --mlir-print-debuginfo -o %t.2
// RUN: tenon-opt %t.2 --tenon-lower-to-buffers --mlir-print-debuginfo -o %t.3 && tenon-opt %t.3 --tenon-lower-to-vectors --mlir-print-debuginfo -o %t.4
// RUN: tenon-opt %t.4 --tenon-lower-to-llvm -o %t.5
// RUN: tenon-opt %s --tenon-compile -o %t.all && diff %t.5 %t.all
// RUN: FileCheck %s --check-prefix=BUFFERS < %t.3
// RUN: FileCheck %s --check-prefix=VECTORS < %t.4
// RUN: FileCheck %s --check-prefix=LLVM < %t.5
// RUN: tenon-opt %s --tenon-compile=reference | FileCheck %s --check-prefix=LLVM

// Two temporaries, and the result where the caller wants it.
// BUFFERS-LABEL: func.func private @predict.body(
// BUFFERS-COUNT-2: memref.alloc
// BUFFERS-NOT: memref.alloc
// BUFFERS-NOT: linalg.copy
// BUFFERS: linalg.softmax {{.*}} outs(%arg6 :

// VECTORS-LABEL: func.func private @predict.workspace(
// VECTORS-LABEL: func.func private @predict.body(
// VECTORS-NOT: linalg.
// VECTORS-NOT: memref.alloc
// VECTORS: math.fma {{.*}} : vector<

// LLVM: llvm.func @predict.body(
// LLVM-NOT: unrealized_conversion_cast
// LLVM-NOT: @expf
module @digits {
  func.func @predict(%x: tensor<?x64xf32> {tenon.name = "x", tenon.dims = ["batch", ""]}, %w0: tensor<64x128xf32> {tenon.name = "w0"},
                     %b0: tensor<128xf32> {tenon.name = "b0"}, %w1: tensor<128x10xf32> {tenon.name = "w1"},
                     %b1: tensor<10xf32> {tenon.name = "b1"}) -> (tensor<?x10xf32> {tenon.name = "p", tenon.dims = ["batch", ""]}) {
    %0 = tenon.matmul %x, %w0 : tensor<?x64xf32>, tensor<64x128xf32>
    %1 = tenon.add %0, %b0 : tensor<?x128xf32>, tensor<128xf32>
    %zero = tenon.constant dense<0.0> : tensor<f32>
    %2 = tenon.max %1, %zero : tensor<?x128xf32>, tensor<f32>
    %3 = tenon.matmul %2, %w1 : tensor<?x128xf32>, tensor<128x10xf32>
    %4 = tenon.add %3, %b1 : tensor<?x10xf32>, tensor<10xf32>
    %5 = tenon.softmax %4 {axis = 1 : i64} : tensor<?x10xf32>
    return %5 : tensor<?x10xf32>
  }
}

// What the emitters offer to several threads, in functions that have a call's frame.
// RUN: tenon-opt %s --tenon-emit-contractions=target=x86-64-v4 --tenon-emit-sweeps=target=x86-64-v4 | FileCheck %s

// A large product is cut into tiles, columns outside of rows.
// CHECK-LABEL: func @matmul
// CHECK: %[[WORK:.+]] = arith.constant {{[0-9]+}} : i64
// CHECK: tenon_parallel.boxes(%{{.+}}, %{{.+}}) work %[[WORK]]
func.func @matmul(%frame: !llvm.ptr, %a: memref<512x500xf32>, %b: memref<500x500xf32>, %c: memref<512x500xf32>) {
  linalg.matmul ins(%a, %b : memref<512x500xf32>, memref<500x500xf32>) outs(%c : memref<512x500xf32>)
  return
}

// What small panels are packed into is the box's own.
// CHECK-LABEL: func @small_panels
// CHECK: tenon_parallel.boxes
// CHECK: memref.alloca() {alignment = 64 : i64}
func.func @small_panels(%frame: !llvm.ptr, %a: memref<512x64xf32>, %b: memref<64x1024xf32>, %c: memref<512x1024xf32>) {
  linalg.matmul ins(%a, %b : memref<512x64xf32>, memref<64x1024xf32>) outs(%c : memref<512x1024xf32>)
  return
}

// Large ones lie in the workspace: packed first, then their rows are cut.
// CHECK-LABEL: func @large_panels
// CHECK: memref.alloc()
// CHECK: vector.store
// CHECK: tenon_parallel.boxes(%{{[a-z0-9_]+}}) work
// CHECK-NOT: memref.alloca
// CHECK: return
func.func @large_panels(%frame: !llvm.ptr, %a: memref<512x1024xf32>, %b: memref<1024x1024xf32>, %c: memref<512x1024xf32>) {
  linalg.matmul ins(%a, %b : memref<512x1024xf32>, memref<1024x1024xf32>) outs(%c : memref<512x1024xf32>)
  return
}

// A small one is not worth a thread.
// CHECK-LABEL: func @negative_small
// CHECK-NOT: tenon_parallel
// CHECK: return
func.func @negative_small(%frame: !llvm.ptr, %a: memref<16x16xf32>, %b: memref<16x16xf32>, %c: memref<16x16xf32>) {
  linalg.matmul ins(%a, %b : memref<16x16xf32>, memref<16x16xf32>) outs(%c : memref<16x16xf32>)
  return
}

// How much an open one is only the call knows.
// CHECK-LABEL: func @open
// CHECK: arith.muli {{.*}} : i64
// CHECK: %[[WORK:.+]] = arith.select {{.*}} : i64
// CHECK: tenon_parallel.boxes({{.*}}) work %[[WORK]]
func.func @open(%frame: !llvm.ptr, %a: memref<?x64xf32>, %b: memref<64x256xf32>, %c: memref<?x256xf32>) {
  linalg.matmul ins(%a, %b : memref<?x64xf32>, memref<64x256xf32>) outs(%c : memref<?x256xf32>)
  return
}

// Nobody lends threads to a function without a frame.
// CHECK-LABEL: func @negative_no_frame
// CHECK-NOT: tenon_parallel
// CHECK: return
func.func @negative_no_frame(%a: memref<512x512xf32>, %b: memref<512x512xf32>, %c: memref<512x512xf32>) {
  linalg.matmul ins(%a, %b : memref<512x512xf32>, memref<512x512xf32>) outs(%c : memref<512x512xf32>)
  return
}

// What is small enough for a cache takes longer to hand over than to add up...
// CHECK-LABEL: func @negative_in_cache
// CHECK-NOT: tenon_parallel
// CHECK: return
func.func @negative_in_cache(%frame: !llvm.ptr, %x: memref<100000xf32>, %y: memref<100000xf32>) {
  linalg.add ins(%x, %y : memref<100000xf32>, memref<100000xf32>) outs(%y : memref<100000xf32>)
  return
}

// ... but two cores get more out of memory than one.
// CHECK-LABEL: func @in_memory
// CHECK: tenon_parallel.boxes
func.func @in_memory(%frame: !llvm.ptr, %x: memref<10000000xf32>, %y: memref<10000000xf32>) {
  linalg.add ins(%x, %y : memref<10000000xf32>, memref<10000000xf32>) outs(%y : memref<10000000xf32>)
  return
}

// A sum of everything has one order.
// CHECK-LABEL: func @negative_sum
// CHECK-NOT: tenon_parallel
// CHECK: return
func.func @negative_sum(%frame: !llvm.ptr, %x: memref<10000000xf32>, %y: memref<f32>) {
  linalg.reduce { arith.addf } ins(%x : memref<10000000xf32>) outs(%y : memref<f32>) dimensions = [0]
  return
}

// One of each row is cut along rows.
// CHECK-LABEL: func @sums
// CHECK: tenon_parallel.boxes(%{{[a-z0-9_]+}}) work
func.func @sums(%frame: !llvm.ptr, %x: memref<1000x100000xf32>, %y: memref<1000xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<1000x100000xf32>) outs(%y : memref<1000xf32>) dimensions = [1]
  return
}

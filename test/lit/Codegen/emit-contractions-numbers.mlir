// Emitted kernels agree bit for bit with scalar chains that this file writes out itself, at shapes with and without tails.
// RUN: tenon-opt %s --tenon-emit-contractions --tenon-emit-sweeps --tenon-lower-to-llvm \
// RUN:   | mlir-runner -O2 -e main -entry-point-result=i32 | FileCheck %s
// RUN: tenon-opt %s --tenon-emit-contractions=target=aarch64 --tenon-emit-sweeps --tenon-lower-to-llvm \
// RUN:   | mlir-runner -O2 -e main -entry-point-result=i32 | FileCheck %s
// RUN: tenon-opt %s --tenon-emit-contractions=target=riscv64 --tenon-emit-sweeps --tenon-lower-to-llvm \
// RUN:   | mlir-runner -O2 -e main -entry-point-result=i32 | FileCheck %s
// RUN: tenon-opt %s --tenon-reference-contractions --convert-linalg-to-loops --tenon-lower-to-llvm \
// RUN:   | mlir-runner -O2 -e main -entry-point-result=i32 | FileCheck %s

// The number of elements that differ, in all.
// CHECK: {{^}}0{{$}}

#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (k, n)>
#rhs_transposed = affine_map<(m, n, k) -> (n, k)>
#lhs_transposed = affine_map<(m, n, k) -> (k, m)>
#out = affine_map<(m, n, k) -> (m, n)>

// Numbers whose products and sums are inexact, so that another order or another rounding shows.
func.func private @pattern(%m: memref<?x?xf32>, %seed: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c37 = arith.constant 37 : index
  %c61 = arith.constant 61 : index
  %center = arith.constant 30.0 : f32
  %scale = arith.constant 0.37 : f32
  %rows = memref.dim %m, %c0 : memref<?x?xf32>
  %columns = memref.dim %m, %c1 : memref<?x?xf32>
  scf.for %i = %c0 to %rows step %c1 {
    scf.for %j = %c0 to %columns step %c1 {
      %0 = arith.muli %i, %c37 : index
      %1 = arith.addi %0, %j : index
      %2 = arith.muli %1, %1 : index
      %3 = arith.addi %2, %seed : index
      %4 = arith.remui %3, %c61 : index
      %5 = arith.index_cast %4 : index to i32
      %6 = arith.sitofp %5 : i32 to f32
      %7 = arith.subf %6, %center : f32
      %8 = arith.mulf %7, %scale : f32
      memref.store %8, %m[%i, %j] : memref<?x?xf32>
    }
  }
  return
}

// How many elements of `got` are not the chain over k of lhs[m, k] * rhs[k, n] that begins with `begin`.
func.func private @differences(%lhs: memref<?x?xf32>, %rhs: memref<?x?xf32>, %begin: memref<?x?xf32>,
                               %got: memref<?x?xf32>) -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %none = arith.constant 0 : i32
  %rows = memref.dim %got, %c0 : memref<?x?xf32>
  %columns = memref.dim %got, %c1 : memref<?x?xf32>
  %depth = memref.dim %rhs, %c0 : memref<?x?xf32>
  %count = scf.for %i = %c0 to %rows step %c1 iter_args(%outer = %none) -> i32 {
    %row = scf.for %j = %c0 to %columns step %c1 iter_args(%inner = %outer) -> i32 {
      %start = memref.load %begin[%i, %j] : memref<?x?xf32>
      %chain = scf.for %k = %c0 to %depth step %c1 iter_args(%sum = %start) -> f32 {
        %x = memref.load %lhs[%i, %k] : memref<?x?xf32>
        %y = memref.load %rhs[%k, %j] : memref<?x?xf32>
        %next = math.fma %x, %y, %sum : f32
        scf.yield %next : f32
      }
      %found = memref.load %got[%i, %j] : memref<?x?xf32>
      %want_bits = arith.bitcast %chain : f32 to i32
      %got_bits = arith.bitcast %found : f32 to i32
      %differs = arith.cmpi ne, %want_bits, %got_bits : i32
      %one = arith.extui %differs : i1 to i32
      %sum = arith.addi %inner, %one : i32
      scf.yield %sum : i32
    }
    scf.yield %row : i32
  }
  return %count : i32
}

func.func private @transpose(%from: memref<?x?xf32>) -> memref<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %rows = memref.dim %from, %c0 : memref<?x?xf32>
  %columns = memref.dim %from, %c1 : memref<?x?xf32>
  %to = memref.alloc(%columns, %rows) : memref<?x?xf32>
  scf.for %i = %c0 to %rows step %c1 {
    scf.for %j = %c0 to %columns step %c1 {
      %0 = memref.load %from[%i, %j] : memref<?x?xf32>
      memref.store %0, %to[%j, %i] : memref<?x?xf32>
    }
  }
  return %to : memref<?x?xf32>
}

// Open shapes: from zero, resuming, and with either operand transposed.
func.func private @open(%m: index, %n: index, %k: index) -> i32 {
  %c3 = arith.constant 3 : index
  %c5 = arith.constant 5 : index
  %c7 = arith.constant 7 : index
  %zero = arith.constant 0.0 : f32
  %lhs = memref.alloc(%m, %k) : memref<?x?xf32>
  %rhs = memref.alloc(%k, %n) : memref<?x?xf32>
  %begin = memref.alloc(%m, %n) : memref<?x?xf32>
  %got = memref.alloc(%m, %n) : memref<?x?xf32>
  func.call @pattern(%lhs, %c3) : (memref<?x?xf32>, index) -> ()
  func.call @pattern(%rhs, %c5) : (memref<?x?xf32>, index) -> ()
  func.call @pattern(%begin, %c7) : (memref<?x?xf32>, index) -> ()
  func.call @pattern(%got, %c7) : (memref<?x?xf32>, index) -> ()
  linalg.matmul ins(%lhs, %rhs : memref<?x?xf32>, memref<?x?xf32>) outs(%got : memref<?x?xf32>)
  %resumed = func.call @differences(%lhs, %rhs, %begin, %got)
    : (memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>) -> i32

  %rhs_t = func.call @transpose(%rhs) : (memref<?x?xf32>) -> memref<?x?xf32>
  func.call @pattern(%got, %c7) : (memref<?x?xf32>, index) -> ()
  linalg.matmul indexing_maps = [#lhs, #rhs_transposed, #out]
    ins(%lhs, %rhs_t : memref<?x?xf32>, memref<?x?xf32>) outs(%got : memref<?x?xf32>)
  %right = func.call @differences(%lhs, %rhs, %begin, %got)
    : (memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>) -> i32

  linalg.fill ins(%zero : f32) outs(%begin : memref<?x?xf32>)
  %lhs_t = func.call @transpose(%lhs) : (memref<?x?xf32>) -> memref<?x?xf32>
  linalg.fill ins(%zero : f32) outs(%got : memref<?x?xf32>)
  linalg.matmul indexing_maps = [#lhs_transposed, #rhs, #out]
    ins(%lhs_t, %rhs : memref<?x?xf32>, memref<?x?xf32>) outs(%got : memref<?x?xf32>)
  %left = func.call @differences(%lhs, %rhs, %begin, %got)
    : (memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>) -> i32
  %0 = arith.addi %resumed, %right : i32
  %1 = arith.addi %0, %left : i32
  return %1 : i32
}

// Static: 17 x 33 x 65 has a tail in every dimension, also where squares of the right operand are transposed.
func.func private @static() -> i32 {
  %c3 = arith.constant 3 : index
  %c5 = arith.constant 5 : index
  %zero = arith.constant 0.0 : f32
  %lhs = memref.alloc() : memref<17x65xf32>
  %rhs = memref.alloc() : memref<65x33xf32>
  %begin = memref.alloc() : memref<17x33xf32>
  %got = memref.alloc() : memref<17x33xf32>
  %open_lhs = memref.cast %lhs : memref<17x65xf32> to memref<?x?xf32>
  %open_rhs = memref.cast %rhs : memref<65x33xf32> to memref<?x?xf32>
  %open_begin = memref.cast %begin : memref<17x33xf32> to memref<?x?xf32>
  %open_got = memref.cast %got : memref<17x33xf32> to memref<?x?xf32>
  func.call @pattern(%open_lhs, %c3) : (memref<?x?xf32>, index) -> ()
  func.call @pattern(%open_rhs, %c5) : (memref<?x?xf32>, index) -> ()
  linalg.fill ins(%zero : f32) outs(%begin : memref<17x33xf32>)
  linalg.fill ins(%zero : f32) outs(%got : memref<17x33xf32>)
  linalg.matmul ins(%lhs, %rhs : memref<17x65xf32>, memref<65x33xf32>) outs(%got : memref<17x33xf32>)
  %0 = func.call @differences(%open_lhs, %open_rhs, %open_begin, %open_got)
    : (memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>) -> i32
  %open_turned = func.call @transpose(%open_rhs) : (memref<?x?xf32>) -> memref<?x?xf32>
  %turned = memref.cast %open_turned : memref<?x?xf32> to memref<33x65xf32>
  linalg.fill ins(%zero : f32) outs(%got : memref<17x33xf32>)
  linalg.matmul indexing_maps = [#lhs, #rhs_transposed, #out]
    ins(%lhs, %turned : memref<17x65xf32>, memref<33x65xf32>) outs(%got : memref<17x33xf32>)
  %1 = func.call @differences(%open_lhs, %open_rhs, %open_begin, %open_got)
    : (memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>) -> i32
  %2 = arith.addi %0, %1 : i32
  return %2 : i32
}

// A convolution of stride 2 along one dimension, as a product with the matrix of its windows: [10 windows, 3 taps * 6].
func.func private @convolution() -> i32 {
  %c3 = arith.constant 3 : index
  %c5 = arith.constant 5 : index
  %zero = arith.constant 0.0 : f32
  %signal = memref.alloc() : memref<21x6xf32>
  %taps = memref.alloc() : memref<18x40xf32>
  %begin = memref.alloc() : memref<10x40xf32>
  %got = memref.alloc() : memref<10x40xf32>
  %open_signal = memref.cast %signal : memref<21x6xf32> to memref<?x?xf32>
  %open_taps = memref.cast %taps : memref<18x40xf32> to memref<?x?xf32>
  %open_begin = memref.cast %begin : memref<10x40xf32> to memref<?x?xf32>
  %open_got = memref.cast %got : memref<10x40xf32> to memref<?x?xf32>
  func.call @pattern(%open_signal, %c3) : (memref<?x?xf32>, index) -> ()
  func.call @pattern(%open_taps, %c5) : (memref<?x?xf32>, index) -> ()
  linalg.fill ins(%zero : f32) outs(%begin : memref<10x40xf32>)
  linalg.fill ins(%zero : f32) outs(%got : memref<10x40xf32>)
  %x = memref.expand_shape %signal [[0, 1], [2]] output_shape [1, 21, 6] : memref<21x6xf32> into memref<1x21x6xf32>
  %w = memref.expand_shape %taps [[0, 1], [2]] output_shape [3, 6, 40] : memref<18x40xf32> into memref<3x6x40xf32>
  %y = memref.expand_shape %got [[0, 1], [2]] output_shape [1, 10, 40] : memref<10x40xf32> into memref<1x10x40xf32>
  linalg.conv_1d_nwc_wcf {dilations = dense<1> : tensor<1xi64>, strides = dense<2> : tensor<1xi64>}
    ins(%x, %w : memref<1x21x6xf32>, memref<3x6x40xf32>) outs(%y : memref<1x10x40xf32>)
  // Windows overlap in memory: row i begins at 12 i.
  %windows = memref.reinterpret_cast %signal to offset: [0], sizes: [10, 18], strides: [12, 1]
    : memref<21x6xf32> to memref<10x18xf32, strided<[12, 1]>>
  %copy = memref.alloc() : memref<10x18xf32>
  linalg.copy ins(%windows : memref<10x18xf32, strided<[12, 1]>>) outs(%copy : memref<10x18xf32>)
  %open_windows = memref.cast %copy : memref<10x18xf32> to memref<?x?xf32>
  %0 = func.call @differences(%open_windows, %open_taps, %open_begin, %open_got)
    : (memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>, memref<?x?xf32>) -> i32
  return %0 : i32
}

func.func @main() -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c5 = arith.constant 5 : index
  %c7 = arith.constant 7 : index
  %c10 = arith.constant 10 : index
  %c17 = arith.constant 17 : index
  %c33 = arith.constant 33 : index
  %c64 = arith.constant 64 : index
  %c65 = arith.constant 65 : index
  %c128 = arith.constant 128 : index
  %c600 = arith.constant 600 : index
  %0 = func.call @open(%c1, %c1, %c1) : (index, index, index) -> i32
  %1 = func.call @open(%c0, %c5, %c3) : (index, index, index) -> i32
  %2 = func.call @open(%c5, %c3, %c0) : (index, index, index) -> i32
  %3 = func.call @open(%c3, %c5, %c7) : (index, index, index) -> i32
  %4 = func.call @open(%c17, %c33, %c65) : (index, index, index) -> i32
  %5 = func.call @open(%c64, %c64, %c64) : (index, index, index) -> i32
  %6 = func.call @open(%c128, %c10, %c64) : (index, index, index) -> i32
  %7 = func.call @open(%c5, %c65, %c600) : (index, index, index) -> i32
  %8 = func.call @static() : () -> i32
  %9 = func.call @convolution() : () -> i32
  %s0 = arith.addi %0, %1 : i32
  %s1 = arith.addi %s0, %2 : i32
  %s2 = arith.addi %s1, %3 : i32
  %s3 = arith.addi %s2, %4 : i32
  %s4 = arith.addi %s3, %5 : i32
  %s5 = arith.addi %s4, %6 : i32
  %s6 = arith.addi %s5, %7 : i32
  %s7 = arith.addi %s6, %8 : i32
  %s8 = arith.addi %s7, %9 : i32
  return %s8 : i32
}

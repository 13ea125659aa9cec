// Numbers: every loop nest gives the bits that a NumPy program, which knows nothing of vectors, computed in the stated order: 64 lanes and
// a tree along innermost dimensions, one after the other along outer ones. Softmax, whose exponential is ours, is compared with the
// scalar reference. Each line is a hash of all bits of one result; inputs are pseudo-random.
//
// DEFINE: %{lower} = --convert-linalg-to-loops --tenon-expand-math --tenon-lower-to-llvm
// DEFINE: %{run} = mlir-runner -O0 --entry-point-result=void --shared-libs=%mlir_libs/libmlir_c_runner_utils.so
// RUN: tenon-opt %s --tenon-reference-reductions %{lower} | %{run} > %t.reference
// RUN: FileCheck %s < %t.reference
// RUN: tenon-opt %s --tenon-emit-sweeps=target=x86-64-v4 %{lower} | %{run} > %t.v4
// RUN: diff %t.reference %t.v4
// RUN: tenon-opt %s --tenon-emit-sweeps=target=x86-64-v3 %{lower} | %{run} > %t.v3
// RUN: diff %t.reference %t.v3
// RUN: tenon-opt %s --tenon-emit-sweeps=target=x86-64-v2 %{lower} | %{run} > %t.v2
// RUN: diff %t.reference %t.v2
// RUN: tenon-opt %s --tenon-emit-sweeps=target=wasm32 %{lower} | %{run} > %t.scalar
// RUN: diff %t.reference %t.scalar

// CHECK: -1664834227
// CHECK: -1587637700
// CHECK: 2044012011
// CHECK: 766060973
// CHECK: -1877470410
// CHECK: 914241977
// CHECK: -1422510460
// CHECK: -96447386
// CHECK: 630504369
// CHECK: 1967973822
// CHECK: -1126710108
// CHECK: -1657733055
// CHECK: -346733654
// CHECK: -1282585589
// CHECK-NEXT: {{-?[0-9]+}}
// CHECK-NEXT: {{-?[0-9]+}}
// CHECK-NEXT: {{-?[0-9]+}}
// CHECK-NEXT: {{-?[0-9]+}}

func.func private @printI64(i64)
func.func private @printNewline()

// v[i] = a 16-bit hash of i + seed, about in [-11, 11), none of whose sums are exact.
func.func @pseudo_random(%v: memref<?xf32>, %seed: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = arith.constant -1640531535 : i32
  %b = arith.constant -2048144777 : i32
  %c8 = arith.constant 8 : i32
  %c15 = arith.constant 15 : i32
  %mask = arith.constant 65535 : i32
  %half = arith.constant 32768 : i32
  %scale = arith.constant 3001.0 : f32
  %n = memref.dim %v, %c0 : memref<?xf32>
  scf.for %i = %c0 to %n step %c1 {
    %k = arith.index_cast %i : index to i32
    %k0 = arith.addi %k, %seed : i32
    %k1 = arith.muli %k0, %a : i32
    %k2 = arith.shrui %k1, %c15 : i32
    %k3 = arith.xori %k1, %k2 : i32
    %k4 = arith.muli %k3, %b : i32
    %k5 = arith.shrui %k4, %c8 : i32
    %k6 = arith.andi %k5, %mask : i32
    %k7 = arith.subi %k6, %half : i32
    %f = arith.sitofp %k7 : i32 to f32
    %r = arith.divf %f, %scale : f32
    memref.store %r, %v[%i] : memref<?xf32>
  }
  return
}

// Every element the float with these bits: the start of a reduction.
func.func @fill(%v: memref<?xf32>, %bits: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %v, %c0 : memref<?xf32>
  %f = arith.bitcast %bits : i32 to f32
  scf.for %i = %c0 to %n step %c1 {
    memref.store %f, %v[%i] : memref<?xf32>
  }
  return
}

func.func @print_hash(%v: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %c31 = arith.constant 31 : i32
  %n = memref.dim %v, %c0 : memref<?xf32>
  %hash = scf.for %i = %c0 to %n step %c1 iter_args(%h = %zero) -> i32 {
    %f = memref.load %v[%i] : memref<?xf32>
    %bits = arith.bitcast %f : f32 to i32
    %m = arith.muli %h, %c31 : i32
    %s = arith.addi %m, %bits : i32
    scf.yield %s : i32
  }
  %wide = arith.extsi %hash : i32 to i64
  call @printI64(%wide) : (i64) -> ()
  call @printNewline() : () -> ()
  return
}

func.func @sum_rows(%x: memref<5x77xf32>, %y: memref<5xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<5x77xf32>) outs(%y : memref<5xf32>) dimensions = [1]
  return
}

func.func @run_sum_rows() {
  %x_flat = memref.alloc() : memref<385xf32>
  %x_open = memref.cast %x_flat : memref<385xf32> to memref<?xf32>
  %x_seed = arith.constant 0 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [5, 77] : memref<385xf32> into memref<5x77xf32>
  %y_flat = memref.alloc() : memref<5xf32>
  %y_open = memref.cast %y_flat : memref<5xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  call @sum_rows(%x_shaped, %y_flat) : (memref<5x77xf32>, memref<5xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @sum_rows_open(%x: memref<?x?xf32>, %y: memref<?xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<?x?xf32>) outs(%y : memref<?xf32>) dimensions = [1]
  return
}

func.func @run_sum_rows_open() {
  %x_flat = memref.alloc() : memref<1000xf32>
  %x_open = memref.cast %x_flat : memref<1000xf32> to memref<?xf32>
  %x_seed = arith.constant 100 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [5, 200] : memref<1000xf32> into memref<5x200xf32>
  %x = memref.cast %x_shaped : memref<5x200xf32> to memref<?x?xf32>
  %y_flat = memref.alloc() : memref<5xf32>
  %y_open = memref.cast %y_flat : memref<5xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.cast %y_flat : memref<5xf32> to memref<?xf32>
  call @sum_rows_open(%x, %y_shaped) : (memref<?x?xf32>, memref<?xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @sum_short_rows(%x: memref<7x10xf32>, %y: memref<7xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<7x10xf32>) outs(%y : memref<7xf32>) dimensions = [1]
  return
}

func.func @run_sum_short_rows() {
  %x_flat = memref.alloc() : memref<70xf32>
  %x_open = memref.cast %x_flat : memref<70xf32> to memref<?xf32>
  %x_seed = arith.constant 200 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [7, 10] : memref<70xf32> into memref<7x10xf32>
  %y_flat = memref.alloc() : memref<7xf32>
  %y_open = memref.cast %y_flat : memref<7xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  call @sum_short_rows(%x_shaped, %y_flat) : (memref<7x10xf32>, memref<7xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @sum_ends(%x: memref<9x3x70xf32>, %y: memref<3xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<9x3x70xf32>) outs(%y : memref<3xf32>) dimensions = [0, 2]
  return
}

func.func @run_sum_ends() {
  %x_flat = memref.alloc() : memref<1890xf32>
  %x_open = memref.cast %x_flat : memref<1890xf32> to memref<?xf32>
  %x_seed = arith.constant 300 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1, 2]] output_shape [9, 3, 70] : memref<1890xf32> into memref<9x3x70xf32>
  %y_flat = memref.alloc() : memref<3xf32>
  %y_open = memref.cast %y_flat : memref<3xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  call @sum_ends(%x_shaped, %y_flat) : (memref<9x3x70xf32>, memref<3xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @sum_columns(%x: memref<33x21xf32>, %y: memref<21xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<33x21xf32>) outs(%y : memref<21xf32>) dimensions = [0]
  return
}

func.func @run_sum_columns() {
  %x_flat = memref.alloc() : memref<693xf32>
  %x_open = memref.cast %x_flat : memref<693xf32> to memref<?xf32>
  %x_seed = arith.constant 400 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [33, 21] : memref<693xf32> into memref<33x21xf32>
  %y_flat = memref.alloc() : memref<21xf32>
  %y_open = memref.cast %y_flat : memref<21xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  call @sum_columns(%x_shaped, %y_flat) : (memref<33x21xf32>, memref<21xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @sum_middle_open(%x: memref<?x?x?xf32>, %y: memref<?x?xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<?x?x?xf32>) outs(%y : memref<?x?xf32>) dimensions = [1]
  return
}

func.func @run_sum_middle_open() {
  %x_flat = memref.alloc() : memref<627xf32>
  %x_open = memref.cast %x_flat : memref<627xf32> to memref<?xf32>
  %x_seed = arith.constant 500 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1, 2]] output_shape [3, 11, 19] : memref<627xf32> into memref<3x11x19xf32>
  %x = memref.cast %x_shaped : memref<3x11x19xf32> to memref<?x?x?xf32>
  %y_flat = memref.alloc() : memref<57xf32>
  %y_open = memref.cast %y_flat : memref<57xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [3, 19] : memref<57xf32> into memref<3x19xf32>
  %y = memref.cast %y_shaped : memref<3x19xf32> to memref<?x?xf32>
  call @sum_middle_open(%x, %y) : (memref<?x?x?xf32>, memref<?x?xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @max_rows(%x: memref<4x100xf32>, %y: memref<4xf32>) {
  linalg.reduce { arith.maximumf } ins(%x : memref<4x100xf32>) outs(%y : memref<4xf32>) dimensions = [1]
  return
}

func.func @run_max_rows() {
  %x_flat = memref.alloc() : memref<400xf32>
  %x_open = memref.cast %x_flat : memref<400xf32> to memref<?xf32>
  %x_seed = arith.constant 600 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [4, 100] : memref<400xf32> into memref<4x100xf32>
  %y_flat = memref.alloc() : memref<4xf32>
  %y_open = memref.cast %y_flat : memref<4xf32> to memref<?xf32>
  %y_seed = arith.constant -8388608 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  call @max_rows(%x_shaped, %y_flat) : (memref<4x100xf32>, memref<4xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @squares_about(%x: memref<6x90xf32>, %w: memref<6xf32>, %y: memref<6xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>],
          iterator_types = ["parallel", "reduction"]}
    ins(%x, %w : memref<6x90xf32>, memref<6xf32>) outs(%y : memref<6xf32>) {
  ^bb0(%a0: f32, %a1: f32, %o: f32):
    %d = arith.subf %a0, %a1 : f32
    %s = arith.mulf %d, %d : f32
    %r = arith.addf %o, %s : f32
    linalg.yield %r : f32
  }
  return
}

func.func @run_squares_about() {
  %x_flat = memref.alloc() : memref<540xf32>
  %x_open = memref.cast %x_flat : memref<540xf32> to memref<?xf32>
  %x_seed = arith.constant 700 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [6, 90] : memref<540xf32> into memref<6x90xf32>
  %w_flat = memref.alloc() : memref<6xf32>
  %w_open = memref.cast %w_flat : memref<6xf32> to memref<?xf32>
  %w_seed = arith.constant 707 : i32
  call @pseudo_random(%w_open, %w_seed) : (memref<?xf32>, i32) -> ()
  %y_flat = memref.alloc() : memref<6xf32>
  %y_open = memref.cast %y_flat : memref<6xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  call @squares_about(%x_shaped, %w_flat, %y_flat) : (memref<6x90xf32>, memref<6xf32>, memref<6xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @bias_relu(%x: memref<13x37xf32>, %w: memref<37xf32>, %y: memref<13x37xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]}
    ins(%x, %w : memref<13x37xf32>, memref<37xf32>) outs(%y : memref<13x37xf32>) {
  ^bb0(%a0: f32, %a1: f32, %o: f32):
    %s = arith.addf %a0, %a1 : f32
    %z = arith.constant 0.0 : f32
    %c = arith.cmpf ogt, %s, %z : f32
    %r = arith.select %c, %s, %z : f32
    linalg.yield %r : f32
  }
  return
}

func.func @run_bias_relu() {
  %x_flat = memref.alloc() : memref<481xf32>
  %x_open = memref.cast %x_flat : memref<481xf32> to memref<?xf32>
  %x_seed = arith.constant 800 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [13, 37] : memref<481xf32> into memref<13x37xf32>
  %w_flat = memref.alloc() : memref<37xf32>
  %w_open = memref.cast %w_flat : memref<37xf32> to memref<?xf32>
  %w_seed = arith.constant 807 : i32
  call @pseudo_random(%w_open, %w_seed) : (memref<?xf32>, i32) -> ()
  %y_flat = memref.alloc() : memref<481xf32>
  %y_open = memref.cast %y_flat : memref<481xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [13, 37] : memref<481xf32> into memref<13x37xf32>
  call @bias_relu(%x_shaped, %w_flat, %y_shaped) : (memref<13x37xf32>, memref<37xf32>, memref<13x37xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @bias_relu_open(%x: memref<?x?xf32>, %w: memref<?xf32>, %y: memref<?x?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]}
    ins(%x, %w : memref<?x?xf32>, memref<?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%a0: f32, %a1: f32, %o: f32):
    %s = arith.addf %a0, %a1 : f32
    %z = arith.constant 0.0 : f32
    %c = arith.cmpf ogt, %s, %z : f32
    %r = arith.select %c, %s, %z : f32
    linalg.yield %r : f32
  }
  return
}

func.func @run_bias_relu_open() {
  %x_flat = memref.alloc() : memref<481xf32>
  %x_open = memref.cast %x_flat : memref<481xf32> to memref<?xf32>
  %x_seed = arith.constant 900 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [13, 37] : memref<481xf32> into memref<13x37xf32>
  %x = memref.cast %x_shaped : memref<13x37xf32> to memref<?x?xf32>
  %w_flat = memref.alloc() : memref<37xf32>
  %w_open = memref.cast %w_flat : memref<37xf32> to memref<?xf32>
  %w_seed = arith.constant 907 : i32
  call @pseudo_random(%w_open, %w_seed) : (memref<?xf32>, i32) -> ()
  %w_shaped = memref.cast %w_flat : memref<37xf32> to memref<?xf32>
  %y_flat = memref.alloc() : memref<481xf32>
  %y_open = memref.cast %y_flat : memref<481xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [13, 37] : memref<481xf32> into memref<13x37xf32>
  %y = memref.cast %y_shaped : memref<13x37xf32> to memref<?x?xf32>
  call @bias_relu_open(%x, %w_shaped, %y) : (memref<?x?xf32>, memref<?xf32>, memref<?x?xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @add_transposed(%x: memref<37x50xf32>, %w: memref<50x37xf32>, %y: memref<50x37xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]}
    ins(%x, %w : memref<37x50xf32>, memref<50x37xf32>) outs(%y : memref<50x37xf32>) {
  ^bb0(%a0: f32, %a1: f32, %o: f32):
    %r = arith.addf %a0, %a1 : f32
    linalg.yield %r : f32
  }
  return
}

func.func @run_add_transposed() {
  %x_flat = memref.alloc() : memref<1850xf32>
  %x_open = memref.cast %x_flat : memref<1850xf32> to memref<?xf32>
  %x_seed = arith.constant 1000 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [37, 50] : memref<1850xf32> into memref<37x50xf32>
  %w_flat = memref.alloc() : memref<1850xf32>
  %w_open = memref.cast %w_flat : memref<1850xf32> to memref<?xf32>
  %w_seed = arith.constant 1007 : i32
  call @pseudo_random(%w_open, %w_seed) : (memref<?xf32>, i32) -> ()
  %w_shaped = memref.expand_shape %w_flat [[0, 1]] output_shape [50, 37] : memref<1850xf32> into memref<50x37xf32>
  %y_flat = memref.alloc() : memref<1850xf32>
  %y_open = memref.cast %y_flat : memref<1850xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [50, 37] : memref<1850xf32> into memref<50x37xf32>
  call @add_transposed(%x_shaped, %w_shaped, %y_shaped) : (memref<37x50xf32>, memref<50x37xf32>, memref<50x37xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @transpose(%x: memref<70x45xf32>, %y: memref<45x70xf32>) {
  linalg.transpose ins(%x : memref<70x45xf32>) outs(%y : memref<45x70xf32>) permutation = [1, 0]
  return
}

func.func @run_transpose() {
  %x_flat = memref.alloc() : memref<3150xf32>
  %x_open = memref.cast %x_flat : memref<3150xf32> to memref<?xf32>
  %x_seed = arith.constant 1100 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [70, 45] : memref<3150xf32> into memref<70x45xf32>
  %y_flat = memref.alloc() : memref<3150xf32>
  %y_open = memref.cast %y_flat : memref<3150xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [45, 70] : memref<3150xf32> into memref<45x70xf32>
  call @transpose(%x_shaped, %y_shaped) : (memref<70x45xf32>, memref<45x70xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @transpose_open(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  linalg.transpose ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>) permutation = [1, 0]
  return
}

func.func @run_transpose_open() {
  %x_flat = memref.alloc() : memref<3150xf32>
  %x_open = memref.cast %x_flat : memref<3150xf32> to memref<?xf32>
  %x_seed = arith.constant 1200 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [70, 45] : memref<3150xf32> into memref<70x45xf32>
  %x = memref.cast %x_shaped : memref<70x45xf32> to memref<?x?xf32>
  %y_flat = memref.alloc() : memref<3150xf32>
  %y_open = memref.cast %y_flat : memref<3150xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [45, 70] : memref<3150xf32> into memref<45x70xf32>
  %y = memref.cast %y_shaped : memref<45x70xf32> to memref<?x?xf32>
  call @transpose_open(%x, %y) : (memref<?x?xf32>, memref<?x?xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @permute(%x: memref<3x40x35x2xf32>, %y: memref<2x40x3x35xf32>) {
  linalg.transpose ins(%x : memref<3x40x35x2xf32>) outs(%y : memref<2x40x3x35xf32>) permutation = [3, 1, 0, 2]
  return
}

func.func @run_permute() {
  %x_flat = memref.alloc() : memref<8400xf32>
  %x_open = memref.cast %x_flat : memref<8400xf32> to memref<?xf32>
  %x_seed = arith.constant 1300 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1, 2, 3]] output_shape [3, 40, 35, 2] : memref<8400xf32> into memref<3x40x35x2xf32>
  %y_flat = memref.alloc() : memref<8400xf32>
  %y_open = memref.cast %y_flat : memref<8400xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1, 2, 3]] output_shape [2, 40, 3, 35] : memref<8400xf32> into memref<2x40x3x35xf32>
  call @permute(%x_shaped, %y_shaped) : (memref<3x40x35x2xf32>, memref<2x40x3x35xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @softmax_4x10_1(%x: memref<4x10xf32>, %y: memref<4x10xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<4x10xf32>) outs(%y : memref<4x10xf32>)
  return
}

func.func @run_softmax_4x10_1() {
  %x_flat = memref.alloc() : memref<40xf32>
  %x_open = memref.cast %x_flat : memref<40xf32> to memref<?xf32>
  %x_seed = arith.constant 1400 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [4, 10] : memref<40xf32> into memref<4x10xf32>
  %y_flat = memref.alloc() : memref<40xf32>
  %y_open = memref.cast %y_flat : memref<40xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [4, 10] : memref<40xf32> into memref<4x10xf32>
  call @softmax_4x10_1(%x_shaped, %y_shaped) : (memref<4x10xf32>, memref<4x10xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @softmax_3x300_1(%x: memref<3x300xf32>, %y: memref<3x300xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<3x300xf32>) outs(%y : memref<3x300xf32>)
  return
}

func.func @run_softmax_3x300_1() {
  %x_flat = memref.alloc() : memref<900xf32>
  %x_open = memref.cast %x_flat : memref<900xf32> to memref<?xf32>
  %x_seed = arith.constant 1500 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [3, 300] : memref<900xf32> into memref<3x300xf32>
  %y_flat = memref.alloc() : memref<900xf32>
  %y_open = memref.cast %y_flat : memref<900xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [3, 300] : memref<900xf32> into memref<3x300xf32>
  call @softmax_3x300_1(%x_shaped, %y_shaped) : (memref<3x300xf32>, memref<3x300xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @softmax_20x9_0(%x: memref<20x9xf32>, %y: memref<20x9xf32>) {
  linalg.softmax dimension(0) ins(%x : memref<20x9xf32>) outs(%y : memref<20x9xf32>)
  return
}

func.func @run_softmax_20x9_0() {
  %x_flat = memref.alloc() : memref<180xf32>
  %x_open = memref.cast %x_flat : memref<180xf32> to memref<?xf32>
  %x_seed = arith.constant 1600 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [20, 9] : memref<180xf32> into memref<20x9xf32>
  %y_flat = memref.alloc() : memref<180xf32>
  %y_open = memref.cast %y_flat : memref<180xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [20, 9] : memref<180xf32> into memref<20x9xf32>
  call @softmax_20x9_0(%x_shaped, %y_shaped) : (memref<20x9xf32>, memref<20x9xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @softmax_open(%x: memref<?x?xf32>, %y: memref<?x?xf32>) {
  linalg.softmax dimension(1) ins(%x : memref<?x?xf32>) outs(%y : memref<?x?xf32>)
  return
}

func.func @run_softmax_open() {
  %x_flat = memref.alloc() : memref<180xf32>
  %x_open = memref.cast %x_flat : memref<180xf32> to memref<?xf32>
  %x_seed = arith.constant 1700 : i32
  call @pseudo_random(%x_open, %x_seed) : (memref<?xf32>, i32) -> ()
  %x_shaped = memref.expand_shape %x_flat [[0, 1]] output_shape [4, 45] : memref<180xf32> into memref<4x45xf32>
  %x = memref.cast %x_shaped : memref<4x45xf32> to memref<?x?xf32>
  %y_flat = memref.alloc() : memref<180xf32>
  %y_open = memref.cast %y_flat : memref<180xf32> to memref<?xf32>
  %y_seed = arith.constant -2147483648 : i32
  call @fill(%y_open, %y_seed) : (memref<?xf32>, i32) -> ()
  %y_shaped = memref.expand_shape %y_flat [[0, 1]] output_shape [4, 45] : memref<180xf32> into memref<4x45xf32>
  %y = memref.cast %y_shaped : memref<4x45xf32> to memref<?x?xf32>
  call @softmax_open(%x, %y) : (memref<?x?xf32>, memref<?x?xf32>) -> ()
  call @print_hash(%y_open) : (memref<?xf32>) -> ()
  return
}

func.func @main() {
  call @run_sum_rows() : () -> ()
  call @run_sum_rows_open() : () -> ()
  call @run_sum_short_rows() : () -> ()
  call @run_sum_ends() : () -> ()
  call @run_sum_columns() : () -> ()
  call @run_sum_middle_open() : () -> ()
  call @run_max_rows() : () -> ()
  call @run_squares_about() : () -> ()
  call @run_bias_relu() : () -> ()
  call @run_bias_relu_open() : () -> ()
  call @run_add_transposed() : () -> ()
  call @run_transpose() : () -> ()
  call @run_transpose_open() : () -> ()
  call @run_permute() : () -> ()
  call @run_softmax_4x10_1() : () -> ()
  call @run_softmax_3x300_1() : () -> ()
  call @run_softmax_20x9_0() : () -> ()
  call @run_softmax_open() : () -> ()
  return
}

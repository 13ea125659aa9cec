// RUN: tenon-opt %s --split-input-file --tenon-emit-contractions --canonicalize --cse | FileCheck %s
// RUN: tenon-opt %s --split-input-file --tenon-emit-contractions=target=x86-64-v3 --canonicalize --cse | FileCheck %s --check-prefix=AVX2
// RUN: tenon-opt %s --split-input-file --tenon-emit-contractions=target=x86-64-v2 --canonicalize --cse | FileCheck %s --check-prefix=SSE
// RUN: tenon-opt %s --split-input-file --tenon-emit-contractions=target=wasm32 --canonicalize --cse | FileCheck %s --check-prefix=SCALAR
// RUN: not tenon-opt %s --split-input-file --tenon-emit-contractions=target=pdp11 2>&1 | FileCheck %s --check-prefix=ERROR

// ERROR: expected `target` to be one of x86-64, x86-64-v2, x86-64-v3, {{.*}}, but got `pdp11`

// The register tile follows from the target: 6 x 4 vectors of 16 on AVX-512, 6 x 2 of 8 on AVX2, 4 x 2 of 4 and no
// fma on x86-64-v2, scalars without vectors; the zero fill is the tile's start, and disappears.
// CHECK-LABEL: func @tile_follows_target
// AVX2-LABEL: func @tile_follows_target
// SSE-LABEL: func @tile_follows_target
// SCALAR-LABEL: func @tile_follows_target
func.func @tile_follows_target(%a: memref<96x64xf32>, %b: memref<64x128xf32>, %c: memref<96x128xf32>) {
  // CHECK-NOT: linalg.fill
  // CHECK: scf.for %{{.+}} = %c0 to %c128 step %c64
  // CHECK: scf.for %{{.+}} = %c0 to %c96 step %c6
  // CHECK: %[[TILE:.+]]:24 = scf.for %{{.+}} = %c0 to %c64 step %c4 iter_args
  // CHECK: math.fma {{.*}} : vector<16xf32>
  // CHECK-NOT: vector.maskedstore
  // CHECK: vector.store %[[TILE]]#0
  // AVX2: :12 = scf.for
  // AVX2: math.fma {{.*}} : vector<8xf32>
  // SSE: :8 = scf.for
  // SSE: arith.mulf {{.*}} : vector<4xf32>
  // SSE: arith.addf {{.*}} : vector<4xf32>
  // SCALAR: :8 = scf.for
  // SCALAR-NOT: vector
  // SCALAR: arith.addf {{.*}} : f32
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<96x128xf32>)
  linalg.matmul ins(%a, %b : memref<96x64xf32>, memref<64x128xf32>) outs(%c : memref<96x128xf32>)
  return
}

// -----

// Balanced splits: 13 rows are 5 + 4 + 4, not 6 + 6 + 1; the last vector of a row is masked, or split where there are no masks.
// CHECK-LABEL: func @balanced_tails
// SSE-LABEL: func @balanced_tails
func.func @balanced_tails(%a: memref<13x8xf32>, %b: memref<8x71xf32>, %c: memref<13x71xf32>) {
  // CHECK-DAG: %[[MASK:.+]] = vector.constant_mask [7] : vector<16xi1>
  // CHECK: scf.for {{.*}} step %c4
  // CHECK: vector.maskedstore %{{.+}}[%{{.+}}, %{{.+}}], %[[MASK]]
  // SSE-NOT: masked
  // SSE: vector<2xf32>
  // SSE: memref.store
  linalg.matmul ins(%a, %b : memref<13x8xf32>, memref<8x71xf32>) outs(%c : memref<13x71xf32>)
  return
}

// -----

// Open rows: whole tiles, then kernels of 4, 2 and 1 rows; without a fill the chain begins in the output.
// CHECK-LABEL: func @open_rows
func.func @open_rows(%a: memref<?x64xf32>, %b: memref<64x64xf32>, %c: memref<?x64xf32>) {
  // CHECK: scf.for {{.*}} step %c6
  // CHECK: vector.load %arg2
  // CHECK: :24 = scf.for
  // CHECK: scf.for {{.*}} step %c4
  // CHECK: :16 = scf.for
  // CHECK: scf.for {{.*}} step %c2
  // CHECK: :8 = scf.for
  // CHECK: scf.for {{.*}} step %c1
  // CHECK: :4 = scf.for
  linalg.matmul ins(%a, %b : memref<?x64xf32>, memref<64x64xf32>) outs(%c : memref<?x64xf32>)
  return
}

// -----

#steps_lhs = affine_map<(t, b, n, k) -> (t, b, k)>
#steps_rhs = affine_map<(t, b, n, k) -> (k, n)>
#steps_out = affine_map<(t, b, n, k) -> (t, b, n)>

// Two open loops that lie as one in memory are one: a batch of one has the tiles of all steps.
// CHECK-LABEL: func.func @open_steps
// CHECK-DAG:     %[[X:.+]] = memref.collapse_shape %arg0 {{\[\[}}0, 1], [2]] : memref<?x?x8xf32> into memref<?x8xf32>
// CHECK-DAG:     %[[Y:.+]] = memref.collapse_shape %arg2 {{\[\[}}0, 1], [2]] : memref<?x?x64xf32> into memref<?x64xf32>
// CHECK:         scf.for
// CHECK-COUNT-6:   memref.load %[[X]]
// CHECK:           vector.store %{{.+}}, %[[Y]]
func.func @open_steps(%x: memref<?x?x8xf32>, %w: memref<8x64xf32>, %y: memref<?x?x64xf32>) {
  linalg.generic {indexing_maps = [#steps_lhs, #steps_rhs, #steps_out], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : memref<?x?x8xf32>, memref<8x64xf32>) outs(%y : memref<?x?x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %f = math.fma %a, %b, %c : f32
    linalg.yield %f : f32
  }
  return
}

// -----

// What all steps of a loop read is laid out as the tiles read it, once, before the loop: here eight panels of 128 columns.
// Every second step takes them from the last to the first: not all of them stay in the second level of the cache. Two rows
// of a panel are all that an iteration reads: prefetchers follow loads that are no more than 1024 bytes apart.
// CHECK-LABEL: func @steady_weights
// CHECK-SAME:    %[[W:.+]]: memref<256x1024xf32>
// CHECK:         %[[P:.+]] = memref.alloc() {alignment = 64 : i64} : memref<262160xf32>
// CHECK:         scf.for %[[C:.+]] = %c0 to %c1024 step %c128 {
// CHECK:           %[[TO:.+]] = memref.reinterpret_cast %[[P]] to offset: {{.+}}, sizes: [256, 128], strides: [128, 1]
// CHECK:           scf.for %[[K:.+]] = %c0 to %c256 step %c1 {
// CHECK:             %[[ROW:.+]] = vector.load %[[W]][%[[K]], %[[C]]]
// CHECK:             vector.store %[[ROW]], %[[TO]][%[[K]], %c0]
// CHECK:         scf.for %[[STEP:.+]] = %c0 to %c64 step %c1 {
// CHECK:           scf.for %[[COLUMN:.+]] = %c0 to %c1024 step %c128 {
// CHECK-DAG:         %[[I:.+]] = arith.index_cast %[[STEP]] : index to i64
// CHECK-DAG:         %[[ODD:.+]] = arith.trunci %[[I]] : i64 to i1
// CHECK-DAG:         %[[BACK:.+]] = arith.subi %c896, %[[COLUMN]]
// CHECK:             arith.select %[[ODD]], %[[BACK]], %[[COLUMN]]
// CHECK:             memref.reinterpret_cast %[[P]]
// CHECK-NOT:         memref.load %[[W]]
// CHECK:             scf.for %{{.+}} = %c0 to %c256 step %c2 iter_args
func.func @steady_weights(%w: memref<256x1024xf32>, %h: memref<64x1x256xf32>, %y: memref<1x1024xf32>) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  scf.for %i = %c0 to %c64 step %c1 {
    %s = memref.subview %h[%i, 0, 0] [1, 1, 256] [1, 1, 1] : memref<64x1x256xf32> to memref<1x256xf32, strided<[256, 1], offset: ?>>
    linalg.fill ins(%zero : f32) outs(%y : memref<1x1024xf32>)
    linalg.matmul ins(%s, %w : memref<1x256xf32, strided<[256, 1], offset: ?>>, memref<256x1024xf32>) outs(%y : memref<1x1024xf32>)
  }
  return
}

// Whether there are enough steps may be known only when the loop runs: then both have one code, and differ in the
// distance of rows.
// CHECK-LABEL: func @steady_weights_open
// CHECK-SAME:    %[[W:.+]]: memref<256x1024xf32>, %{{.+}}: memref<?x1x256xf32>, %{{.+}}: memref<1x1024xf32>, %[[N:.+]]: index
// CHECK:         %[[P:.+]] = memref.alloc() {alignment = 64 : i64} : memref<262160xf32>
// CHECK:         %[[MANY:.+]] = arith.cmpi sge, %[[N]], %c8
// CHECK:         scf.if %[[MANY]] {
// CHECK:           vector.store
// CHECK:         scf.for %{{.+}} = %c0 to %[[N]]
// CHECK:           %[[PACKED:.+]] = memref.reinterpret_cast %[[P]]
// CHECK-DAG:       %[[ORIGINAL:.+]] = memref.reinterpret_cast %[[W]] to {{.+}} strides: [1024, 1]
// CHECK-DAG:       %[[A:.+]] = memref.cast %[[PACKED]] : {{.+}} to memref<256x128xf32, strided<[?, 1], offset: ?>>
// CHECK-DAG:       %[[B:.+]] = memref.cast %[[ORIGINAL]]
// CHECK:           %[[PANEL:.+]] = arith.select %[[MANY]], %[[A]], %[[B]]
// CHECK:           vector.load %[[PANEL]]
func.func @steady_weights_open(%w: memref<256x1024xf32>, %h: memref<?x1x256xf32>, %y: memref<1x1024xf32>, %n: index) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %s = memref.subview %h[%i, 0, 0] [1, 1, 256] [1, 1, 1] : memref<?x1x256xf32> to memref<1x256xf32, strided<[256, 1], offset: ?>>
    linalg.fill ins(%zero : f32) outs(%y : memref<1x1024xf32>)
    linalg.matmul ins(%s, %w : memref<1x256xf32, strided<[256, 1], offset: ?>>, memref<256x1024xf32>) outs(%y : memref<1x1024xf32>)
  }
  return
}

// What a step writes, what only some steps read, what is small, and what few steps read.
// CHECK-LABEL: func @negative_not_steady
// CHECK-NOT:     memref.alloc
// CHECK:         return
func.func @negative_not_steady(%w: memref<256x1024xf32>, %v: memref<16x64xf32>, %u: memref<256x1024xf32>, %h: memref<1x256xf32>, %g: memref<1x16xf32>,
                               %y: memref<1x1024xf32>, %z: memref<1x64xf32>, %some: i1) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c7 = arith.constant 7 : index
  %c64 = arith.constant 64 : index
  scf.for %i = %c0 to %c64 step %c1 {
    linalg.matmul ins(%h, %w : memref<1x256xf32>, memref<256x1024xf32>) outs(%y : memref<1x1024xf32>)
    linalg.fill ins(%zero : f32) outs(%w : memref<256x1024xf32>)
    linalg.matmul ins(%g, %v : memref<1x16xf32>, memref<16x64xf32>) outs(%z : memref<1x64xf32>)
    scf.if %some {
      linalg.matmul ins(%h, %u : memref<1x256xf32>, memref<256x1024xf32>) outs(%y : memref<1x1024xf32>)
    }
  }
  scf.for %i = %c0 to %c7 step %c1 {
    linalg.matmul ins(%h, %u : memref<1x256xf32>, memref<256x1024xf32>) outs(%y : memref<1x1024xf32>)
  }
  return
}

// -----

// An open reduction is blocked; its first block chooses between the start and the output, and runs even when empty.
// CHECK-LABEL: func @open_reduction
func.func @open_reduction(%a: memref<6x?xf32>, %b: memref<?x64xf32>, %c: memref<6x64xf32>) {
  // CHECK: %[[END:.+]] = arith.maxsi %{{.+}}, %c1
  // CHECK: scf.for %[[K:.+]] = %c0 to %[[END]] step %c512
  // CHECK: %[[FIRST:.+]] = arith.cmpi eq, %[[K]], %c0
  // CHECK: arith.select %[[FIRST]], %{{.+}} : vector<16xf32>
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<6x64xf32>)
  linalg.matmul ins(%a, %b : memref<6x?xf32>, memref<?x64xf32>) outs(%c : memref<6x64xf32>)
  return
}

// -----

#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (n, k)>
#out = affine_map<(m, n, k) -> (m, n)>

// A transposed right operand is copied, a panel at a time, into scratch memory that vectors can read: in squares of 16
// vectors of 16, which exchange their quarters in registers.
// CHECK-LABEL: func @packed
func.func @packed(%a: memref<12x64xf32>, %b: memref<64x64xf32>, %c: memref<12x64xf32>) {
  // CHECK: %[[SCRATCH:.+]] = memref.alloc() {alignment = 64 : i64} : memref<8192xi8>
  // CHECK: %[[PANEL:.+]] = memref.view %[[SCRATCH]]
  // CHECK-COUNT-16: vector.load %{{.+}} : memref<64x64xf32>, vector<16xf32>
  // CHECK-COUNT-64: vector.shuffle
  // CHECK-COUNT-16: vector.store %{{.+}}, %[[PANEL]]
  // CHECK: vector.load %[[PANEL]]
  linalg.matmul indexing_maps = [#lhs, #rhs, #out]
    ins(%a, %b : memref<12x64xf32>, memref<64x64xf32>) outs(%c : memref<12x64xf32>)
  return
}

// -----

#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (n, k)>
#out = affine_map<(m, n, k) -> (m, n)>

// A short reduction, too: without a panel there would be no vectors. What is no square is copied by elements.
// CHECK-LABEL: func @packed_short
func.func @packed_short(%a: memref<12x10xf32>, %b: memref<64x10xf32>, %c: memref<12x64xf32>) {
  // CHECK: %[[PANEL:.+]] = memref.view
  // CHECK-NOT: vector.shuffle
  // CHECK: memref.store %{{.+}}, %[[PANEL]]
  // CHECK: vector.load %[[PANEL]]
  // CHECK: math.fma {{.*}} : vector<16xf32>
  linalg.matmul indexing_maps = [#lhs, #rhs, #out]
    ins(%a, %b : memref<12x10xf32>, memref<64x10xf32>) outs(%c : memref<12x64xf32>)
  return
}

// -----

#lhs = affine_map<(m, n, k) -> (m, k)>
#rhs = affine_map<(m, n, k) -> (n, k)>
#out = affine_map<(m, n, k) -> (m, n)>

// Squares pay for themselves from two rows on; one row reads a transposed operand in scalars.
// CHECK-LABEL: func @packed_two_rows
// CHECK: vector.shuffle
// CHECK: math.fma {{.*}} : vector<16xf32>
func.func @packed_two_rows(%a: memref<2x64xf32>, %b: memref<64x64xf32>, %c: memref<2x64xf32>) {
  linalg.matmul indexing_maps = [#lhs, #rhs, #out]
    ins(%a, %b : memref<2x64xf32>, memref<64x64xf32>) outs(%c : memref<2x64xf32>)
  return
}
// CHECK-LABEL: func @negative_packed_one_row
// CHECK-NOT: vector
// CHECK: math.fma {{.*}} : f32
func.func @negative_packed_one_row(%a: memref<1x64xf32>, %b: memref<64x64xf32>, %c: memref<1x64xf32>) {
  linalg.matmul indexing_maps = [#lhs, #rhs, #out]
    ins(%a, %b : memref<1x64xf32>, memref<64x64xf32>) outs(%c : memref<1x64xf32>)
  return
}

// -----

// Rows run along channels, six in a tile, rather than along the three taps inside of them: the gradient of a filter.
// CHECK-LABEL: func @long_rows
func.func @long_rows(%x: memref<32x18xf32>, %g: memref<16x64xf32>, %out: memref<32x3x64xf32>) {
  // CHECK-COUNT-24: vector.load %{{.+}} : memref<32x3x64xf32>, vector<16xf32>
  // CHECK: scf.for {{.*}} iter_args
  linalg.generic {indexing_maps = [affine_map<(c, t, o, k) -> (c, t + k)>, affine_map<(c, t, o, k) -> (k, o)>,
                                   affine_map<(c, t, o, k) -> (c, t, o)>],
                  iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
    ins(%x, %g : memref<32x18xf32>, memref<16x64xf32>) outs(%out : memref<32x3x64xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = math.fma %a, %b, %c : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// An output whose innermost stride is not one is computed in scalars.
// CHECK-LABEL: func @strided_output
func.func @strided_output(%a: memref<4x8xf32>, %b: memref<8x16xf32>, %c: memref<4x16xf32, strided<[64, 2]>>) {
  // CHECK-NOT: vector
  // CHECK: math.fma {{.*}} : f32
  // CHECK-NOT: vector
  // CHECK: return
  linalg.matmul ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) outs(%c : memref<4x16xf32, strided<[64, 2]>>)
  return
}

// -----

// A convolution is the same nest: tiles over (width, channels), the window and the input channels as the reduction.
// CHECK-LABEL: func @conv
func.func @conv(%x: memref<1x20x20x16xf32>, %w: memref<3x3x16x64xf32>, %y: memref<1x18x18x64xf32>) {
  // CHECK: scf.for %[[ROW:.+]] = %c0 to %c18 step %c1
  // CHECK: scf.for %[[ACROSS:.+]] = %c0 to %c18 step %c6
  // CHECK: :24 = scf.for %[[I:.+]] = %c0 to %c3 step %c1
  // CHECK: :24 = scf.for %[[J:.+]] = %c0 to %c3 step %c1
  // CHECK: :24 = scf.for %[[CHANNEL:.+]] = %c0 to %c16 step %c4
  linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
    ins(%x, %w : memref<1x20x20x16xf32>, memref<3x3x16x64xf32>) outs(%y : memref<1x18x18x64xf32>)
  return
}

// -----

// Depthwise: both inputs lie along channels, so both are loaded as vectors and nothing is broadcast but the start.
// CHECK-LABEL: func @depthwise
func.func @depthwise(%x: memref<1x10x10x16xf32>, %w: memref<3x3x16xf32>, %y: memref<1x8x8x16xf32>) {
  // CHECK-NOT: vector.broadcast
  // CHECK: %[[TAP:.+]] = vector.load %arg1
  // CHECK: math.fma %{{.+}}, %[[TAP]]
  linalg.depthwise_conv_2d_nhwc_hwc {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
    ins(%x, %w : memref<1x10x10x16xf32>, memref<3x3x16xf32>) outs(%y : memref<1x8x8x16xf32>)
  return
}

// -----

// Low precision is widened where it is loaded, and accumulated in the output's type.
// CHECK-LABEL: func @widened
func.func @widened(%a: memref<6x8xi8>, %b: memref<8x16xi8>, %c: memref<6x16xi32>) {
  // CHECK: %[[ROW:.+]] = vector.load %arg1{{.*}} : memref<8x16xi8>, vector<16xi8>
  // CHECK: arith.extsi %[[ROW]] : vector<16xi8> to vector<16xi32>
  linalg.matmul ins(%a, %b : memref<6x8xi8>, memref<8x16xi8>) outs(%c : memref<6x16xi32>)
  return
}

// -----

// An f16 is repeated, then converted: lanes at once.
// CHECK-LABEL: func @halves
func.func @halves(%a: memref<6x8xf16>, %b: memref<8x16xf16>, %c: memref<6x16xf32>) {
  // CHECK: %[[REPEATED:.+]] = vector.broadcast %{{.+}} : f16 to vector<16xf16>
  // CHECK: arith.extf %[[REPEATED]] : vector<16xf16> to vector<16xf32>
  linalg.matmul ins(%a, %b : memref<6x8xf16>, memref<8x16xf16>) outs(%c : memref<6x16xf32>)
  return
}

// -----

// A fill of which something else sees the value stays.
// CHECK-LABEL: func @negative_fill_is_read
func.func @negative_fill_is_read(%a: memref<6x8xf32>, %b: memref<8x16xf32>, %c: memref<6x16xf32>) -> f32 {
  // CHECK: linalg.fill
  // CHECK: vector.load %arg2
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  linalg.fill ins(%zero : f32) outs(%c : memref<6x16xf32>)
  %seen = memref.load %c[%c0, %c0] : memref<6x16xf32>
  linalg.matmul ins(%a, %b : memref<6x8xf32>, memref<8x16xf32>) outs(%c : memref<6x16xf32>)
  return %seen : f32
}

// -----

// A sum into which fusion moved a product is a sweep: its order is the sum's.
// CHECK-LABEL: func @negative_fused_sum
func.func @negative_fused_sum(%a: memref<3x4xf32>, %b: memref<4xf32>, %c: memref<3xf32>) {
  // CHECK: linalg.generic
  linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (k)>, affine_map<(m, k) -> (m)>],
                  iterator_types = ["parallel", "reduction"]} ins(%a, %b : memref<3x4xf32>, memref<4xf32>)
                  outs(%c : memref<3xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %sum, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

#tile = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>

// Bias, activation and rounding run on the tile; the buffer between the two ops is not touched.
// CHECK-LABEL: func @epilogue
func.func @epilogue(%a: memref<6x8xf32>, %b: memref<8x16xf32>, %bias: memref<16xf32>, %out: memref<6x16xf16>) {
  // CHECK-NOT: linalg.generic
  // CHECK: %[[TILE:.+]]:6 = scf.for
  // CHECK: %[[BIAS:.+]] = vector.load %arg2
  // CHECK: %[[SUM:.+]] = arith.addf %[[TILE]]#0, %[[BIAS]] : vector<16xf32>
  // CHECK: %[[RELU:.+]] = arith.maximumf %[[SUM]], %{{.+}} : vector<16xf32>
  // CHECK: %[[ROUNDED:.+]] = arith.truncf %[[RELU]] : vector<16xf32> to vector<16xf16>
  // CHECK: vector.store %[[ROUNDED]], %arg3
  %zero = arith.constant 0.0 : f32
  %temporary = memref.alloc() : memref<6x16xf32>
  linalg.fill ins(%zero : f32) outs(%temporary : memref<6x16xf32>)
  linalg.matmul ins(%a, %b : memref<6x8xf32>, memref<8x16xf32>) outs(%temporary : memref<6x16xf32>)
  linalg.generic {indexing_maps = [#tile, #row, #tile], iterator_types = ["parallel", "parallel"]}
    ins(%temporary, %bias : memref<6x16xf32>, memref<16xf32>) outs(%out : memref<6x16xf16>) {
  ^bb0(%x: f32, %y: f32, %old: f16):
    %0 = arith.addf %x, %y : f32
    %1 = arith.maximumf %0, %zero : f32
    %2 = arith.truncf %1 : f32 to f16
    linalg.yield %2 : f16
  }
  return
}

// -----

#tile = affine_map<(i, j) -> (i, j)>

// An optimizer's step runs on the tile of the gradient, which is stored nowhere: the slot and the parameter are read and
// written where they lie, row after row because the output is large.
// CHECK-LABEL: func @update
func.func @update(%x: memref<8x1024xf32>, %g: memref<8x256xf32>, %w: memref<1024x256xf32>, %m: memref<1024x256xf32>) {
  // CHECK-NOT: linalg.generic
  // CHECK: scf.for %[[ROW:.+]] = %c0
  // CHECK: scf.for %[[COLUMN:.+]] = %c0
  // CHECK-COUNT-24: math.fma
  // CHECK: %[[OLD:.+]] = vector.load %arg3
  // CHECK: %[[SLOT:.+]] = arith.addf %[[OLD]], %{{.+}} : vector<16xf32>
  // CHECK: math.sqrt
  // CHECK: vector.store %[[SLOT]], %arg3
  // CHECK: vector.store %{{.+}}, %arg2
  // CHECK-NOT: linalg.generic
  %zero = arith.constant 0.0 : f32
  %gradient = memref.alloc() : memref<1024x256xf32>
  linalg.fill ins(%zero : f32) outs(%gradient : memref<1024x256xf32>)
  linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (k, n)>,
                                   affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]}
    ins(%x, %g : memref<8x1024xf32>, memref<8x256xf32>) outs(%gradient : memref<1024x256xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = math.fma %a, %b, %c : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#tile, #tile, #tile, #tile, #tile], iterator_types = ["parallel", "parallel"]}
    ins(%w, %m, %gradient : memref<1024x256xf32>, memref<1024x256xf32>, memref<1024x256xf32>)
    outs(%m, %w : memref<1024x256xf32>, memref<1024x256xf32>) {
  ^bb0(%old: f32, %slot: f32, %d: f32, %o: f32, %p: f32):
    %0 = arith.mulf %d, %d : f32
    %1 = arith.addf %slot, %0 : f32
    %2 = math.sqrt %1 : f32
    %3 = arith.divf %d, %2 : f32
    %4 = arith.subf %old, %3 : f32
    linalg.yield %1, %4 : f32, f32
  }
  return
}

// -----

#tile = affine_map<(i, j) -> (i, j)>
#flipped = affine_map<(i, j) -> (j, i)>

// An op that reads the output across tiles has to wait for all of them.
// CHECK-LABEL: func @negative_transposed_read
func.func @negative_transposed_read(%a: memref<16x8xf32>, %b: memref<8x16xf32>, %c: memref<16x16xf32>, %out: memref<16x16xf32>) {
  // CHECK: linalg.generic
  linalg.matmul ins(%a, %b : memref<16x8xf32>, memref<8x16xf32>) outs(%c : memref<16x16xf32>)
  linalg.generic {indexing_maps = [#tile, #flipped, #tile], iterator_types = ["parallel", "parallel"]}
    ins(%c, %c : memref<16x16xf32>, memref<16x16xf32>) outs(%out : memref<16x16xf32>) {
  ^bb0(%x: f32, %y: f32, %old: f32):
    %0 = arith.addf %x, %y : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

#tile = affine_map<(i, j) -> (i, j)>

// The output is read again later, so it has to be stored.
// CHECK-LABEL: func @negative_read_again
func.func @negative_read_again(%a: memref<6x8xf32>, %b: memref<8x16xf32>, %out: memref<6x16xf32>) -> f32 {
  // CHECK: linalg.generic
  %c0 = arith.constant 0 : index
  %temporary = memref.alloc() : memref<6x16xf32>
  linalg.matmul ins(%a, %b : memref<6x8xf32>, memref<8x16xf32>) outs(%temporary : memref<6x16xf32>)
  linalg.generic {indexing_maps = [#tile, #tile], iterator_types = ["parallel", "parallel"]}
    ins(%temporary : memref<6x16xf32>) outs(%out : memref<6x16xf32>) {
  ^bb0(%x: f32, %old: f32):
    %0 = arith.negf %x : f32
    linalg.yield %0 : f32
  }
  %again = memref.load %temporary[%c0, %c0] : memref<6x16xf32>
  return %again : f32
}

// -----

// A 1x1 convolution has one row loop over all pixels, in tiles of six.
// CHECK-LABEL: func @pointwise
func.func @pointwise(%x: memref<2x6x6x16xf32>, %w: memref<1x1x16x64xf32>, %y: memref<2x6x6x64xf32>) {
  // CHECK-DAG: memref.collapse_shape %arg0 {{\[}}[0, 1, 2], [3]] {{.*}} into memref<72x16xf32>
  // CHECK-DAG: memref.collapse_shape %arg2 {{\[}}[0, 1, 2], [3]] {{.*}} into memref<72x64xf32>
  // CHECK: scf.for %{{.+}} = %c0 to %c72 step %c6
  // CHECK: :24 = scf.for %{{.+}} = %c0 to %c16 step %c4
  linalg.conv_2d_nhwc_hwcf {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
    ins(%x, %w : memref<2x6x6x16xf32>, memref<1x1x16x64xf32>) outs(%y : memref<2x6x6x64xf32>)
  return
}

// -----

// Groups of one channel: the filter's and the output's last dimension, of one element, is not where vectors lie.
// CHECK-LABEL: func @groups_of_one
func.func @groups_of_one(%x: memref<1x10x16x1xf32>, %w: memref<3x1x16x1xf32>, %y: memref<1x8x16x1xf32>) {
  // CHECK: math.fma {{.*}} : vector<16xf32>
  linalg.generic {indexing_maps = [affine_map<(n, w, g, f, k, c) -> (n, w + k, g, c)>,
                                   affine_map<(n, w, g, f, k, c) -> (k, c, g, f)>,
                                   affine_map<(n, w, g, f, k, c) -> (n, w, g, f)>],
                  iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
    ins(%x, %w : memref<1x10x16x1xf32>, memref<3x1x16x1xf32>) outs(%y : memref<1x8x16x1xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %0 = math.fma %a, %b, %sum : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

#rows = affine_map<(m, n, k) -> (m, k)>
#transposed = affine_map<(m, n, k) -> (n, k)>
#tile = affine_map<(m, n, k) -> (m, n)>

// A constant is stored as its tiles read it: here [n, k] becomes [k, n], and the original is gone. What two functions read
// in the same way is there once.
// CHECK-LABEL: memref.global "private" constant @w_packed : memref<512xf32> = dense_resource<w>
// CHECK-NOT: memref.global
memref.global "private" constant @w : memref<16x32xf32> = dense<"0x000000000000803F0000004000004040000080400000A0400000C0400000E0400000004100001041000020410000304100004041000050410000604100007041000080410000884100009041000098410000A0410000A8410000B0410000B8410000C0410000C8410000D0410000D8410000E0410000E8410000F0410000F84100000042000004420000084200000C4200001042000014420000184200001C4200002042000024420000284200002C4200003042000034420000384200003C4200004042000044420000484200004C4200005042000054420000584200005C4200006042000064420000684200006C4200007042000074420000784200007C42000080420000824200008442000086420000884200008A4200008C4200008E42000090420000924200009442000096420000984200009A4200009C4200009E420000A0420000A2420000A4420000A6420000A8420000AA420000AC420000AE420000B0420000B2420000B4420000B6420000B8420000BA420000BC420000BE420000C0420000C2420000C4420000C6420000C8420000CA420000CC420000CE420000D0420000D2420000D4420000D6420000D8420000DA420000DC420000DE420000E0420000E2420000E4420000E6420000E8420000EA420000EC420000EE420000F0420000F2420000F4420000F6420000F8420000FA420000FC420000FE420000004300000143000002430000034300000443000005430000064300000743000008430000094300000A4300000B4300000C4300000D4300000E4300000F430000104300001143000012430000134300001443000015430000164300001743000018430000194300001A4300001B4300001C4300001D4300001E4300001F430000204300002143000022430000234300002443000025430000264300002743000028430000294300002A4300002B4300002C4300002D4300002E4300002F430000304300003143000032430000334300003443000035430000364300003743000038430000394300003A4300003B4300003C4300003D4300003E4300003F430000404300004143000042430000434300004443000045430000464300004743000048430000494300004A4300004B4300004C4300004D4300004E4300004F430000504300005143000052430000534300005443000055430000564300005743000058430000594300005A4300005B4300005C4300005D4300005E4300005F430000604300006143000062430000634300006443000065430000664300006743000068430000694300006A4300006B4300006C4300006D4300006E4300006F430000704300007143000072430000734300007443000075430000764300007743000078430000794300007A4300007B4300007C4300007D4300007E4300007F43000080430080804300008143008081430000824300808243000083430080834300008443008084430000854300808543000086430080864300008743008087430000884300808843000089430080894300008A4300808A4300008B4300808B4300008C4300808C4300008D4300808D4300008E4300808E4300008F4300808F43000090430080904300009143008091430000924300809243000093430080934300009443008094430000954300809543000096430080964300009743008097430000984300809843000099430080994300009A4300809A4300009B4300809B4300009C4300809C4300009D4300809D4300009E4300809E4300009F4300809F430000A0430080A0430000A1430080A1430000A2430080A2430000A3430080A3430000A4430080A4430000A5430080A5430000A6430080A6430000A7430080A7430000A8430080A8430000A9430080A9430000AA430080AA430000AB430080AB430000AC430080AC430000AD430080AD430000AE430080AE430000AF430080AF430000B0430080B0430000B1430080B1430000B2430080B2430000B3430080B3430000B4430080B4430000B5430080B5430000B6430080B6430000B7430080B7430000B8430080B8430000B9430080B9430000BA430080BA430000BB430080BB430000BC430080BC430000BD430080BD430000BE430080BE430000BF430080BF430000C0430080C0430000C1430080C1430000C2430080C2430000C3430080C3430000C4430080C4430000C5430080C5430000C6430080C6430000C7430080C7430000C8430080C8430000C9430080C9430000CA430080CA430000CB430080CB430000CC430080CC430000CD430080CD430000CE430080CE430000CF430080CF430000D0430080D0430000D1430080D1430000D2430080D2430000D3430080D3430000D4430080D4430000D5430080D5430000D6430080D6430000D7430080D7430000D8430080D8430000D9430080D9430000DA430080DA430000DB430080DB430000DC430080DC430000DD430080DD430000DE430080DE430000DF430080DF430000E0430080E0430000E1430080E1430000E2430080E2430000E3430080E3430000E4430080E4430000E5430080E5430000E6430080E6430000E7430080E7430000E8430080E8430000E9430080E9430000EA430080EA430000EB430080EB430000EC430080EC430000ED430080ED430000EE430080EE430000EF430080EF430000F0430080F0430000F1430080F1430000F2430080F2430000F3430080F3430000F4430080F4430000F5430080F5430000F6430080F6430000F7430080F7430000F8430080F8430000F9430080F9430000FA430080FA430000FB430080FB430000FC430080FC430000FD430080FD430000FE430080FE430000FF430080FF43">
// CHECK: func @packed_constant
func.func @packed_constant(%a: memref<6x32xf32>, %c: memref<6x16xf32>) {
  // CHECK: %[[PACKED:.+]] = memref.get_global @w_packed
  // CHECK: %[[PANEL:.+]] = memref.reinterpret_cast %[[PACKED]] to offset: {{.*}}, sizes: [32, 16], strides: [16, 1]
  // CHECK: vector.load %[[PANEL]]
  %w = memref.get_global @w : memref<16x32xf32>
  linalg.matmul indexing_maps = [#rows, #transposed, #tile]
    ins(%a, %w : memref<6x32xf32>, memref<16x32xf32>) outs(%c : memref<6x16xf32>)
  return
}
// CHECK: func @packed_constant_again
func.func @packed_constant_again(%a: memref<12x32xf32>, %c: memref<12x16xf32>) {
  // CHECK: memref.get_global @w_packed
  %w = memref.get_global @w : memref<16x32xf32>
  linalg.matmul indexing_maps = [#rows, #transposed, #tile]
    ins(%a, %w : memref<12x32xf32>, memref<16x32xf32>) outs(%c : memref<12x16xf32>)
  return
}

// -----

// One row is bound by memory: panels of eight vectors, one after the other, of which the tile asks for what it reads eight
// steps later. The last panel is what is left.
// CHECK-LABEL: memref.global "private" constant @w_packed : memref<1040xf32>
memref.global "private" constant @w : memref<8x130xf32> = dense<"0x000000000000803F0000004000004040000080400000A0400000C0400000E0400000004100001041000020410000304100004041000050410000604100007041000080410000884100009041000098410000A0410000A8410000B0410000B8410000C0410000C8410000D0410000D8410000E0410000E8410000F0410000F84100000042000004420000084200000C4200001042000014420000184200001C4200002042000024420000284200002C4200003042000034420000384200003C4200004042000044420000484200004C4200005042000054420000584200005C4200006042000064420000684200006C4200007042000074420000784200007C42000080420000824200008442000086420000884200008A4200008C4200008E42000090420000924200009442000096420000984200009A4200009C4200009E420000A0420000A2420000A4420000A6420000A8420000AA420000AC420000AE420000B0420000B2420000B4420000B6420000B8420000BA420000BC420000BE420000C0420000C2420000C4420000C6420000C8420000CA420000CC420000CE420000D0420000D2420000D4420000D6420000D8420000DA420000DC420000DE420000E0420000E2420000E4420000E6420000E8420000EA420000EC420000EE420000F0420000F2420000F4420000F6420000F8420000FA420000FC420000FE420000004300000143000002430000034300000443000005430000064300000743000008430000094300000A4300000B4300000C4300000D4300000E4300000F430000104300001143000012430000134300001443000015430000164300001743000018430000194300001A4300001B4300001C4300001D4300001E4300001F430000204300002143000022430000234300002443000025430000264300002743000028430000294300002A4300002B4300002C4300002D4300002E4300002F430000304300003143000032430000334300003443000035430000364300003743000038430000394300003A4300003B4300003C4300003D4300003E4300003F430000404300004143000042430000434300004443000045430000464300004743000048430000494300004A4300004B4300004C4300004D4300004E4300004F430000504300005143000052430000534300005443000055430000564300005743000058430000594300005A4300005B4300005C4300005D4300005E4300005F430000604300006143000062430000634300006443000065430000664300006743000068430000694300006A4300006B4300006C4300006D4300006E4300006F430000704300007143000072430000734300007443000075430000764300007743000078430000794300007A4300007B4300007C4300007D4300007E4300007F43000080430080804300008143008081430000824300808243000083430080834300008443008084430000854300808543000086430080864300008743008087430000884300808843000089430080894300008A4300808A4300008B4300808B4300008C4300808C4300008D4300808D4300008E4300808E4300008F4300808F43000090430080904300009143008091430000924300809243000093430080934300009443008094430000954300809543000096430080964300009743008097430000984300809843000099430080994300009A4300809A4300009B4300809B4300009C4300809C4300009D4300809D4300009E4300809E4300009F4300809F430000A0430080A0430000A1430080A1430000A2430080A2430000A3430080A3430000A4430080A4430000A5430080A5430000A6430080A6430000A7430080A7430000A8430080A8430000A9430080A9430000AA430080AA430000AB430080AB430000AC430080AC430000AD430080AD430000AE430080AE430000AF430080AF430000B0430080B0430000B1430080B1430000B2430080B2430000B3430080B3430000B4430080B4430000B5430080B5430000B6430080B6430000B7430080B7430000B8430080B8430000B9430080B9430000BA430080BA430000BB430080BB430000BC430080BC430000BD430080BD430000BE430080BE430000BF430080BF430000C0430080C0430000C1430080C1430000C2430080C2430000C3430080C3430000C4430080C4430000C5430080C5430000C6430080C6430000C7430080C7430000C8430080C8430000C9430080C9430000CA430080CA430000CB430080CB430000CC430080CC430000CD430080CD430000CE430080CE430000CF430080CF430000D0430080D0430000D1430080D1430000D2430080D2430000D3430080D3430000D4430080D4430000D5430080D5430000D6430080D6430000D7430080D7430000D8430080D8430000D9430080D9430000DA430080DA430000DB430080DB430000DC430080DC430000DD430080DD430000DE430080DE430000DF430080DF430000E0430080E0430000E1430080E1430000E2430080E2430000E3430080E3430000E4430080E4430000E5430080E5430000E6430080E6430000E7430080E7430000E8430080E8430000E9430080E9430000EA430080EA430000EB430080EB430000EC430080EC430000ED430080ED430000EE430080EE430000EF430080EF430000F0430080F0430000F1430080F1430000F2430080F2430000F3430080F3430000F4430080F4430000F5430080F5430000F6430080F6430000F7430080F7430000F8430080F8430000F9430080F9430000FA430080FA430000FB430080FB430000FC430080FC430000FD430080FD430000FE430080FE430000FF430080FF4300000044004000440080004400C0004400000144004001440080014400C0014400000244004002440080024400C0024400000344004003440080034400C0034400000444004004440080044400C0044400000544004005440080054400C0054400000644004006440080064400C0064400000744004007440080074400C0074400000844004008440080084400C0084400000944004009440080094400C0094400000A4400400A4400800A4400C00A4400000B4400400B4400800B4400C00B4400000C4400400C4400800C4400C00C4400000D4400400D4400800D4400C00D4400000E4400400E4400800E4400C00E4400000F4400400F4400800F4400C00F4400001044004010440080104400C0104400001144004011440080114400C0114400001244004012440080124400C0124400001344004013440080134400C0134400001444004014440080144400C0144400001544004015440080154400C0154400001644004016440080164400C0164400001744004017440080174400C0174400001844004018440080184400C0184400001944004019440080194400C0194400001A4400401A4400801A4400C01A4400001B4400401B4400801B4400C01B4400001C4400401C4400801C4400C01C4400001D4400401D4400801D4400C01D4400001E4400401E4400801E4400C01E4400001F4400401F4400801F4400C01F4400002044004020440080204400C0204400002144004021440080214400C0214400002244004022440080224400C0224400002344004023440080234400C0234400002444004024440080244400C0244400002544004025440080254400C0254400002644004026440080264400C0264400002744004027440080274400C0274400002844004028440080284400C0284400002944004029440080294400C0294400002A4400402A4400802A4400C02A4400002B4400402B4400802B4400C02B4400002C4400402C4400802C4400C02C4400002D4400402D4400802D4400C02D4400002E4400402E4400802E4400C02E4400002F4400402F4400802F4400C02F4400003044004030440080304400C0304400003144004031440080314400C0314400003244004032440080324400C0324400003344004033440080334400C0334400003444004034440080344400C0344400003544004035440080354400C0354400003644004036440080364400C0364400003744004037440080374400C0374400003844004038440080384400C0384400003944004039440080394400C0394400003A4400403A4400803A4400C03A4400003B4400403B4400803B4400C03B4400003C4400403C4400803C4400C03C4400003D4400403D4400803D4400C03D4400003E4400403E4400803E4400C03E4400003F4400403F4400803F4400C03F4400004044004040440080404400C0404400004144004041440080414400C0414400004244004042440080424400C0424400004344004043440080434400C0434400004444004044440080444400C0444400004544004045440080454400C0454400004644004046440080464400C0464400004744004047440080474400C0474400004844004048440080484400C0484400004944004049440080494400C0494400004A4400404A4400804A4400C04A4400004B4400404B4400804B4400C04B4400004C4400404C4400804C4400C04C4400004D4400404D4400804D4400C04D4400004E4400404E4400804E4400C04E4400004F4400404F4400804F4400C04F4400005044004050440080504400C0504400005144004051440080514400C0514400005244004052440080524400C0524400005344004053440080534400C0534400005444004054440080544400C0544400005544004055440080554400C0554400005644004056440080564400C0564400005744004057440080574400C0574400005844004058440080584400C0584400005944004059440080594400C0594400005A4400405A4400805A4400C05A4400005B4400405B4400805B4400C05B4400005C4400405C4400805C4400C05C4400005D4400405D4400805D4400C05D4400005E4400405E4400805E4400C05E4400005F4400405F4400805F4400C05F4400006044004060440080604400C0604400006144004061440080614400C0614400006244004062440080624400C0624400006344004063440080634400C0634400006444004064440080644400C0644400006544004065440080654400C0654400006644004066440080664400C0664400006744004067440080674400C0674400006844004068440080684400C0684400006944004069440080694400C0694400006A4400406A4400806A4400C06A4400006B4400406B4400806B4400C06B4400006C4400406C4400806C4400C06C4400006D4400406D4400806D4400C06D4400006E4400406E4400806E4400C06E4400006F4400406F4400806F4400C06F4400007044004070440080704400C0704400007144004071440080714400C0714400007244004072440080724400C0724400007344004073440080734400C0734400007444004074440080744400C0744400007544004075440080754400C0754400007644004076440080764400C0764400007744004077440080774400C0774400007844004078440080784400C0784400007944004079440080794400C0794400007A4400407A4400807A4400C07A4400007B4400407B4400807B4400C07B4400007C4400407C4400807C4400C07C4400007D4400407D4400807D4400C07D4400007E4400407E4400807E4400C07E4400007F4400407F4400807F4400C07F44000080440020804400408044006080440080804400A0804400C0804400E08044000081440020814400408144006081440080814400A0814400C0814400E08144">
// CHECK: func @one_row
func.func @one_row(%a: memref<1x8xf32>, %c: memref<1x130xf32>) {
  // CHECK: %[[PANEL:.+]] = memref.reinterpret_cast {{.*}} sizes: [8, 80], strides: [80, 1]
  // CHECK: memref.prefetch %[[PANEL]][{{.*}}], read, locality<3>, data
  // CHECK: vector.load %[[PANEL]]
  %w = memref.get_global @w : memref<8x130xf32>
  linalg.matmul ins(%a, %w : memref<1x8xf32>, memref<8x130xf32>) outs(%c : memref<1x130xf32>)
  return
}

// -----

// Panels that are as wide as the constant have its order.
// CHECK-LABEL: memref.global "private" constant @w : memref<32x16xf32>
memref.global "private" constant @w : memref<32x16xf32> = dense<"0x000000000000803F0000004000004040000080400000A0400000C0400000E0400000004100001041000020410000304100004041000050410000604100007041000080410000884100009041000098410000A0410000A8410000B0410000B8410000C0410000C8410000D0410000D8410000E0410000E8410000F0410000F84100000042000004420000084200000C4200001042000014420000184200001C4200002042000024420000284200002C4200003042000034420000384200003C4200004042000044420000484200004C4200005042000054420000584200005C4200006042000064420000684200006C4200007042000074420000784200007C42000080420000824200008442000086420000884200008A4200008C4200008E42000090420000924200009442000096420000984200009A4200009C4200009E420000A0420000A2420000A4420000A6420000A8420000AA420000AC420000AE420000B0420000B2420000B4420000B6420000B8420000BA420000BC420000BE420000C0420000C2420000C4420000C6420000C8420000CA420000CC420000CE420000D0420000D2420000D4420000D6420000D8420000DA420000DC420000DE420000E0420000E2420000E4420000E6420000E8420000EA420000EC420000EE420000F0420000F2420000F4420000F6420000F8420000FA420000FC420000FE420000004300000143000002430000034300000443000005430000064300000743000008430000094300000A4300000B4300000C4300000D4300000E4300000F430000104300001143000012430000134300001443000015430000164300001743000018430000194300001A4300001B4300001C4300001D4300001E4300001F430000204300002143000022430000234300002443000025430000264300002743000028430000294300002A4300002B4300002C4300002D4300002E4300002F430000304300003143000032430000334300003443000035430000364300003743000038430000394300003A4300003B4300003C4300003D4300003E4300003F430000404300004143000042430000434300004443000045430000464300004743000048430000494300004A4300004B4300004C4300004D4300004E4300004F430000504300005143000052430000534300005443000055430000564300005743000058430000594300005A4300005B4300005C4300005D4300005E4300005F430000604300006143000062430000634300006443000065430000664300006743000068430000694300006A4300006B4300006C4300006D4300006E4300006F430000704300007143000072430000734300007443000075430000764300007743000078430000794300007A4300007B4300007C4300007D4300007E4300007F43000080430080804300008143008081430000824300808243000083430080834300008443008084430000854300808543000086430080864300008743008087430000884300808843000089430080894300008A4300808A4300008B4300808B4300008C4300808C4300008D4300808D4300008E4300808E4300008F4300808F43000090430080904300009143008091430000924300809243000093430080934300009443008094430000954300809543000096430080964300009743008097430000984300809843000099430080994300009A4300809A4300009B4300809B4300009C4300809C4300009D4300809D4300009E4300809E4300009F4300809F430000A0430080A0430000A1430080A1430000A2430080A2430000A3430080A3430000A4430080A4430000A5430080A5430000A6430080A6430000A7430080A7430000A8430080A8430000A9430080A9430000AA430080AA430000AB430080AB430000AC430080AC430000AD430080AD430000AE430080AE430000AF430080AF430000B0430080B0430000B1430080B1430000B2430080B2430000B3430080B3430000B4430080B4430000B5430080B5430000B6430080B6430000B7430080B7430000B8430080B8430000B9430080B9430000BA430080BA430000BB430080BB430000BC430080BC430000BD430080BD430000BE430080BE430000BF430080BF430000C0430080C0430000C1430080C1430000C2430080C2430000C3430080C3430000C4430080C4430000C5430080C5430000C6430080C6430000C7430080C7430000C8430080C8430000C9430080C9430000CA430080CA430000CB430080CB430000CC430080CC430000CD430080CD430000CE430080CE430000CF430080CF430000D0430080D0430000D1430080D1430000D2430080D2430000D3430080D3430000D4430080D4430000D5430080D5430000D6430080D6430000D7430080D7430000D8430080D8430000D9430080D9430000DA430080DA430000DB430080DB430000DC430080DC430000DD430080DD430000DE430080DE430000DF430080DF430000E0430080E0430000E1430080E1430000E2430080E2430000E3430080E3430000E4430080E4430000E5430080E5430000E6430080E6430000E7430080E7430000E8430080E8430000E9430080E9430000EA430080EA430000EB430080EB430000EC430080EC430000ED430080ED430000EE430080EE430000EF430080EF430000F0430080F0430000F1430080F1430000F2430080F2430000F3430080F3430000F4430080F4430000F5430080F5430000F6430080F6430000F7430080F7430000F8430080F8430000F9430080F9430000FA430080FA430000FB430080FB430000FC430080FC430000FD430080FD430000FE430080FE430000FF430080FF43">
// CHECK: func @negative_in_order
func.func @negative_in_order(%a: memref<6x32xf32>, %c: memref<6x16xf32>) {
  %w = memref.get_global @w : memref<32x16xf32>
  linalg.matmul ins(%a, %w : memref<6x32xf32>, memref<32x16xf32>) outs(%c : memref<6x16xf32>)
  return
}

// -----

#rows = affine_map<(m, n, k) -> (m, k)>
#transposed = affine_map<(m, n, k) -> (n, k)>
#tile = affine_map<(m, n, k) -> (m, n)>

// Something else reads the constant: a second copy would take memory.
// CHECK-LABEL: memref.global "private" constant @w : memref<16x32xf32>
// CHECK-NOT: memref.global
memref.global "private" constant @w : memref<16x32xf32> = dense<"0x000000000000803F0000004000004040000080400000A0400000C0400000E0400000004100001041000020410000304100004041000050410000604100007041000080410000884100009041000098410000A0410000A8410000B0410000B8410000C0410000C8410000D0410000D8410000E0410000E8410000F0410000F84100000042000004420000084200000C4200001042000014420000184200001C4200002042000024420000284200002C4200003042000034420000384200003C4200004042000044420000484200004C4200005042000054420000584200005C4200006042000064420000684200006C4200007042000074420000784200007C42000080420000824200008442000086420000884200008A4200008C4200008E42000090420000924200009442000096420000984200009A4200009C4200009E420000A0420000A2420000A4420000A6420000A8420000AA420000AC420000AE420000B0420000B2420000B4420000B6420000B8420000BA420000BC420000BE420000C0420000C2420000C4420000C6420000C8420000CA420000CC420000CE420000D0420000D2420000D4420000D6420000D8420000DA420000DC420000DE420000E0420000E2420000E4420000E6420000E8420000EA420000EC420000EE420000F0420000F2420000F4420000F6420000F8420000FA420000FC420000FE420000004300000143000002430000034300000443000005430000064300000743000008430000094300000A4300000B4300000C4300000D4300000E4300000F430000104300001143000012430000134300001443000015430000164300001743000018430000194300001A4300001B4300001C4300001D4300001E4300001F430000204300002143000022430000234300002443000025430000264300002743000028430000294300002A4300002B4300002C4300002D4300002E4300002F430000304300003143000032430000334300003443000035430000364300003743000038430000394300003A4300003B4300003C4300003D4300003E4300003F430000404300004143000042430000434300004443000045430000464300004743000048430000494300004A4300004B4300004C4300004D4300004E4300004F430000504300005143000052430000534300005443000055430000564300005743000058430000594300005A4300005B4300005C4300005D4300005E4300005F430000604300006143000062430000634300006443000065430000664300006743000068430000694300006A4300006B4300006C4300006D4300006E4300006F430000704300007143000072430000734300007443000075430000764300007743000078430000794300007A4300007B4300007C4300007D4300007E4300007F43000080430080804300008143008081430000824300808243000083430080834300008443008084430000854300808543000086430080864300008743008087430000884300808843000089430080894300008A4300808A4300008B4300808B4300008C4300808C4300008D4300808D4300008E4300808E4300008F4300808F43000090430080904300009143008091430000924300809243000093430080934300009443008094430000954300809543000096430080964300009743008097430000984300809843000099430080994300009A4300809A4300009B4300809B4300009C4300809C4300009D4300809D4300009E4300809E4300009F4300809F430000A0430080A0430000A1430080A1430000A2430080A2430000A3430080A3430000A4430080A4430000A5430080A5430000A6430080A6430000A7430080A7430000A8430080A8430000A9430080A9430000AA430080AA430000AB430080AB430000AC430080AC430000AD430080AD430000AE430080AE430000AF430080AF430000B0430080B0430000B1430080B1430000B2430080B2430000B3430080B3430000B4430080B4430000B5430080B5430000B6430080B6430000B7430080B7430000B8430080B8430000B9430080B9430000BA430080BA430000BB430080BB430000BC430080BC430000BD430080BD430000BE430080BE430000BF430080BF430000C0430080C0430000C1430080C1430000C2430080C2430000C3430080C3430000C4430080C4430000C5430080C5430000C6430080C6430000C7430080C7430000C8430080C8430000C9430080C9430000CA430080CA430000CB430080CB430000CC430080CC430000CD430080CD430000CE430080CE430000CF430080CF430000D0430080D0430000D1430080D1430000D2430080D2430000D3430080D3430000D4430080D4430000D5430080D5430000D6430080D6430000D7430080D7430000D8430080D8430000D9430080D9430000DA430080DA430000DB430080DB430000DC430080DC430000DD430080DD430000DE430080DE430000DF430080DF430000E0430080E0430000E1430080E1430000E2430080E2430000E3430080E3430000E4430080E4430000E5430080E5430000E6430080E6430000E7430080E7430000E8430080E8430000E9430080E9430000EA430080EA430000EB430080EB430000EC430080EC430000ED430080ED430000EE430080EE430000EF430080EF430000F0430080F0430000F1430080F1430000F2430080F2430000F3430080F3430000F4430080F4430000F5430080F5430000F6430080F6430000F7430080F7430000F8430080F8430000F9430080F9430000FA430080FA430000FB430080FB430000FC430080FC430000FD430080FD430000FE430080FE430000FF430080FF43">
// CHECK: func @negative_read_elsewhere
func.func @negative_read_elsewhere(%a: memref<6x32xf32>, %c: memref<6x16xf32>, %i: index) -> f32 {
  %w = memref.get_global @w : memref<16x32xf32>
  linalg.matmul indexing_maps = [#rows, #transposed, #tile]
    ins(%a, %w : memref<6x32xf32>, memref<16x32xf32>) outs(%c : memref<6x16xf32>)
  %0 = memref.load %w[%i, %i] : memref<16x32xf32>
  return %0 : f32
}

// -----

#rows = affine_map<(m, n, k) -> (m, k)>
#transposed = affine_map<(m, n, k) -> (n, k)>
#tile = affine_map<(m, n, k) -> (m, n)>

// One number stands for all elements: they have no order.
// CHECK-LABEL: memref.global "private" constant @ones : memref<16x32xf32> = dense<1.000000e+00>
memref.global "private" constant @ones : memref<16x32xf32> = dense<1.0>
// CHECK: func @negative_splat
func.func @negative_splat(%a: memref<6x32xf32>, %c: memref<6x16xf32>) {
  %w = memref.get_global @ones : memref<16x32xf32>
  linalg.matmul indexing_maps = [#rows, #transposed, #tile]
    ins(%a, %w : memref<6x32xf32>, memref<16x32xf32>) outs(%c : memref<6x16xf32>)
  return
}

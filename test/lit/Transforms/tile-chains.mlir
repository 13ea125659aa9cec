// RUN: tenon-opt %s --split-input-file --tenon-tile-chains --canonicalize | FileCheck %s
// RUN: tenon-opt %s --split-input-file --tenon-tile-chains --remarks-filter=fusion 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

#q = affine_map<(h, i, j, k) -> (h, i, k)>
#k = affine_map<(h, i, j, k) -> (h, k, j)>
#s = affine_map<(h, i, j, k) -> (h, i, j)>
#id = affine_map<(h, i, j) -> (h, i, j)>
#mask = affine_map<(h, i, j) -> (i, j)>

// A head's scores are made, used and forgotten: nothing as large as all of them exists. The mask has no heads.
// CHECK-LABEL: func @heads
// CHECK-NOT: tensor<12x128x128xf32>
// CHECK: %[[OUT:.+]] = tensor.empty() : tensor<12x128x32xf32>
// CHECK: scf.for %[[H:.+]] = %c0 to %c12 step %c1 iter_args(%[[O:.+]] = %[[OUT]])
// CHECK: %[[EMPTY:.+]] = tensor.empty() : tensor<1x128x128xf32>
// CHECK: %[[FILL:.+]] = linalg.fill ins(%{{.+}}) outs(%[[EMPTY]]
// CHECK: %[[S:.+]] = linalg.generic {{.+}} outs(%[[FILL]]
// CHECK: %[[M:.+]] = linalg.generic {{.+}} ins(%[[S]], %arg3 : tensor<1x128x128xf32>, tensor<128x128xf32>)
// CHECK: %[[P:.+]] = linalg.softmax dimension(2) ins(%[[M]]
// CHECK: %[[SLICE:.+]] = tensor.extract_slice %[[O]][%[[H]], 0, 0]
// CHECK: %[[ZERO:.+]] = linalg.fill ins(%{{.+}}) outs(%[[SLICE]]
// CHECK: linalg.generic {{.+}} ins(%[[P]], %{{.+}}) outs(%[[ZERO]]
// CHECK: tensor.insert_slice
// CHECK: } {tenon.parts}
// CHECK-NOT: tensor<12x128x128xf32>
// CHECK: return
// REMARK: remark: [Passed]{{.*}}two contractions in parts: 65536 bytes between them instead of 786432
func.func @heads(%q: tensor<12x128x32xf32>, %k: tensor<12x32x128xf32>, %v: tensor<12x128x32xf32>, %mask: tensor<128x128xf32>) -> tensor<12x128x32xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<12x128x128xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<12x128x128xf32>) -> tensor<12x128x128xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<12x128x32xf32>, tensor<12x32x128xf32>) outs(%1 : tensor<12x128x128xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<12x128x128xf32>
  %2 = linalg.generic {indexing_maps = [#id, #mask, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %mask : tensor<12x128x128xf32>, tensor<128x128xf32>) outs(%0 : tensor<12x128x128xf32>) {
  ^bb0(%x: f32, %y: f32, %out: f32):
    %a = arith.addf %x, %y : f32
    linalg.yield %a : f32
  } -> tensor<12x128x128xf32>
  %p = linalg.softmax dimension(2) ins(%2 : tensor<12x128x128xf32>) outs(%0 : tensor<12x128x128xf32>) -> tensor<12x128x128xf32>
  %3 = tensor.empty() : tensor<12x128x32xf32>
  %4 = linalg.fill ins(%zero : f32) outs(%3 : tensor<12x128x32xf32>) -> tensor<12x128x32xf32>
  %o = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<12x128x128xf32>, tensor<12x128x32xf32>) outs(%4 : tensor<12x128x32xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<12x128x32xf32>
  return %o : tensor<12x128x32xf32>
}

// -----

#q = affine_map<(h, i, j, k) -> (h, i, k)>
#k = affine_map<(h, i, j, k) -> (h, k, j)>
#s = affine_map<(h, i, j, k) -> (h, i, j)>
#id = affine_map<(h, i, j) -> (h, i, j)>
#mask = affine_map<(h, i, j) -> (i, j)>

// Long rows come in blocks: 32 rows of 8 KB in a quarter of the cache. Those of a softmax stay whole.
// CHECK-LABEL: func @long
// CHECK: scf.for %{{.+}} = %c0 to %c2 step %c1
// CHECK: scf.for %[[I:.+]] = %c0 to %c2048 step %c32
// CHECK: tensor.extract_slice %arg3[%[[I]], 0] [32, 2048]
// CHECK: linalg.softmax dimension(2) ins(%{{.+}} : tensor<1x32x2048xf32>)
// REMARK: 262144 bytes between them instead of 33554432
func.func @long(%q: tensor<2x2048x64xf32>, %k: tensor<2x64x2048xf32>, %v: tensor<2x2048x64xf32>, %mask: tensor<2048x2048xf32>) -> tensor<2x2048x64xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<2x2048x2048xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<2x2048x2048xf32>) -> tensor<2x2048x2048xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x2048x64xf32>, tensor<2x64x2048xf32>) outs(%1 : tensor<2x2048x2048xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<2x2048x2048xf32>
  %2 = linalg.generic {indexing_maps = [#id, #mask, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %mask : tensor<2x2048x2048xf32>, tensor<2048x2048xf32>) outs(%0 : tensor<2x2048x2048xf32>) {
  ^bb0(%x: f32, %y: f32, %out: f32):
    %a = arith.addf %x, %y : f32
    linalg.yield %a : f32
  } -> tensor<2x2048x2048xf32>
  %p = linalg.softmax dimension(2) ins(%2 : tensor<2x2048x2048xf32>) outs(%0 : tensor<2x2048x2048xf32>) -> tensor<2x2048x2048xf32>
  %3 = tensor.empty() : tensor<2x2048x64xf32>
  %4 = linalg.fill ins(%zero : f32) outs(%3 : tensor<2x2048x64xf32>) -> tensor<2x2048x64xf32>
  %o = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x2048x2048xf32>, tensor<2x2048x64xf32>) outs(%4 : tensor<2x2048x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<2x2048x64xf32>
  return %o : tensor<2x2048x64xf32>
}

// -----

#q = affine_map<(h, i, j, k) -> (h, i, k)>
#k = affine_map<(h, i, j, k) -> (h, k, j)>
#s = affine_map<(h, i, j, k) -> (h, i, j)>
#id = affine_map<(h, i, j) -> (h, i, j)>
#mask = affine_map<(h, i, j) -> (i, j)>

// The last block of rows is smaller, and has a loop of its own.
// CHECK-LABEL: func @tail
// CHECK: scf.for %{{.+}} = %c0 to %c992 step %c32
// CHECK: linalg.softmax dimension(2) ins(%{{.+}} : tensor<1x32x2048xf32>)
// CHECK: linalg.softmax dimension(2) ins(%{{.+}} : tensor<1x29x2048xf32>)
func.func @tail(%q: tensor<2x1021x64xf32>, %k: tensor<2x64x2048xf32>, %v: tensor<2x2048x64xf32>, %mask: tensor<1021x2048xf32>) -> tensor<2x1021x64xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<2x1021x2048xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<2x1021x2048xf32>) -> tensor<2x1021x2048xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x1021x64xf32>, tensor<2x64x2048xf32>) outs(%1 : tensor<2x1021x2048xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<2x1021x2048xf32>
  %2 = linalg.generic {indexing_maps = [#id, #mask, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %mask : tensor<2x1021x2048xf32>, tensor<1021x2048xf32>) outs(%0 : tensor<2x1021x2048xf32>) {
  ^bb0(%x: f32, %y: f32, %out: f32):
    %a = arith.addf %x, %y : f32
    linalg.yield %a : f32
  } -> tensor<2x1021x2048xf32>
  %p = linalg.softmax dimension(2) ins(%2 : tensor<2x1021x2048xf32>) outs(%0 : tensor<2x1021x2048xf32>) -> tensor<2x1021x2048xf32>
  %3 = tensor.empty() : tensor<2x1021x64xf32>
  %4 = linalg.fill ins(%zero : f32) outs(%3 : tensor<2x1021x64xf32>) -> tensor<2x1021x64xf32>
  %o = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x1021x2048xf32>, tensor<2x2048x64xf32>) outs(%4 : tensor<2x1021x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<2x1021x64xf32>
  return %o : tensor<2x1021x64xf32>
}

// -----

#q = affine_map<(h, i, j, k) -> (h, i, k)>
#k = affine_map<(h, i, j, k) -> (h, k, j)>
#s = affine_map<(h, i, j, k) -> (h, i, j)>
#id = affine_map<(h, i, j) -> (h, i, j)>
#mask = affine_map<(h, i, j) -> (i, j)>

// Open sizes count as long.
// CHECK-LABEL: func @open
// CHECK: scf.for %{{.+}} = %c0 to %{{.+}} step %c128
// CHECK: linalg.softmax dimension(2) ins(%{{.+}} : tensor<1x128x?xf32>)
// CHECK: linalg.softmax dimension(2) ins(%{{.+}} : tensor<1x?x?xf32>)
func.func @open(%q: tensor<2x?x64xf32>, %k: tensor<2x64x?xf32>, %v: tensor<2x?x64xf32>, %mask: tensor<?x?xf32>) -> tensor<2x?x64xf32> {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %n = tensor.dim %q, %c1 : tensor<2x?x64xf32>
  %m = tensor.dim %k, %c2 : tensor<2x64x?xf32>
  %0 = tensor.empty(%n, %m) : tensor<2x?x?xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<2x?x?xf32>) -> tensor<2x?x?xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x?x64xf32>, tensor<2x64x?xf32>) outs(%1 : tensor<2x?x?xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<2x?x?xf32>
  %2 = linalg.generic {indexing_maps = [#id, #mask, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %mask : tensor<2x?x?xf32>, tensor<?x?xf32>) outs(%0 : tensor<2x?x?xf32>) {
  ^bb0(%x: f32, %y: f32, %out: f32):
    %a = arith.addf %x, %y : f32
    linalg.yield %a : f32
  } -> tensor<2x?x?xf32>
  %p = linalg.softmax dimension(2) ins(%2 : tensor<2x?x?xf32>) outs(%0 : tensor<2x?x?xf32>) -> tensor<2x?x?xf32>
  %3 = tensor.empty(%n) : tensor<2x?x64xf32>
  %4 = linalg.fill ins(%zero : f32) outs(%3 : tensor<2x?x64xf32>) -> tensor<2x?x64xf32>
  %o = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x?x?xf32>, tensor<2x?x64xf32>) outs(%4 : tensor<2x?x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<2x?x64xf32>
  return %o : tensor<2x?x64xf32>
}

// -----

#q = affine_map<(h, i, j, k) -> (h, i, k)>
#k = affine_map<(h, i, j, k) -> (h, k, j)>
#s = affine_map<(h, i, j, k) -> (h, i, j)>
#id = affine_map<(h, i, j) -> (h, i, j)>
#mask = affine_map<(h, i, j) -> (i, j)>

// What stays in the cache anyway is left alone.
// CHECK-LABEL: func @negative_small
// CHECK-NOT: scf.for
// REMARK: [Missed]{{.*}}two contractions in turn: 32768 bytes between them stay in the cache
func.func @negative_small(%q: tensor<2x64x32xf32>, %k: tensor<2x32x64xf32>, %v: tensor<2x64x32xf32>, %mask: tensor<64x64xf32>) -> tensor<2x64x32xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<2x64x64xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<2x64x64xf32>) -> tensor<2x64x64xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<2x64x32xf32>, tensor<2x32x64xf32>) outs(%1 : tensor<2x64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<2x64x64xf32>
  %2 = linalg.generic {indexing_maps = [#id, #mask, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %mask : tensor<2x64x64xf32>, tensor<64x64xf32>) outs(%0 : tensor<2x64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %out: f32):
    %a = arith.addf %x, %y : f32
    linalg.yield %a : f32
  } -> tensor<2x64x64xf32>
  %p = linalg.softmax dimension(2) ins(%2 : tensor<2x64x64xf32>) outs(%0 : tensor<2x64x64xf32>) -> tensor<2x64x64xf32>
  %3 = tensor.empty() : tensor<2x64x32xf32>
  %4 = linalg.fill ins(%zero : f32) outs(%3 : tensor<2x64x32xf32>) -> tensor<2x64x32xf32>
  %o = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<2x64x64xf32>, tensor<2x64x32xf32>) outs(%4 : tensor<2x64x32xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<2x64x32xf32>
  return %o : tensor<2x64x32xf32>
}

// -----

#q = affine_map<(h, i, j, k) -> (h, i, k)>
#k = affine_map<(h, i, j, k) -> (h, k, j)>
#s = affine_map<(h, i, j, k) -> (h, i, j)>
#id = affine_map<(h, i, j) -> (h, i, j)>
#mask = affine_map<(h, i, j) -> (i, j)>

// A gradient reads the probabilities again.
// CHECK-LABEL: func @negative_used
// CHECK-NOT: scf.for
func.func @negative_used(%q: tensor<12x128x32xf32>, %k: tensor<12x32x128xf32>, %v: tensor<12x128x32xf32>, %mask: tensor<128x128xf32>) -> (tensor<12x128x32xf32>, tensor<12x128x128xf32>) {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<12x128x128xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<12x128x128xf32>) -> tensor<12x128x128xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<12x128x32xf32>, tensor<12x32x128xf32>) outs(%1 : tensor<12x128x128xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<12x128x128xf32>
  %2 = linalg.generic {indexing_maps = [#id, #mask, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%s, %mask : tensor<12x128x128xf32>, tensor<128x128xf32>) outs(%0 : tensor<12x128x128xf32>) {
  ^bb0(%x: f32, %y: f32, %out: f32):
    %a = arith.addf %x, %y : f32
    linalg.yield %a : f32
  } -> tensor<12x128x128xf32>
  %p = linalg.softmax dimension(2) ins(%2 : tensor<12x128x128xf32>) outs(%0 : tensor<12x128x128xf32>) -> tensor<12x128x128xf32>
  %3 = tensor.empty() : tensor<12x128x32xf32>
  %4 = linalg.fill ins(%zero : f32) outs(%3 : tensor<12x128x32xf32>) -> tensor<12x128x32xf32>
  %o = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%p, %v : tensor<12x128x128xf32>, tensor<12x128x32xf32>) outs(%4 : tensor<12x128x32xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %a = math.fma %x, %y, %sum : f32
    linalg.yield %a : f32
  } -> tensor<12x128x32xf32>
  return %o, %p : tensor<12x128x32xf32>, tensor<12x128x128xf32>
}

// -----

#a = affine_map<(i, j, k) -> (i, k)>
#b = affine_map<(i, j, k) -> (k, j)>
#c = affine_map<(i, j, k) -> (i, j)>

// Blocks of rows would each read 16 MB of weights again, for a tensor of 4 MB.
// CHECK-LABEL: func @negative_weights
// CHECK-NOT: scf.for
// REMARK: [Missed]{{.*}}16 blocks would each read 16777216 bytes, more than the 4194304 between them
func.func @negative_weights(%x: tensor<512x1024xf32>, %w: tensor<1024x2048xf32>, %u: tensor<2048x1024xf32>) -> tensor<512x1024xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<512x2048xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<512x2048xf32>) -> tensor<512x2048xf32>
  %s = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<512x1024xf32>, tensor<1024x2048xf32>) outs(%1 : tensor<512x2048xf32>) {
  ^bb0(%l: f32, %r: f32, %sum: f32):
    %a = math.fma %l, %r, %sum : f32
    linalg.yield %a : f32
  } -> tensor<512x2048xf32>
  %3 = tensor.empty() : tensor<512x1024xf32>
  %4 = linalg.fill ins(%zero : f32) outs(%3 : tensor<512x1024xf32>) -> tensor<512x1024xf32>
  %o = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%s, %u : tensor<512x2048xf32>, tensor<2048x1024xf32>) outs(%4 : tensor<512x1024xf32>) {
  ^bb0(%l: f32, %r: f32, %sum: f32):
    %a = math.fma %l, %r, %sum : f32
    linalg.yield %a : f32
  } -> tensor<512x1024xf32>
  return %o : tensor<512x1024xf32>
}

// -----

#a = affine_map<(b, i, j, k) -> (b, i, k)>
#w = affine_map<(b, i, j, k) -> (k, j)>
#c = affine_map<(b, i, j, k) -> (b, i, j)>

// A batch of one is no loop to cut, and a block of 16 rows of each of 256 examples stays in no cache.
// CHECK-LABEL: func @negative_batch
// CHECK-NOT: scf.for
// REMARK: [Missed]{{.*}}a block of 16 rows has 33554432 bytes
func.func @negative_batch(%x: tensor<256x257x64xf32>, %w: tensor<64x2048xf32>, %u: tensor<2048x64xf32>) -> tensor<256x257x64xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<256x257x2048xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<256x257x2048xf32>) -> tensor<256x257x2048xf32>
  %s = linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<256x257x64xf32>, tensor<64x2048xf32>) outs(%1 : tensor<256x257x2048xf32>) {
  ^bb0(%l: f32, %r: f32, %sum: f32):
    %a = math.fma %l, %r, %sum : f32
    linalg.yield %a : f32
  } -> tensor<256x257x2048xf32>
  %3 = tensor.empty() : tensor<256x257x64xf32>
  %4 = linalg.fill ins(%zero : f32) outs(%3 : tensor<256x257x64xf32>) -> tensor<256x257x64xf32>
  %o = linalg.generic {indexing_maps = [#a, #w, #c], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%s, %u : tensor<256x257x2048xf32>, tensor<2048x64xf32>) outs(%4 : tensor<256x257x64xf32>) {
  ^bb0(%l: f32, %r: f32, %sum: f32):
    %a = math.fma %l, %r, %sum : f32
    linalg.yield %a : f32
  } -> tensor<256x257x64xf32>
  return %o : tensor<256x257x64xf32>
}

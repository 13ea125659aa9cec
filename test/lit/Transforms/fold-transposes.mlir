// RUN: tenon-opt %s --split-input-file --tenon-fold-transposes --canonicalize | FileCheck %s

#q = affine_map<(h, i, j, k) -> (h, i, k)>
#k = affine_map<(h, i, j, k) -> (h, k, j)>
#s = affine_map<(h, i, j, k) -> (h, i, j)>

// The heads of an operand and of the result lie where the rows of all heads are.
// CHECK-DAG: #[[Q:.+]] = affine_map<(d0, d1, d2, d3) -> (d1, d0, d3)>
// CHECK-DAG: #[[K:.+]] = affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>
// CHECK-DAG: #[[S:.+]] = affine_map<(d0, d1, d2, d3) -> (d1, d0, d2)>
// CHECK-LABEL: func @heads
// CHECK-SAME: %[[A:.+]]: tensor<128x12x32xf32>, %[[B:.+]]: tensor<12x32x64xf32>
// CHECK-NOT: linalg.transpose
// CHECK: %[[EMPTY:.+]] = tensor.empty() : tensor<128x12x64xf32>
// CHECK: %[[ZERO:.+]] = linalg.fill ins(%{{.+}}) outs(%[[EMPTY]]
// CHECK: linalg.generic {indexing_maps = [#[[Q]], #[[K]], #[[S]]]
// CHECK-SAME: ins(%[[A]], %[[B]] : {{.+}}) outs(%[[ZERO]]
func.func @heads(%a: tensor<128x12x32xf32>, %b: tensor<12x32x64xf32>) -> tensor<128x12x64xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<12x128x32xf32>
  %q = linalg.transpose ins(%a : tensor<128x12x32xf32>) outs(%0 : tensor<12x128x32xf32>) permutation = [1, 0, 2]
  %1 = tensor.empty() : tensor<12x128x64xf32>
  %2 = linalg.fill ins(%zero : f32) outs(%1 : tensor<12x128x64xf32>) -> tensor<12x128x64xf32>
  %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %b : tensor<12x128x32xf32>, tensor<12x32x64xf32>) outs(%2 : tensor<12x128x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %3 = math.fma %x, %y, %sum : f32
    linalg.yield %3 : f32
  } -> tensor<12x128x64xf32>
  %4 = tensor.empty() : tensor<128x12x64xf32>
  %t = linalg.transpose ins(%s : tensor<12x128x64xf32>) outs(%4 : tensor<128x12x64xf32>) permutation = [1, 0, 2]
  return %t : tensor<128x12x64xf32>
}

// -----

#a = affine_map<(i, j, k) -> (i, k)>
#b = affine_map<(i, j, k) -> (k, j)>
#c = affine_map<(i, j, k) -> (i, j)>

// Columns do not become rows: that is a copy through registers.
// CHECK-LABEL: func @negative_columns
// CHECK: linalg.transpose
func.func @negative_columns(%a: tensor<8x16xf32>, %b: tensor<4x16xf32>, %c: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %0 = tensor.empty() : tensor<16x4xf32>
  %t = linalg.transpose ins(%b : tensor<4x16xf32>) outs(%0 : tensor<16x4xf32>) permutation = [1, 0]
  %s = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %t : tensor<8x16xf32>, tensor<16x4xf32>) outs(%c : tensor<8x4xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %3 = math.fma %x, %y, %sum : f32
    linalg.yield %3 : f32
  } -> tensor<8x4xf32>
  return %s : tensor<8x4xf32>
}

// -----

#q = affine_map<(h, i, j, k) -> (h, i, k)>
#k = affine_map<(h, i, j, k) -> (h, k, j)>
#s = affine_map<(h, i, j, k) -> (h, i, j)>

// What a loop reads in each iteration is transposed once before it.
// CHECK-LABEL: func @negative_loop
// CHECK: linalg.transpose
// CHECK: scf.for
func.func @negative_loop(%a: tensor<128x12x32xf32>, %b: tensor<12x32x64xf32>, %c: tensor<12x128x64xf32>, %n: index) -> tensor<12x128x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = tensor.empty() : tensor<12x128x32xf32>
  %q = linalg.transpose ins(%a : tensor<128x12x32xf32>) outs(%0 : tensor<12x128x32xf32>) permutation = [1, 0, 2]
  %r = scf.for %l = %c0 to %n step %c1 iter_args(%carried = %c) -> tensor<12x128x64xf32> {
    %s = linalg.generic {indexing_maps = [#q, #k, #s], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
        ins(%q, %b : tensor<12x128x32xf32>, tensor<12x32x64xf32>) outs(%carried : tensor<12x128x64xf32>) {
    ^bb0(%x: f32, %y: f32, %sum: f32):
      %3 = math.fma %x, %y, %sum : f32
      linalg.yield %3 : f32
    } -> tensor<12x128x64xf32>
    scf.yield %s : tensor<12x128x64xf32>
  }
  return %r : tensor<12x128x64xf32>
}

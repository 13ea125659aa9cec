// What fusion decided, at the line that it is about. The scores of all heads would be 786432 bytes, twice.
// RUN: tenonc %s -o %t.o --target=x86-64-v4 --report 2>&1 | FileCheck %s
// RUN: tenonc %s -o %t.o --target=x86-64-v4 --report --no-fuse 2>&1 | FileCheck %s --check-prefix=PLAIN

// CHECK: function attend: workspace 131072 bytes
// CHECK: fusion in attend at report-fusion.mlir:[[# @LINE + 11]]: two contractions in parts: 65536 bytes between them instead of 786432
// CHECK: fusion in heads at report-fusion.mlir:[[# @LINE + 17]]: two contractions in turn: 16384 bytes between them stay in the cache
// CHECK: object:
// PLAIN: function attend: workspace 1572864 bytes
// PLAIN-NOT: fusion in
// PLAIN: object:
module @report {
  func.func @attend(%q: tensor<12x128x32xf32> {tenon.name = "q"}, %k: tensor<12x32x128xf32> {tenon.name = "k"},
                    %v: tensor<12x128x32xf32> {tenon.name = "v"}) -> (tensor<12x128x32xf32> {tenon.name = "y"}) {
    %s = tenon.matmul %q, %k : tensor<12x128x32xf32>, tensor<12x32x128xf32>
    %p = tenon.softmax %s {axis = 2 : i64} : tensor<12x128x128xf32>
    %y = tenon.matmul %p, %v : tensor<12x128x128xf32>, tensor<12x128x32xf32>
    return %y : tensor<12x128x32xf32>
  }
  func.func @heads(%q: tensor<4x32x32xf32> {tenon.name = "q"}, %k: tensor<4x32x32xf32> {tenon.name = "k"},
                   %v: tensor<4x32x32xf32> {tenon.name = "v"}) -> (tensor<4x32x32xf32> {tenon.name = "y"}) {
    %s = tenon.matmul %q, %k : tensor<4x32x32xf32>, tensor<4x32x32xf32>
    %p = tenon.softmax %s {axis = 2 : i64} : tensor<4x32x32xf32>
    %y = tenon.matmul %p, %v : tensor<4x32x32xf32>, tensor<4x32x32xf32>
    return %y : tensor<4x32x32xf32>
  }
}

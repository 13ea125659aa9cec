// RUN: tenon-opt %s | tenon-opt | FileCheck %s
// RUN: tenon-opt %s --emit-bytecode | tenon-opt | FileCheck %s
// RUN: tenon-opt %s --canonicalize --cse --loop-invariant-code-motion | FileCheck %s --check-prefix=CANON
// Lists: round trips, what goes, and what stays where it is.

// CHECK-LABEL: @carried
// CANON-LABEL: @carried
func.func @carried(%x: tensor<?x4xf32>, %n: tensor<i64>, %i: tensor<i64>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<i64>) {
  %zero = tenon.constant dense<0> : tensor<i64>
  %d = tenon.dim %x {axis = 0 : i64} : tensor<?x4xf32>
  // CHECK: %[[EMPTY:.+]] = tenon.list_create : <tensor<?x4xf32>>
  %empty = tenon.list_create : !tenon.list<tensor<?x4xf32>>
  // CHECK: tenon.for %{{.+}} to %{{.+}} step 1(%[[EMPTY]] : !tenon.list<tensor<?x4xf32>>) -> !tenon.list<tensor<?x4xf32>> {
  // CANON: tenon.for
  %list = tenon.for %zero to %n step 1 (%empty : !tenon.list<tensor<?x4xf32>>) -> !tenon.list<tensor<?x4xf32>> {
  ^bb0(%k: tensor<i64>, %l: !tenon.list<tensor<?x4xf32>>):
    // CHECK: tenon.list_push %{{.+}}, %{{.+}} : <tensor<?x4xf32>>
    // CANON: tenon.list_push
    %m = tenon.list_push %x, %l : !tenon.list<tensor<?x4xf32>>
    tenon.yield %m : !tenon.list<tensor<?x4xf32>>
  }
  // CHECK: tenon.list_size %{{.+}} : <tensor<?x4xf32>>
  %size = tenon.list_size %list : !tenon.list<tensor<?x4xf32>>
  // CHECK: tenon.list_get %{{.+}}[%{{.+}}] dims(%{{.+}}) : <tensor<?x4xf32>>
  %y = tenon.list_get %list[%i] dims(%d) : !tenon.list<tensor<?x4xf32>>
  // CHECK: %{{.+}}, %{{.+}} = tenon.list_pop %{{.+}} dims(%{{.+}}) : <tensor<?x4xf32>>
  %less, %z = tenon.list_pop %list dims(%d) : !tenon.list<tensor<?x4xf32>>
  return %y, %z, %size : tensor<?x4xf32>, tensor<?x4xf32>, tensor<i64>
}

// Two lists that begin alike are two; one that nobody uses is none.
// CANON-LABEL: @two
// CANON-COUNT-2: tenon.list_create
// CANON-NOT: tenon.list_create
// CANON: return
func.func @two(%x: tensor<f32>) -> (!tenon.list<tensor<f32>>, !tenon.list<tensor<f32>>) {
  %a = tenon.list_create : !tenon.list<tensor<f32>>
  %b = tenon.list_create : !tenon.list<tensor<f32>>
  %c = tenon.list_create : !tenon.list<tensor<f32>>
  %unused = tenon.list_push %x, %c : !tenon.list<tensor<f32>>
  return %a, %b : !tenon.list<tensor<f32>>, !tenon.list<tensor<f32>>
}

// No select between lists, and nothing that may fail where the program does not run it.
// CANON-LABEL: @branch
// CANON: tenon.if
// CANON:   tenon.list_push
// CANON: else
// CANON-NEXT: tenon.yield
func.func @branch(%c: tensor<i1>, %x: tensor<f32>, %list: !tenon.list<tensor<f32>>) -> !tenon.list<tensor<f32>> {
  %r = tenon.if %c -> !tenon.list<tensor<f32>> {
    %m = tenon.list_push %x, %list : !tenon.list<tensor<f32>>
    tenon.yield %m : !tenon.list<tensor<f32>>
  } else {
    tenon.yield %list : !tenon.list<tensor<f32>>
  }
  return %r : !tenon.list<tensor<f32>>
}

// Beside linalg.
// CHECK-LABEL: @memory
func.func @memory(%list: !tenon.list<tensor<?xf32>>, %n: index, %i: index) -> (memref<?xf32>, memref<?xf32>, memref<?xf32>, index) {
  // CHECK: tenon.list_slot push %{{.+}} (%{{.+}}) : <tensor<?xf32>> -> memref<?xf32>
  %a = tenon.list_slot push %list(%n) : !tenon.list<tensor<?xf32>> -> memref<?xf32>
  // CHECK: tenon.list_slot get %{{.+}}[%{{.+}}] (%{{.+}}) : <tensor<?xf32>> -> memref<?xf32>
  %b = tenon.list_slot get %list[%i](%n) : !tenon.list<tensor<?xf32>> -> memref<?xf32>
  // CHECK: tenon.list_slot pop %{{.+}} (%{{.+}}) : <tensor<?xf32>> -> memref<?xf32>
  %c = tenon.list_slot pop %list(%n) : !tenon.list<tensor<?xf32>> -> memref<?xf32>
  // CHECK: tenon.list_count %{{.+}} : <tensor<?xf32>>
  %count = tenon.list_count %list : !tenon.list<tensor<?xf32>>
  return %a, %b, %c, %count : memref<?xf32>, memref<?xf32>, memref<?xf32>, index
}

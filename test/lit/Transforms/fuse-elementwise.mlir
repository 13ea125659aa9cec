// RUN: tenon-opt %s --tenon-fuse-elementwise --canonicalize | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

// A chain is one loop, and it ends in the reduction that reads it.
// CHECK-LABEL: func.func @into_a_reduction
// CHECK-COUNT-1: linalg.generic
// CHECK: math.exp
// CHECK: arith.addf
// CHECK-NOT: linalg.generic
func.func @into_a_reduction(%x: tensor<4x8xf32>, %init: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = math.exp %i : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%0 : tensor<4x8xf32>) outs(%init : tensor<4xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = arith.addf %o, %i : f32
    linalg.yield %v : f32
  } -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// Two readers, or a contraction that reads each element many times: computed once and kept.
// CHECK-LABEL: func.func @negative_two_readers_and_contraction
// CHECK: %[[E:.+]] = linalg.generic
// CHECK: math.exp
// CHECK: linalg.generic {{.*}} ins(%[[E]], %[[E]]
// CHECK: math.fma
func.func @negative_two_readers_and_contraction(%x: tensor<4x4xf32>, %init: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %e = tensor.empty() : tensor<4x4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = math.exp %i : f32
    linalg.yield %v : f32
  } -> tensor<4x4xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>],
                       iterator_types = ["parallel", "parallel", "reduction"]} ins(%0, %0 : tensor<4x4xf32>, tensor<4x4xf32>) outs(%init : tensor<4x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %v = math.fma %a, %b, %o : f32
    linalg.yield %v : f32
  } -> tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}

// What is computed once before a loop stays there; what a branch alone needs moves into it.
// CHECK-LABEL: func.func @negative_into_a_loop
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK: scf.for
// CHECK: linalg.generic
// CHECK-NOT: math.exp
// CHECK: arith.addf
func.func @negative_into_a_loop(%x: tensor<4x8xf32>, %n: index) -> tensor<4x8xf32> {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = math.exp %i : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %1 = scf.for %k = %zero to %n step %one iter_args(%a = %x) -> tensor<4x8xf32> {
    %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%a, %0 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
    ^bb0(%i: f32, %j: f32, %o: f32):
      %v = arith.addf %i, %j : f32
      linalg.yield %v : f32
    } -> tensor<4x8xf32>
    scf.yield %2 : tensor<4x8xf32>
  }
  return %1 : tensor<4x8xf32>
}
// CHECK-LABEL: func.func @into_a_branch
// CHECK-NOT: linalg.generic
// CHECK: scf.if
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK-NEXT: arith.negf
func.func @into_a_branch(%x: tensor<4x8xf32>, %c: i1) -> tensor<4x8xf32> {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = math.exp %i : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %1 = scf.if %c -> tensor<4x8xf32> {
    %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
    ^bb0(%i: f32, %o: f32):
      %v = arith.negf %i : f32
      linalg.yield %v : f32
    } -> tensor<4x8xf32>
    scf.yield %2 : tensor<4x8xf32>
  } else {
    scf.yield %x : tensor<4x8xf32>
  }
  return %1 : tensor<4x8xf32>
}

// An optimizer's slot and its parameter, whose new values are both wanted, are one loop. The order of the results is
// the producer's, then the consumer's.
// CHECK-LABEL: func.func @slot_and_parameter
// CHECK-SAME: %[[W:.+]]: tensor<4x8xf32>, %[[M:.+]]: tensor<4x8xf32>, %[[G:.+]]: tensor<4x8xf32>)
// CHECK: %[[R:.+]]:2 = linalg.generic
// CHECK: arith.mulf
// CHECK: arith.subf
// CHECK-NOT: linalg.generic
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @slot_and_parameter(%w: tensor<4x8xf32>, %m: tensor<4x8xf32>, %g: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%m, %g : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %j: f32, %o: f32):
    %v = arith.mulf %i, %j : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%w, %0 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %j: f32, %o: f32):
    %v = arith.subf %i, %j : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  return %0, %1 : tensor<4x8xf32>, tensor<4x8xf32>
}

tenon.variable @m : tensor<4x8xf32>
tenon.variable @w : tensor<4x8xf32>

// Nor is an assignment between them an obstacle, unless the variable is read again.
// CHECK-LABEL: func.func @assigned_between
// CHECK-DAG: tenon.read @m
// CHECK-DAG: tenon.read @w
// CHECK: %[[R:.+]]:2 = linalg.generic
// CHECK-NOT: linalg.generic
// CHECK-DAG: tenon.assign @m, %[[R]]#0
// CHECK-DAG: tenon.assign @w, %[[R]]#1
func.func @assigned_between(%g: tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %m = tenon.read @m : tensor<4x8xf32>
  %w = tenon.read @w : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%m, %g : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %j: f32, %o: f32):
    %v = arith.mulf %i, %j : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  tenon.assign @m, %0 : tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%w, %0 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %j: f32, %o: f32):
    %v = arith.subf %i, %j : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  tenon.assign @w, %1 : tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @negative_read_again
// CHECK: tenon.assign @m
// CHECK: tenon.read @m
// CHECK: tenon.assign @m
func.func @negative_read_again(%g: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %old = tenon.read @m : tensor<4x8xf32>
  tenon.assign @m, %g : tensor<4x8xf32>
  %new = tenon.read @m : tensor<4x8xf32>
  tenon.assign @m, %old : tensor<4x8xf32>
  return %new : tensor<4x8xf32>
}

// A consumer may read an element twice, and several results; what nobody else reads is no result.
// CHECK-LABEL: func.func @read_twice
// CHECK: %[[R:.+]]:2 = linalg.generic {{.*}} ins(%{{[a-z0-9]+}} : tensor<4x8xf32>)
// CHECK: %[[EXP:.+]] = math.exp
// CHECK: %[[SQUARE:.+]] = arith.mulf %[[EXP]], %[[EXP]]
// CHECK: %[[SUM:.+]] = arith.addf %[[SQUARE]], %[[EXP]]
// CHECK: linalg.yield %[[SQUARE]], %[[SUM]]
// CHECK: linalg.reduce {{.*}} ins(%[[R]]#0
func.func @read_twice(%x: tensor<4x8xf32>, %init: tensor<4xf32>) -> (tensor<4xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = math.exp %i : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%0, %0 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %j: f32, %o: f32):
    %v = arith.mulf %i, %j : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%1, %0 : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %j: f32, %o: f32):
    %v = arith.addf %i, %j : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %3 = linalg.reduce { arith.addf } ins(%1 : tensor<4x8xf32>) outs(%init : tensor<4xf32>) dimensions = [1]
  return %3, %2 : tensor<4xf32>, tensor<4x8xf32>
}

// A reshape between two element-wise ops is no obstacle.
// CHECK-LABEL: func.func @through_a_reshape
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK: arith.subf
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @through_a_reshape(%x: tensor<4x8x2xf32>, %y: tensor<32x2xf32>) -> tensor<32x2xf32> {
  %e = tensor.empty() : tensor<4x8x2xf32>
  %f = tensor.empty() : tensor<32x2xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (a, b, c)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%x : tensor<4x8x2xf32>) outs(%e : tensor<4x8x2xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = math.exp %i : f32
    linalg.yield %v : f32
  } -> tensor<4x8x2xf32>
  %1 = tensor.collapse_shape %0 [[0, 1], [2]] : tensor<4x8x2xf32> into tensor<32x2xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%1, %y : tensor<32x2xf32>, tensor<32x2xf32>) outs(%f : tensor<32x2xf32>) {
  ^bb0(%i: f32, %j: f32, %o: f32):
    %v = arith.subf %i, %j : f32
    linalg.yield %v : f32
  } -> tensor<32x2xf32>
  return %2 : tensor<32x2xf32>
}

// The consumer does not come first of those that read the producer: it could not stand before them.
// CHECK-LABEL: func.func @negative_read_before
// CHECK: linalg.generic
// CHECK: linalg.reduce
// CHECK: linalg.generic
func.func @negative_read_before(%x: tensor<4x8xf32>, %init: tensor<4xf32>) -> (tensor<4xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = math.exp %i : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %1 = linalg.reduce { arith.addf } ins(%0 : tensor<4x8xf32>) outs(%init : tensor<4xf32>) dimensions = [1]
  %2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = arith.negf %i : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  return %1, %2 : tensor<4xf32>, tensor<4x8xf32>
}

// The consumer's body picks elements out of the producer's result: all of it has to be there.
// CHECK-LABEL: func.func @negative_picked
// CHECK: %[[E:.+]] = linalg.generic
// CHECK: math.exp
// CHECK: linalg.generic
// CHECK: tensor.extract %[[E]]
func.func @negative_picked(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %v = math.exp %i : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%i: f32, %o: f32):
    %zero = arith.constant 0 : index
    %a = tensor.extract %0[%zero, %zero] : tensor<4x8xf32>
    %v = arith.subf %i, %a : f32
    linalg.yield %v : f32
  } -> tensor<4x8xf32>
  return %0, %1 : tensor<4x8xf32>, tensor<4x8xf32>
}

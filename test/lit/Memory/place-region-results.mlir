// RUN: tenon-opt %s --split-input-file --tenon-place-region-results | FileCheck %s

// What a loop yields is stored in what it carries; it begins with a copy of what is not its own.
// CHECK-LABEL: func.func @carried
// CHECK-SAME: %[[X:.+]]: tensor<4xf32>, %[[N:.+]]: index
// CHECK: %[[COPY:.+]] = linalg.copy ins(%[[X]]
// CHECK: scf.for {{.*}} iter_args(%[[A:.+]] = %[[COPY]])
// CHECK: %[[B:.+]] = linalg.exp ins(%[[A]]
// CHECK: %[[STORED:.+]] = bufferization.materialize_in_destination %[[B]] in %[[A]]
// CHECK: scf.yield %[[STORED]]
func.func @carried(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
    %e = tensor.empty() : tensor<4xf32>
    %b = linalg.exp ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %b : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// A store waits for those that read what it overwrites. What goes to two places is read from the first.
// CHECK-LABEL: func.func @order
// CHECK: scf.for {{.*}} iter_args(%[[A:[^ ]+]] = %{{[^,]+}}, %[[B:[^ ]+]] = %{{[^,]+}}, %[[C:[^ ]+]] =
// CHECK-NEXT: %[[C1:.+]] = bufferization.materialize_in_destination %[[A]] in %[[C]]
// CHECK-NEXT: %[[A1:.+]] = bufferization.materialize_in_destination %[[B]] in %[[A]]
// CHECK-NEXT: %[[B1:.+]] = bufferization.materialize_in_destination %[[C1]] in %[[B]]
// CHECK-NEXT: scf.yield %[[A1]], %[[B1]], %[[C1]]
func.func @order(%x: tensor<4xf32>, %y: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:3 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y, %c = %x) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
    scf.yield %b, %a, %a : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// Of two values that change places one is put aside.
// CHECK-LABEL: func.func @swap
// CHECK: scf.for {{.*}} iter_args(%[[A:[^ ]+]] = %{{[^,]+}}, %[[B:[^ ]+]] =
// CHECK-NEXT: %[[ASIDE:.+]] = bufferization.alloc_tensor() copy(%[[B]])
// CHECK-NEXT: %[[B1:.+]] = bufferization.materialize_in_destination %[[A]] in %[[B]]
// CHECK-NEXT: %[[A1:.+]] = bufferization.materialize_in_destination %[[ASIDE]] in %[[A]]
// CHECK-NEXT: scf.yield %[[A1]], %[[B1]]
func.func @swap(%x: tensor<4xf32>, %y: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y) -> (tensor<4xf32>, tensor<4xf32>) {
    scf.yield %b, %a : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// A loop with a condition forwards what it carries, in the same places; what the condition makes has a place before the loop.
// CHECK-LABEL: func.func @aligned
// CHECK: %[[PLACE:.+]] = tensor.empty() : tensor<4xf32>
// CHECK: scf.while (%[[A:[^ ]+]] = %{{[^,]+}}, %[[B:[^ ]+]] = %[[PLACE]], %[[N:[^ ]+]] =
// CHECK: %[[B1:.+]] = bufferization.materialize_in_destination %{{.+}} in %[[B]]
// CHECK: scf.condition(%{{.+}}) %[[A]], %[[B1]], %[[N]]
// CHECK: ^bb0(%[[A2:[^:]+]]: tensor<4xf32>, %[[B2:[^:]+]]: tensor<4xf32>, %{{.+}}: index):
// CHECK: %[[A3:.+]] = bufferization.materialize_in_destination %[[B2]] in %[[A2]]
// CHECK: scf.yield %[[A3]], %[[B2]]
func.func @aligned(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.while (%k = %n, %a = %x) : (index, tensor<4xf32>) -> (tensor<4xf32>, index) {
    %e = tensor.empty() : tensor<4xf32>
    %b = linalg.exp ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
    %more = arith.cmpi sgt, %k, %c0 : index
    scf.condition(%more) %b, %k : tensor<4xf32>, index
  } do {
  ^bb0(%b: tensor<4xf32>, %k: index):
    %l = arith.subi %k, %c1 : index
    scf.yield %l, %b : index, tensor<4xf32>
  }
  return %r#0 : tensor<4xf32>
}

// -----

// Where one side of a branch hands on what the loop carries, the other writes over it, and nothing is left to store.
// CHECK-LABEL: func.func @branch
// CHECK: scf.for %[[I:.+]] = {{.*}} iter_args(%[[A:.+]] =
// CHECK: %[[NEXT:.+]] = scf.if
// CHECK: %[[ROW:.+]] = tensor.insert_slice %{{.+}} into %[[A]][%[[I]]]
// CHECK: %[[STORED:.+]] = bufferization.materialize_in_destination %[[ROW]] in %[[A]]
// CHECK: scf.yield %[[STORED]]
// CHECK: scf.yield %[[A]]
// CHECK: scf.yield %[[NEXT]]
func.func @branch(%x: tensor<4xf32>, %u: tensor<1xf32>, %c: i1) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %r = scf.for %i = %c0 to %c4 step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
    %next = scf.if %c -> tensor<4xf32> {
      %row = tensor.insert_slice %u into %a[%i] [1] [1] : tensor<1xf32> into tensor<4xf32>
      scf.yield %row : tensor<4xf32>
    } else {
      scf.yield %a : tensor<4xf32>
    }
    scf.yield %next : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// Two new values get one place before the branch, whose sizes are those that either side would have computed.
// CHECK-LABEL: func.func @fresh
// CHECK-SAME: %[[X:.+]]: tensor<?xf32>, %[[C:.+]]: i1
// CHECK: %[[SIZE:.+]] = tensor.dim %[[X]]
// CHECK: %[[PLACE:.+]] = tensor.empty(%[[SIZE]])
// CHECK: scf.if
// CHECK: bufferization.materialize_in_destination %{{.+}} in %[[PLACE]]
// CHECK: } else {
// CHECK: bufferization.materialize_in_destination %{{.+}} in %[[PLACE]]
func.func @fresh(%x: tensor<?xf32>, %c: i1) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %r = scf.if %c -> tensor<?xf32> {
    %n = tensor.dim %x, %c0 : tensor<?xf32>
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = linalg.exp ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  } else {
    %n = tensor.dim %x, %c0 : tensor<?xf32>
    %e = tensor.empty(%n) : tensor<?xf32>
    %y = linalg.tanh ins(%x : tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    scf.yield %y : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}

// -----

// What is read afterwards is not written over.
// CHECK-LABEL: func.func @negative_read_later
// CHECK-NOT: materialize_in_destination
// CHECK: return
func.func @negative_read_later(%x: tensor<4xf32>, %c: i1) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %r = scf.if %c -> tensor<4xf32> {
    %f = tensor.empty() : tensor<4xf32>
    %z = linalg.exp ins(%y : tensor<4xf32>) outs(%f : tensor<4xf32>) -> tensor<4xf32>
    scf.yield %z : tensor<4xf32>
  } else {
    scf.yield %y : tensor<4xf32>
  }
  return %r, %y : tensor<4xf32>, tensor<4xf32>
}

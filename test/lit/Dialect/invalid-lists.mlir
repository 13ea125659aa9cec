// RUN: tenon-opt %s --split-input-file --verify-diagnostics
// What is no use of a list.

// list_push (C1)
func.func @push_other(%x: tensor<4xf32>, %list: !tenon.list<tensor<5xf32>>) {
  // expected-error@+1 {{'tenon.list_push' op failed to verify that `value` has the type of an element}}
  %0 = "tenon.list_push"(%x, %list) : (tensor<4xf32>, !tenon.list<tensor<5xf32>>) -> !tenon.list<tensor<5xf32>>
  return
}

// -----

// list_pop (C1)
func.func @pop_without_dims(%list: !tenon.list<tensor<?xf32>>) {
  // expected-error@+1 {{list_pop: expected one `dims` operand for each open dimension of f32[?], but got 0}}
  %0, %1 = tenon.list_pop %list : !tenon.list<tensor<?xf32>>
  return
}

// -----

// list_get (C1)
func.func @get_with_dims(%list: !tenon.list<tensor<4xf32>>, %i: tensor<i64>) {
  // expected-error@+1 {{list_get: expected one `dims` operand for each open dimension of f32[4], but got 1}}
  %0 = tenon.list_get %list[%i] dims(%i) : !tenon.list<tensor<4xf32>>
  return
}

// -----

// list_slot (C1)
func.func @slot_without_sizes(%list: !tenon.list<tensor<?xf32>>) {
  // expected-error@+1 {{list_slot: expected one of `sizes` for each of 1 open dimensions, but got 0}}
  %0 = tenon.list_slot push %list : !tenon.list<tensor<?xf32>> -> memref<?xf32>
  return
}

// -----

// list_slot (C2)
func.func @slot_without_index(%list: !tenon.list<tensor<4xf32>>) {
  // expected-error@+1 {{list_slot: expected an index, but got none}}
  %0 = tenon.list_slot get %list : !tenon.list<tensor<4xf32>> -> memref<4xf32>
  return
}

// -----

// list_slot (C2)
func.func @slot_with_index(%list: !tenon.list<tensor<4xf32>>, %i: index) {
  // expected-error@+1 {{list_slot: expected no index, but got one}}
  %0 = tenon.list_slot pop %list[%i] : !tenon.list<tensor<4xf32>> -> memref<4xf32>
  return
}

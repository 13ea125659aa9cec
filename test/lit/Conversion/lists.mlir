// RUN: tenon-opt %s --split-input-file --convert-tenon-to-linalg --verify-diagnostics | FileCheck %s
// Lists beside linalg: one object, whose elements are memory; and uses of lists that no object can serve.

// CHECK-LABEL: @pushed_and_popped
func.func @pushed_and_popped(%x: tensor<?xui8>, %s: tensor<f32>) -> tensor<?xui8> {
  %d = tenon.dim %x {axis = 0 : i64} : tensor<?xui8>
  // CHECK: %[[LIST:.+]] = tenon.list_create : <tensor<?xi8>>
  %list = tenon.list_create : !tenon.list<tensor<?xui8>>
  // CHECK: %[[NEW:.+]] = tenon.list_slot push %[[LIST]] (%{{.+}}) : <tensor<?xi8>> -> memref<?xi8>
  // CHECK: bufferization.materialize_in_destination %{{.+}} in restrict writable %[[NEW]]
  %more = tenon.list_push %x, %list : !tenon.list<tensor<?xui8>>
  // CHECK: %[[LAST:.+]] = tenon.list_slot pop %[[LIST]] (%{{.+}}) : <tensor<?xi8>> -> memref<?xi8>
  // CHECK: bufferization.to_tensor %[[LAST]] restrict : memref<?xi8>
  %less, %y = tenon.list_pop %more dims(%d) : !tenon.list<tensor<?xui8>>
  return %y : tensor<?xui8>
}

// A scalar goes through a register.
// CHECK-LABEL: @scalars
func.func @scalars(%x: tensor<f32>, %i: tensor<i64>) -> (tensor<f32>, tensor<i64>) {
  %list = tenon.list_create : !tenon.list<tensor<f32>>
  // CHECK: %[[SLOT:.+]] = tenon.list_slot push
  // CHECK: memref.store %{{.+}}, %[[SLOT]][] : memref<f32>
  %more = tenon.list_push %x, %list : !tenon.list<tensor<f32>>
  // CHECK: %[[COUNT:.+]] = tenon.list_count
  // CHECK: tenon.raise %{{.+}}, index_out_of_range, "list: index {} is outside [0, {})"
  // CHECK: %[[OLD:.+]] = tenon.list_slot get %{{.+}}[%{{.+}}] : <tensor<f32>> -> memref<f32>
  // CHECK: memref.load %[[OLD]][] : memref<f32>
  %y = tenon.list_get %more[%i] : !tenon.list<tensor<f32>>
  %n = tenon.list_size %more : !tenon.list<tensor<f32>>
  return %y, %n : tensor<f32>, tensor<i64>
}

// -----

func.func @taken_twice(%x: tensor<f32>) -> (tensor<i64>, tensor<i64>) {
  %list = tenon.list_create : !tenon.list<tensor<f32>>
  // expected-note@+1 {{the other use}}
  %a = tenon.list_push %x, %list : !tenon.list<tensor<f32>>
  // expected-error@+1 {{list: it is used twice, but an op takes it}}
  %b = tenon.list_push %x, %list : !tenon.list<tensor<f32>>
  %n = tenon.list_size %a : !tenon.list<tensor<f32>>
  %m = tenon.list_size %b : !tenon.list<tensor<f32>>
  return %n, %m : tensor<i64>, tensor<i64>
}

// -----

func.func @read_late(%x: tensor<f32>) -> (tensor<i64>, tensor<i64>) {
  %list = tenon.list_create : !tenon.list<tensor<f32>>
  // expected-note@+1 {{that op}}
  %a = tenon.list_push %x, %list : !tenon.list<tensor<f32>>
  // expected-error@+1 {{list: it is read after another op has taken it}}
  %n = tenon.list_size %list : !tenon.list<tensor<f32>>
  %m = tenon.list_size %a : !tenon.list<tensor<f32>>
  return %n, %m : tensor<i64>, tensor<i64>
}

// -----

func.func @not_carried(%x: tensor<f32>, %k: tensor<i64>) -> tensor<i64> {
  %list = tenon.list_create : !tenon.list<tensor<f32>>
  %zero = tenon.constant dense<0> : tensor<i64>
  %r = tenon.for %zero to %k step 1 (%zero : tensor<i64>) -> tensor<i64> {
  ^bb0(%i: tensor<i64>, %s: tensor<i64>):
    // expected-error@+1 {{list: taken by an iteration of a loop that does not carry it}}
    %a = tenon.list_push %x, %list : !tenon.list<tensor<f32>>
    %n = tenon.list_size %a : !tenon.list<tensor<f32>>
    tenon.yield %n : tensor<i64>
  }
  return %r : tensor<i64>
}

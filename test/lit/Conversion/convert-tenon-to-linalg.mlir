// RUN: tenon-opt %s --convert-tenon-to-linalg --canonicalize --cse | FileCheck %s

// A variable of bytes is held in i8, as every read and assignment of it, and remembers its dtype.
// CHECK: tenon.variable @count : tensor<2xi8> = dense<[-1, 7]> : tensor<2xi8> {tenon.dtype = ui8}
tenon.variable @count : tensor<2xui8> = dense<[255, 7]> : tensor<2xui8>

// CHECK-LABEL: func @bump(
// CHECK: tenon.read @count : tensor<2xi8>
// CHECK: tenon.assign @count, %{{.+}} : tensor<2xi8>
func.func @bump() {
  %one = tenon.constant dense<1> : tensor<ui8>
  %0 = tenon.read @count : tensor<2xui8>
  %1 = tenon.add %0, %one : tensor<2xui8>, tensor<ui8>
  tenon.assign @count, %1 : tensor<2xui8>
  return
}

// Functions that call each other change type together; names stay.
// CHECK-LABEL: func private @callee(%arg0: tensor<?xi8> {tenon.dtype = ui8}) -> (tensor<?xi8> {tenon.dtype = ui8})
func.func private @callee(%x: tensor<?xui8>) -> tensor<?xui8> {
  return %x : tensor<?xui8>
}
// CHECK-LABEL: func @caller(
// CHECK-SAME: tensor<?xi8> {tenon.dims = ["n"], tenon.dtype = ui8, tenon.name = "x"}
// CHECK: call @callee(%arg0) : (tensor<?xi8>) -> tensor<?xi8>
func.func @caller(%x: tensor<?xui8> {tenon.name = "x", tenon.dims = ["n"]}) -> (tensor<?xui8> {tenon.name = "y"}) {
  %0 = call @callee(%x) : (tensor<?xui8>) -> tensor<?xui8>
  return %0 : tensor<?xui8>
}

// Control flow carries bytes as i8 too.
// CHECK-LABEL: func @branch(
// CHECK: scf.if %{{.+}} -> (tensor<2xi8>)
func.func @branch(%p: i1, %x: tensor<2xui8>, %y: tensor<2xui8>) -> tensor<2xui8> {
  %0 = scf.if %p -> tensor<2xui8> {
    %1 = tenon.add %x, %y : tensor<2xui8>, tensor<2xui8>
    scf.yield %1 : tensor<2xui8>
  } else {
    scf.yield %y : tensor<2xui8>
  }
  return %0 : tensor<2xui8>
}

// A print reads buffers and knows the program's dtypes; an assertion is a check of a scalar.
// CHECK-LABEL: func @effects(
// CHECK: %[[X:.+]] = bufferization.to_buffer %arg0 read_only : tensor<4xi8> to memref<4xi8, strided<[?], offset: ?>>
// CHECK: tenon.print "x = {}" %[[X]] : memref<4xi8, strided<[?], offset: ?>> {dtypes = [ui8]}
// CHECK: %[[HOLDS:.+]] = tensor.extract %arg1[] : tensor<i1>
// CHECK: tenon.raise %[[HOLDS]], assertion_failed, "x is odd"
func.func @effects(%x: tensor<4xui8>, %p: tensor<i1>) {
  tenon.print "x = {}" %x : tensor<4xui8>
  tenon.assert %p, "x is odd"
  return
}

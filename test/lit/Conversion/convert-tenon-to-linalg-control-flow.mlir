// RUN: tenon-opt %s --convert-tenon-to-linalg --canonicalize --cse --split-input-file | FileCheck %s

// Scalars that a loop carries are numbers, not tensors; so are conditions and what branches yield.
// CHECK-LABEL: func.func @collatz
// CHECK:         %[[N:.+]] = tensor.extract %{{.+}}[] : tensor<i64>
// CHECK:         %[[LOOP:.+]]:2 = scf.while (%[[A:.+]] = %[[N]], %[[S:.+]] = %{{.+}}) : (i64, i64) -> (i64, i64) {
// CHECK-NEXT:      %[[MORE:.+]] = arith.cmpi ne, %[[A]], %{{.+}} : i64
// CHECK-NEXT:      scf.condition(%[[MORE]]) %[[A]], %[[S]] : i64, i64
// CHECK:           %[[REM:.+]] = arith.remsi
// CHECK-NEXT:      %[[EVEN:.+]] = arith.cmpi eq, %[[REM]]
// CHECK-NEXT:      %[[B:.+]] = scf.if %[[EVEN]] -> (i64) {
// CHECK-NEXT:        arith.divsi
// CHECK-NOT:       tensor
// CHECK:           scf.yield %[[B]], %{{.+}} : i64, i64
func.func @collatz(%n: tensor<i64>) -> tensor<i64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<i64>
  %r:2 = tenon.while (%n, %zero : tensor<i64>, tensor<i64>) -> tensor<i64>, tensor<i64> {
  ^bb0(%a: tensor<i64>, %s: tensor<i64>):
    %more = tenon.compare <ne> %a, %one : tensor<i64>, tensor<i64>
    tenon.condition %more, %a, %s : tensor<i64>, tensor<i64>
  } do {
  ^bb0(%a: tensor<i64>, %s: tensor<i64>):
    %m = tenon.rem %a, %two : tensor<i64>, tensor<i64>
    %even = tenon.compare <eq> %m, %zero : tensor<i64>, tensor<i64>
    %b = tenon.if %even -> tensor<i64> {
      %h = tenon.div %a, %two : tensor<i64>, tensor<i64>
      tenon.yield %h : tensor<i64>
    } else {
      %u = tenon.add %a, %one : tensor<i64>, tensor<i64>
      tenon.yield %u : tensor<i64>
    }
    %s2 = tenon.add %s, %one : tensor<i64>, tensor<i64>
    tenon.yield %b, %s2 : tensor<i64>, tensor<i64>
  }
  return %r#1 : tensor<i64>
}

// -----

// A loop that counts up is the same loop on i64; unsigned elements are carried without their sign.
// CHECK-LABEL: func.func @up
// CHECK:         scf.for %[[I:.+]] = %c0_i64 to %{{.+}} step %c1_i64 iter_args(%[[A:.+]] = %{{.+}}) -> (tensor<4xi8>) {{.*}}: i64
func.func @up(%n: tensor<i64>, %x: tensor<4xui8>) -> tensor<4xui8> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %r = tenon.for %zero to %n step 1 (%x : tensor<4xui8>) -> tensor<4xui8> {
  ^bb0(%i: tensor<i64>, %a: tensor<4xui8>):
    %b = tenon.div %a, %x : tensor<4xui8>, tensor<4xui8>
    tenon.yield %b : tensor<4xui8>
  }
  return %r : tensor<4xui8>
}

// -----

// A loop that counts down, or by steps that may pass the largest number, counts its iterations as unsigned numbers.
// CHECK-LABEL: func.func @down
// CHECK:         %[[ANY:.+]] = arith.cmpi slt, %[[TO:.+]], %[[FROM:.+]] : i64
// CHECK:         %[[WAY:.+]] = arith.subi %[[FROM]], %[[TO]] : i64
// CHECK:         %[[LAST:.+]] = arith.subi %[[WAY]], %c1_i64
// CHECK:         %[[MORE:.+]] = arith.divui %[[LAST]], %c3_i64
// CHECK:         %[[COUNT:.+]] = arith.addi %[[MORE]], %c1_i64
// CHECK:         %[[STOP:.+]] = arith.select %[[ANY]], %[[COUNT]], %c0_i64
// CHECK:         scf.for unsigned %[[K:.+]] = %c0_i64 to %[[STOP]] step %c1_i64
// CHECK-NEXT:      %[[BACK:.+]] = arith.muli %[[K]], %c-3_i64
// CHECK-NEXT:      arith.addi %[[FROM]], %[[BACK]]
func.func @down(%lo: tensor<i64>, %hi: tensor<i64>, %x: tensor<i64>) -> tensor<i64> {
  %r = tenon.for %hi to %lo step -3 (%x : tensor<i64>) -> tensor<i64> {
  ^bb0(%i: tensor<i64>, %a: tensor<i64>):
    %b = tenon.xor %a, %i : tensor<i64>, tensor<i64>
    tenon.yield %b : tensor<i64>
  }
  return %r : tensor<i64>
}

// -----

// An insertion checks where it writes, as a slice checks where it reads.
// CHECK-LABEL: func.func @insert
// CHECK:         tenon.raise %{{.+}}, index_out_of_range, "insert: start {} and size {} with stride 1 reach outside dimension 0 of size {}"
// CHECK:         tensor.insert_slice %{{.+}} into %{{.+}}[%{{.+}}, 5] [1, 4] [1, 1] : tensor<1x4xf32> into tensor<?x9xf32>
func.func @insert(%u: tensor<1x4xf32>, %x: tensor<?x9xf32>, %i: tensor<i64>) -> tensor<?x9xf32> {
  %y = tenon.insert %u, %x[%i, 5] : tensor<1x4xf32>, tensor<?x9xf32>
  return %y : tensor<?x9xf32>
}

// -----

// One number is stored where it belongs.
// CHECK-LABEL: func.func @insert_number
// CHECK:         %[[U:.+]] = tensor.extract %arg0[] : tensor<f32>
// CHECK-NEXT:    tensor.insert %[[U]] into %arg1[%c2] : tensor<4xf32>
func.func @insert_number(%u: tensor<f32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %r = tenon.reshape %u : tensor<f32> -> tensor<1xf32>
  %y = tenon.insert %r, %x[2] : tensor<1xf32>, tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// What an iteration yields is compared with what the loop began with, unless it is the same size by construction.
// CHECK-LABEL: func.func @sizes
// CHECK:         scf.for {{.*}} iter_args(%{{.+}} = %arg0, %{{.+}} = %arg0)
// CHECK:           %[[N:.+]] = tensor.dim %arg0
// CHECK-NOT:       tenon.raise
// CHECK:           %[[SAME:.+]] = arith.cmpi eq, %[[N]], %[[M:.+]] : index
// CHECK:           tenon.raise %[[SAME]], shape_mismatch, "for: dimension 0 of 'y' is {} before the loop and {} after an iteration"(%[[N]], %[[M]])
// CHECK-NOT:       tenon.raise
// CHECK:           scf.yield
func.func @sizes(%x: tensor<?xf32>, %m: tensor<i64>, %n: tensor<i64>) -> (tensor<?xf32>, tensor<?xf32>) {
  %zero = tenon.constant dense<0> : tensor<i64>
  %f = tenon.constant dense<1.0> : tensor<f32>
  %r:2 = tenon.for %zero to %n step 1 (%x, %x : tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>, tensor<?xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<?xf32>, %b: tensor<?xf32> loc("y")):
    %e = tenon.exp %a : tensor<?xf32>
    %s = tenon.splat %f dims(%m) : tensor<f32> -> tensor<?xf32>
    tenon.yield %e, %s : tensor<?xf32>, tensor<?xf32>
  }
  return %r#0, %r#1 : tensor<?xf32>, tensor<?xf32>
}

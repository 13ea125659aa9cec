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

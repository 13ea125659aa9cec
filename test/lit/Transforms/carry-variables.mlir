// RUN: tenon-opt %s --tenon-carry-variables | FileCheck %s

tenon.variable @w : tensor<f32> = dense<0.0> : tensor<f32>
tenon.variable @n : tensor<i64> = dense<0> : tensor<i64>

// What one branch assigns, the other hands on as it was.
// CHECK-LABEL: func.func @branch
// CHECK:         %[[W:.+]] = tenon.read @w
// CHECK-NEXT:    %[[AFTER:.+]] = tenon.if %arg0 -> tensor<f32> {
// CHECK-NEXT:      %[[SUM:.+]] = tenon.add %[[W]], %arg1
// CHECK-NEXT:      tenon.yield %[[SUM]]
// CHECK-NEXT:    } else {
// CHECK-NEXT:      tenon.yield %[[W]]
// CHECK-NEXT:    }
// CHECK-NEXT:    tenon.assign @w, %[[AFTER]]
// CHECK-NEXT:    %[[END:.+]] = tenon.read @w
// CHECK-NEXT:    return %[[END]]
func.func @branch(%c: tensor<i1>, %x: tensor<f32>) -> tensor<f32> {
  tenon.if %c {
    %0 = tenon.read @w : tensor<f32>
    %1 = tenon.add %0, %x : tensor<f32>, tensor<f32>
    tenon.assign @w, %1 : tensor<f32>
    tenon.yield
  } else {
    tenon.yield
  }
  %2 = tenon.read @w : tensor<f32>
  return %2 : tensor<f32>
}

// A variable that is only read is read before the loop; one that the condition assigns is what it was then.
// CHECK-LABEL: func.func @loop
// CHECK-DAG:     %[[W:.+]] = tenon.read @w
// CHECK-DAG:     %[[N:.+]] = tenon.read @n
// CHECK:         %[[AFTER:.+]]:2 = tenon.while(%arg0, %[[N]] : tensor<f32>, tensor<i64>) -> tensor<f32>, tensor<i64> {
// CHECK-NEXT:    ^bb0(%[[X:.+]]: tensor<f32>, %[[N1:.+]]: tensor<i64>):
// CHECK-NEXT:      %[[N2:.+]] = tenon.add %[[N1]], %arg1
// CHECK-NEXT:      %[[MORE:.+]] = tenon.compare <lt> %[[X]], %[[W]]
// CHECK-NEXT:      tenon.condition %[[MORE]], %[[X]], %[[N2]]
// CHECK-NEXT:    } do {
// CHECK-NEXT:    ^bb0(%[[X2:.+]]: tensor<f32>, %[[N3:.+]]: tensor<i64>):
// CHECK-NEXT:      %[[NEXT:.+]] = tenon.add %[[X2]], %[[W]]
// CHECK-NEXT:      tenon.yield %[[NEXT]], %[[N3]]
// CHECK-NEXT:    }
// CHECK-NEXT:    tenon.assign @n, %[[AFTER]]#1
// CHECK-NEXT:    return %[[AFTER]]#0
func.func @loop(%x: tensor<f32>, %one: tensor<i64>) -> tensor<f32> {
  %r = tenon.while (%x : tensor<f32>) -> tensor<f32> {
  ^bb0(%a: tensor<f32>):
    %n = tenon.read @n : tensor<i64>
    %m = tenon.add %n, %one : tensor<i64>, tensor<i64>
    tenon.assign @n, %m : tensor<i64>
    %w = tenon.read @w : tensor<f32>
    %more = tenon.compare <lt> %a, %w : tensor<f32>, tensor<f32>
    tenon.condition %more, %a : tensor<f32>
  } do {
  ^bb0(%a: tensor<f32>):
    %w = tenon.read @w : tensor<f32>
    %b = tenon.add %a, %w : tensor<f32>, tensor<f32>
    tenon.yield %b : tensor<f32>
  }
  return %r : tensor<f32>
}

// From the inside outwards; the last assignment in a region counts.
// CHECK-LABEL: func.func @nested
// CHECK:         %[[W:.+]] = tenon.read @w
// CHECK-NEXT:    %[[AFTER:.+]] = tenon.for %arg0 to %arg1 step 1(%[[W]] : tensor<f32>) -> tensor<f32> {
// CHECK-NEXT:    ^bb0(%{{.+}}: tensor<i64>, %[[W1:.+]]: tensor<f32>):
// CHECK-NEXT:      %[[W2:.+]] = tenon.mul %[[W1]], %[[W1]]
// CHECK-NEXT:      %[[W3:.+]] = tenon.if %arg2 -> tensor<f32> {
// CHECK-NEXT:        tenon.yield %arg3
// CHECK-NEXT:      } else {
// CHECK-NEXT:        tenon.yield %[[W2]]
// CHECK-NEXT:      }
// CHECK-NEXT:      tenon.yield %[[W3]]
// CHECK-NEXT:    }
// CHECK-NEXT:    tenon.assign @w, %[[AFTER]]
func.func @nested(%lo: tensor<i64>, %hi: tensor<i64>, %c: tensor<i1>, %x: tensor<f32>) {
  tenon.for %lo to %hi step 1 {
  ^bb0(%i: tensor<i64>):
    %0 = tenon.read @w : tensor<f32>
    tenon.assign @w, %x : tensor<f32>
    %1 = tenon.mul %0, %0 : tensor<f32>, tensor<f32>
    tenon.assign @w, %1 : tensor<f32>
    tenon.if %c {
      tenon.assign @w, %x : tensor<f32>
      tenon.yield
    } else {
      tenon.yield
    }
    tenon.yield
  }
  return
}

// No region uses a variable: nothing changes.
// A checkpoint is given what it reads, and gives what it assigns.
// CHECK-LABEL: func.func @checkpoint
// CHECK-SAME: (%[[X:.+]]: tensor<f32>)
// CHECK-NEXT: %[[BEFORE:.+]] = tenon.read @w
// CHECK-NEXT: %[[OUT:.+]] = tenon.checkpoint -> tensor<f32> {
// CHECK-NEXT:   %[[SUM:.+]] = tenon.add %[[BEFORE]], %[[X]]
// CHECK-NEXT:   tenon.yield %[[SUM]] : tensor<f32>
// CHECK-NEXT: }
// CHECK-NEXT: tenon.assign @w, %[[OUT]]
func.func @checkpoint(%x: tensor<f32>) {
  tenon.checkpoint {
    %0 = tenon.read @w : tensor<f32>
    %1 = tenon.add %0, %x : tensor<f32>, tensor<f32>
    tenon.assign @w, %1 : tensor<f32>
    tenon.yield
  }
  return
}

// CHECK-LABEL: func.func @negative_top
// CHECK-NEXT:    tenon.assign @w, %arg0
// CHECK-NEXT:    %[[W:.+]] = tenon.read @w
// CHECK-NEXT:    return %[[W]]
func.func @negative_top(%x: tensor<f32>) -> tensor<f32> {
  tenon.assign @w, %x : tensor<f32>
  %0 = tenon.read @w : tensor<f32>
  return %0 : tensor<f32>
}

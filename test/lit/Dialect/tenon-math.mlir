// RUN: tenon-opt %s --canonicalize | FileCheck %s --check-prefix=KEPT
// RUN: tenon-opt %s --canonicalize --tenon-expand-math --canonicalize | FileCheck %s --check-prefix=WRITTEN

// A function of a constant waits until the compiler's own code decides its bits.
// KEPT-LABEL: func @function_of_a_constant
// KEPT: %[[X:.+]] = tenon_math.opaque
// KEPT: math.exp %[[X]]
// WRITTEN-LABEL: func @function_of_a_constant
// WRITTEN-NOT: tenon_math
// WRITTEN-NOT: math.exp
// WRITTEN: return
func.func @function_of_a_constant() -> f32 {
  %two = arith.constant 2.0 : f32
  %0 = tenon_math.opaque %two : f32
  %1 = math.exp %0 : f32
  return %1 : f32
}

// Vectors of constants too; one hidden operand is enough.
// KEPT-LABEL: func @power_of_constants
// KEPT: math.powf
// WRITTEN-LABEL: func @power_of_constants
// WRITTEN-NOT: tenon_math
// WRITTEN: return
func.func @power_of_constants() -> vector<4xf64> {
  %x = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : vector<4xf64>
  %y = arith.constant dense<0.3> : vector<4xf64>
  %0 = tenon_math.opaque %x : vector<4xf64>
  %1 = math.powf %0, %y : vector<4xf64>
  return %1 : vector<4xf64>
}

// Nobody needs what nobody reads.
// KEPT-LABEL: func @dead
// KEPT-NEXT: return
func.func @dead(%x: f16) {
  %0 = tenon_math.opaque %x : f16
  return
}

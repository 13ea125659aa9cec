// Math functions become arithmetic: instructions stay, calls do not.
// RUN: tenon-opt %s --split-input-file --tenon-expand-math | FileCheck %s
// RUN: tenon-opt %s --split-input-file --tenon-expand-math="fma=false round-instructions=false half-conversions=false wide-integers=false" \
// RUN:   | FileCheck %s --check-prefix=PLAIN
// RUN: tenon-opt %s --split-input-file --tenon-expand-math=scale-instructions | FileCheck %s --check-prefix=SCALE

// No function that would be a call remains, for scalars or vectors, at any width.
// CHECK-LABEL: func @every_function
// CHECK-NOT: math.{{exp|log|sin|cos|tan|erf|powf|rsqrt|round }}
// PLAIN-LABEL: func @every_function
// PLAIN-NOT: math.{{exp|log|sin|cos|tan|erf|powf|rsqrt|round|floor|ceil|trunc|fma}}
func.func @every_function(%x: f32, %v: vector<8xf64>, %h: f16, %m: vector<2x4xf32>) -> (f32, vector<8xf64>, f16, vector<2x4xf32>) {
  %0 = math.exp %x : f32
  %1 = math.exp2 %0 : f32
  %2 = math.expm1 %1 : f32
  %3 = math.log %2 : f32
  %4 = math.log2 %3 : f32
  %5 = math.log10 %4 : f32
  %6 = math.log1p %5 : f32
  %7 = math.tanh %6 : f32
  %8 = math.erf %7 : f32
  %9 = math.rsqrt %8 : f32
  %10 = math.powf %9, %x : f32
  %11 = math.round %10 : f32
  %v0 = math.sin %v : vector<8xf64>
  %v1 = math.cos %v0 : vector<8xf64>
  %v2 = math.tan %v1 : vector<8xf64>
  %v3 = math.floor %v2 : vector<8xf64>
  %v4 = math.ceil %v3 : vector<8xf64>
  %v5 = math.trunc %v4 : vector<8xf64>
  %h0 = math.exp %h : f16
  %m0 = math.sin %m : vector<2x4xf32>
  return %11, %v5, %h0, %m0 : f32, vector<8xf64>, f16, vector<2x4xf32>
}

// -----

// The same operations in the same order for a scalar and a vector: the same bits.
// CHECK-LABEL: func @scalar(
// CHECK: %[[CLAMPED:.+]] = arith.select %{{.+}}, %{{.+}}, %{{.+}} : f32
// CHECK: arith.mulf %{{.+}}, %{{.+}} : f32
// CHECK-COUNT-7: math.fma %{{.+}} : f32
// CHECK: arith.addf %{{.+}} : f32
// CHECK: arith.shrsi %{{.+}} : i32
// CHECK-COUNT-2: arith.mulf %{{.+}}, %{{.+}} : f32
// CHECK-NEXT: return
func.func @scalar(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  return %0 : f32
}
// Where one instruction multiplies vectors by powers of two it takes the place of two multiplications, whose rounding it has.
// SCALE-LABEL: func @vector(
// SCALE-COUNT-7: math.fma %{{.+}} : vector<16xf32>
// SCALE: %[[E:.+]] = arith.addf %{{.+}} : vector<16xf32>
// SCALE-NEXT: llvm.call_intrinsic "llvm.ldexp"(%[[E]], %{{.+}}) : (vector<16xf32>, vector<16xi32>) -> vector<16xf32>
// SCALE-NEXT: return
// CHECK-LABEL: func @vector(
// CHECK: %[[CLAMPED:.+]] = arith.select %{{.+}}, %{{.+}}, %{{.+}} : vector<16xi1>, vector<16xf32>
// CHECK: arith.mulf %{{.+}}, %{{.+}} : vector<16xf32>
// CHECK-COUNT-7: math.fma %{{.+}} : vector<16xf32>
// CHECK: arith.addf %{{.+}} : vector<16xf32>
// CHECK: arith.shrsi %{{.+}} : vector<16xi32>
// CHECK-COUNT-2: arith.mulf %{{.+}}, %{{.+}} : vector<16xf32>
// CHECK-NEXT: return
func.func @vector(%x: vector<16xf32>) -> vector<16xf32> {
  %0 = math.exp %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// -----

// Roundings are instructions, or a sum that has no room for a fraction.
// CHECK-LABEL: func @rounding
// CHECK-NEXT: math.floor
// PLAIN-LABEL: func @rounding
// PLAIN: arith.constant 0x4B000000 : f32
// PLAIN: arith.addf
// PLAIN: arith.subf
func.func @rounding(%x: f32) -> f32 {
  %0 = math.floor %x : f32
  return %0 : f32
}

// -----

// A fused multiply-add of the program is a product and a sum where the target has none.
// CHECK-LABEL: func @multiply_add
// CHECK: math.fma
// CHECK: vector.fma
// PLAIN-LABEL: func @multiply_add
// PLAIN-COUNT-2: arith.mulf
// PLAIN-NOT: fma
func.func @multiply_add(%x: f32, %v: vector<8xf32>) -> (f32, vector<8xf32>) {
  %0 = math.fma %x, %x, %x : f32
  %1 = vector.fma %v, %v, %v : vector<8xf32>
  %2 = arith.mulf %1, %v : vector<8xf32>
  return %0, %2 : f32, vector<8xf32>
}

// -----

// bf16 is always integer arithmetic; f16 keeps its instructions where there are some.
// CHECK-LABEL: func @halves
// CHECK: arith.extf %{{.+}} : f16 to f32
// CHECK-NOT: bf16 to f32
// CHECK: arith.shli %{{.+}}, %{{.+}} : i32
// PLAIN-LABEL: func @halves
// PLAIN-NOT: arith.extf
func.func @halves(%x: f16, %y: bf16) -> (f32, f32) {
  %0 = arith.extf %x : f16 to f32
  %1 = arith.extf %y : bf16 to f32
  return %0, %1 : f32, f32
}

// -----

// The remainder of large quotients is a loop, lane by lane, behind one branch.
// CHECK-LABEL: func @remainder
// CHECK: vector.reduction <or>
// CHECK: scf.if
// CHECK: scf.for
// CHECK: scf.while
func.func @remainder(%x: vector<8xf32>, %y: vector<8xf32>) -> vector<8xf32> {
  %0 = arith.remf %x, %y : vector<8xf32>
  return %0 : vector<8xf32>
}

// -----

// Division by a value is floating-point on 32-bit targets; by a constant LLVM multiplies.
// CHECK-LABEL: func @division
// CHECK-COUNT-2: arith.divsi
// PLAIN-LABEL: func @division
// PLAIN: arith.divf %{{.+}} : f64
// PLAIN: arith.divsi
// PLAIN-NOT: arith.divsi
func.func @division(%x: i32, %y: i32) -> i32 {
  %c7 = arith.constant 7 : i32
  %0 = arith.divsi %x, %y : i32
  %1 = arith.divsi %0, %c7 : i32
  return %1 : i32
}

// -----

// What hardware does stays.
// CHECK-LABEL: func @negative_instructions
// CHECK-NEXT: math.absf
// CHECK-NEXT: math.sqrt
// CHECK-NEXT: math.copysign
// CHECK-NEXT: math.ctpop
// CHECK-NEXT: return
func.func @negative_instructions(%x: f32, %n: i32) -> (f32, i32) {
  %0 = math.absf %x : f32
  %1 = math.sqrt %0 : f32
  %2 = math.copysign %1, %x : f32
  %3 = math.ctpop %n : i32
  return %2, %3 : f32, i32
}

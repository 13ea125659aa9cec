// Ops on constants; the expected numbers are NumPy's, or follow from the op's definition where NumPy has none.
// RUN: tenon-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @integers
func.func @integers() -> (tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>) {
  %x = tenon.constant dense<[100, -128, -7, 7]> : tensor<4xi8>
  %y = tenon.constant dense<[100, -1, 2, 0]> : tensor<4xi8>
  // CHECK-DAG: dense<[-56, 127, -5, 7]> : tensor<4xi8>
  %0 = tenon.add %x, %y : tensor<4xi8>, tensor<4xi8>
  // CHECK-DAG: dense<[16, -128, -14, 0]> : tensor<4xi8>
  %1 = tenon.mul %x, %y : tensor<4xi8>, tensor<4xi8>
  // Toward zero; the least number divided by -1 wraps; by zero gives 0.
  // CHECK-DAG: dense<[1, -128, -3, 0]> : tensor<4xi8>
  %2 = tenon.div %x, %y : tensor<4xi8>, tensor<4xi8>
  // The sign of x; by zero gives x.
  // CHECK-DAG: dense<[0, 0, -1, 7]> : tensor<4xi8>
  %3 = tenon.rem %x, %y : tensor<4xi8>, tensor<4xi8>
  // Outside [0, 8) nothing is left.
  // CHECK-DAG: dense<[0, 0, -28, 7]> : tensor<4xi8>
  %4 = tenon.shl %x, %y : tensor<4xi8>, tensor<4xi8>
  // Clamped: by 100 is by 7, by -1 is by 0.
  // CHECK-DAG: dense<[0, -128, -2, 7]> : tensor<4xi8>
  %5 = tenon.shr %x, %y : tensor<4xi8>, tensor<4xi8>
  // CHECK-DAG: dense<[100, -128, 7, 7]> : tensor<4xi8>
  %6 = tenon.abs %x : tensor<4xi8>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>, tensor<4xi8>
}

// CHECK-LABEL: @unsigned
func.func @unsigned() -> (tensor<3xui8>, tensor<3xui8>, tensor<3xui8>, tensor<3xi1>) {
  %x = tenon.constant dense<[200, 255, 7]> : tensor<3xui8>
  %y = tenon.constant dense<[100, 9, 2]> : tensor<3xui8>
  // CHECK-DAG: dense<[44, 8, 9]> : tensor<3xui8>
  %0 = tenon.add %x, %y : tensor<3xui8>, tensor<3xui8>
  // CHECK-DAG: dense<[2, 28, 3]> : tensor<3xui8>
  %1 = tenon.div %x, %y : tensor<3xui8>, tensor<3xui8>
  // CHECK-DAG: dense<[0, 0, 1]> : tensor<3xui8>
  %2 = tenon.shr %x, %y : tensor<3xui8>, tensor<3xui8>
  // CHECK-DAG: dense<true> : tensor<3xi1>
  %3 = tenon.compare <gt> %x, %y : tensor<3xui8>, tensor<3xui8>
  return %0, %1, %2, %3 : tensor<3xui8>, tensor<3xui8>, tensor<3xui8>, tensor<3xi1>
}

// CHECK-LABEL: @floats
func.func @floats() -> (tensor<2xf32>, tensor<2xf32>, tensor<f64>, tensor<2xf16>, tensor<f32>) {
  %x = tenon.constant dense<[1.0, -0.0]> : tensor<2xf32>
  %y = tenon.constant dense<[3.0, 0.0]> : tensor<2xf32>
  // float32(1) / float32(3); max takes the right one of equal zeros.
  %third = tenon.constant dense<[3.0, 1.0]> : tensor<2xf32>
  // CHECK-DAG: dense<[0.333333343, -0.000000e+00]> : tensor<2xf32>
  %0 = tenon.div %x, %third : tensor<2xf32>, tensor<2xf32>
  // CHECK-DAG: dense<[3.000000e+00, 0.000000e+00]> : tensor<2xf32>
  %1 = tenon.max %x, %y : tensor<2xf32>, tensor<2xf32>
  %a = tenon.constant dense<0.1> : tensor<f64>
  %b = tenon.constant dense<0.2> : tensor<f64>
  // CHECK-DAG: dense<0.30000000000000004> : tensor<f64>
  %2 = tenon.add %a, %b : tensor<f64>, tensor<f64>
  // 60000 + 6000 is beyond float16; 2049 is between two of them.
  %h = tenon.constant dense<[6.0e+4, 2.048e+3]> : tensor<2xf16>
  %k = tenon.constant dense<[6.0e+3, 1.0]> : tensor<2xf16>
  // CHECK-DAG: dense<[0x7C00, 2.048000e+03]> : tensor<2xf16>
  %3 = tenon.add %h, %k : tensor<2xf16>, tensor<2xf16>
  // The least subnormal halved is a tie that goes to zero.
  %tiny = tenon.constant dense<0x00000001> : tensor<f32>
  %half = tenon.constant dense<0.5> : tensor<f32>
  // CHECK-DAG: dense<0.000000e+00> : tensor<f32>
  %4 = tenon.mul %tiny, %half : tensor<f32>, tensor<f32>
  return %0, %1, %2, %3, %4 : tensor<2xf32>, tensor<2xf32>, tensor<f64>, tensor<2xf16>, tensor<f32>
}

// A NaN's bits are the CPU's to choose, and math functions are the compiler's own code: both stay.
// CHECK-LABEL: @negative_floats
func.func @negative_floats() -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) {
  %zero = tenon.constant dense<0.0> : tensor<f32>
  %nan = tenon.constant dense<0x7FC00000> : tensor<f32>
  // CHECK: tenon.div
  %0 = tenon.div %zero, %zero : tensor<f32>, tensor<f32>
  // CHECK: tenon.add
  %1 = tenon.add %nan, %zero : tensor<f32>, tensor<f32>
  // CHECK: tenon.exp
  %2 = tenon.exp %zero : tensor<f32>
  // CHECK: tenon.rem
  %one = tenon.constant dense<1.0> : tensor<f32>
  %3 = tenon.rem %zero, %one : tensor<f32>, tensor<f32>
  return %0, %1, %2, %3 : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
}

// CHECK-LABEL: @comparisons
func.func @comparisons() -> (tensor<4xi1>, tensor<4xi1>, tensor<2x2xi32>) {
  %x = tenon.constant dense<[0x7FC00000, 0.0, -0.0, 1.0]> : tensor<4xf32>
  %y = tenon.constant dense<[0x7FC00000, -0.0, 0.0, 2.0]> : tensor<4xf32>
  // CHECK-DAG: dense<[true, false, false, true]> : tensor<4xi1>
  %0 = tenon.compare <ne> %x, %y : tensor<4xf32>, tensor<4xf32>
  // CHECK-DAG: dense<[false, true, true, true]> : tensor<4xi1>
  %1 = tenon.compare <le> %x, %y : tensor<4xf32>, tensor<4xf32>
  %c = tenon.constant dense<[[true], [false]]> : tensor<2x1xi1>
  %a = tenon.constant dense<[1, 2]> : tensor<2xi32>
  %b = tenon.constant dense<9> : tensor<i32>
  // CHECK-DAG: dense<{{\[}}[1, 2], [9, 9]]> : tensor<2x2xi32>
  %2 = tenon.select %c, %a, %b : tensor<2x1xi1>, tensor<2xi32>, tensor<i32>
  return %0, %1, %2 : tensor<4xi1>, tensor<4xi1>, tensor<2x2xi32>
}

// CHECK-LABEL: @casts
func.func @casts() -> (tensor<6xi8>, tensor<6xui8>, tensor<6xi1>, tensor<3xi8>, tensor<2xf32>, tensor<2xbf16>, tensor<2xf16>) {
  %x = tenon.constant dense<[1.9, -1.9, 300.0, -300.0, 0x7FC00000, 0xFF800000]> : tensor<6xf32>
  // Toward zero, saturating, NaN to 0.
  // CHECK-DAG: dense<[1, -1, 127, -128, 0, -128]> : tensor<6xi8>
  %0 = tenon.cast %x : tensor<6xf32> to tensor<6xi8>
  // CHECK-DAG: dense<[1, 0, 255, 0, 0, 0]> : tensor<6xui8>
  %1 = tenon.cast %x : tensor<6xf32> to tensor<6xui8>
  // CHECK-DAG: dense<true> : tensor<6xi1>
  %2 = tenon.cast %x : tensor<6xf32> to tensor<6xi1>
  %i = tenon.constant dense<[128, -129, 65537]> : tensor<3xi32>
  // CHECK-DAG: dense<[-128, 127, 1]> : tensor<3xi8>
  %3 = tenon.cast %i : tensor<3xi32> to tensor<3xi8>
  %j = tenon.constant dense<[16777217, -3]> : tensor<2xi32>
  // CHECK-DAG: dense<[0x4B800000, -3.000000e+00]> : tensor<2xf32>
  %4 = tenon.cast %j : tensor<2xi32> to tensor<2xf32>
  %f = tenon.constant dense<[1.00390625, 3.0]> : tensor<2xf32>
  // A tie goes to the even one.
  // CHECK-DAG: dense<[1.000000e+00, 3.000000e+00]> : tensor<2xbf16>
  %5 = tenon.cast %f : tensor<2xf32> to tensor<2xbf16>
  %u = tenon.constant dense<[255, 1]> : tensor<2xui8>
  // CHECK-DAG: dense<[2.550000e+02, 1.000000e+00]> : tensor<2xf16>
  %6 = tenon.cast %u : tensor<2xui8> to tensor<2xf16>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<6xi8>, tensor<6xui8>, tensor<6xi1>, tensor<3xi8>, tensor<2xf32>, tensor<2xbf16>, tensor<2xf16>
}

// CHECK-LABEL: @moves
func.func @moves() -> (tensor<3x2xi32>, tensor<2x3xi32>, tensor<6xi32>, tensor<2x2xi32>, tensor<4x3xi32>, tensor<2x2x3xi32>, tensor<3x4xi32>, tensor<2x1xi32>, tensor<2x2xi32>, tensor<2x2x3xi32>, tensor<1000000xi32>) {
  %x = tenon.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %v = tenon.constant dense<9> : tensor<i32>
  // CHECK-DAG: dense<{{\[}}[1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>
  %0 = tenon.transpose %x {permutation = array<i64: 1, 0>} : tensor<2x3xi32>
  // CHECK-DAG: dense<{{\[}}[6, 5, 4], [3, 2, 1]]> : tensor<2x3xi32>
  %1 = tenon.reverse %x {axes = array<i64: 0, 1>} : tensor<2x3xi32>
  // CHECK-DAG: dense<[1, 2, 3, 4, 5, 6]> : tensor<6xi32>
  %2 = tenon.reshape %x : tensor<2x3xi32> -> tensor<6xi32>
  // CHECK-DAG: dense<{{\[}}[1, 3], [4, 6]]> : tensor<2x2xi32>
  %3 = tenon.slice %x[0, 0] [2, 2] [1, 2] : tensor<2x3xi32>
  // CHECK-DAG: dense<{{\[}}[1, 2, 3], [4, 5, 6], [1, 2, 3], [4, 5, 6]]> : tensor<4x3xi32>
  %4 = tenon.concat %x, %x {axis = 0 : i64} : tensor<2x3xi32>, tensor<2x3xi32>
  // CHECK-DAG: dense<{{\[\[}}[1, 2, 3], [1, 2, 3]], {{\[}}[4, 5, 6], [4, 5, 6]]]> : tensor<2x2x3xi32>
  %5 = tenon.stack %x, %x {axis = 1 : i64} : tensor<2x3xi32>, tensor<2x3xi32>
  // CHECK-DAG: dense<{{\[}}[9, 1, 2, 3], [9, 4, 5, 6], [9, 9, 9, 9]]> : tensor<3x4xi32>
  %6 = tenon.pad %x, %v {low = array<i64: 0, 1>, high = array<i64: 1, 0>} : tensor<2x3xi32>, tensor<i32>
  // CHECK-DAG: dense<{{\[}}[1], [4]]> : tensor<2x1xi32>
  // CHECK-DAG: dense<{{\[}}[2, 3], [5, 6]]> : tensor<2x2xi32>
  %7:2 = tenon.split %x {axis = 1 : i64, sizes = array<i64: 1, 2>} : tensor<2x3xi32>
  // CHECK-DAG: dense<{{\[\[}}[1, 2, 3], [4, 5, 6]], {{\[}}[1, 2, 3], [4, 5, 6]]]> : tensor<2x2x3xi32>
  %8 = tenon.broadcast %x : tensor<2x3xi32> -> tensor<2x2x3xi32>
  // One number stays one number.
  // CHECK-DAG: dense<9> : tensor<1000000xi32>
  %9 = tenon.splat %v : tensor<i32> -> tensor<1000000xi32>
  return %0, %1, %2, %3, %4, %5, %6, %7#0, %7#1, %8, %9 : tensor<3x2xi32>, tensor<2x3xi32>, tensor<6xi32>, tensor<2x2xi32>, tensor<4x3xi32>, tensor<2x2x3xi32>, tensor<3x4xi32>, tensor<2x1xi32>, tensor<2x2xi32>, tensor<2x2x3xi32>, tensor<1000000xi32>
}

// Folding would only make the object larger.
// CHECK-LABEL: @negative_large
func.func @negative_large() -> tensor<512x3xi32> {
  %x = tenon.constant dense<[1, 2, 3]> : tensor<3xi32>
  // CHECK: tenon.broadcast
  %0 = tenon.broadcast %x : tensor<3xi32> -> tensor<512x3xi32>
  return %0 : tensor<512x3xi32>
}

// No elements, nothing to compute, and a shape that is not lost.
// CHECK-LABEL: @empty
func.func @empty() -> (tensor<0x3xi32>, tensor<0xf32>) {
  %x = tenon.constant dense<> : tensor<0x3xi32>
  %0 = tenon.add %x, %x : tensor<0x3xi32>, tensor<0x3xi32>
  %y = tenon.constant dense<1.0> : tensor<f32>
  %1 = tenon.splat %y : tensor<f32> -> tensor<0xf32>
  // CHECK: return %{{.+}}, %{{.+}} : tensor<0x3xi32>, tensor<0xf32>
  return %0, %1 : tensor<0x3xi32>, tensor<0xf32>
}

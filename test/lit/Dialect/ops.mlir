// Every op of the dialect parses to what it prints: in its custom form, its generic form and as bytecode.
// RUN: tenon-opt %s | tenon-opt | FileCheck %s
// RUN: tenon-opt %s --mlir-print-op-generic | tenon-opt | FileCheck %s
// RUN: tenon-opt %s --emit-bytecode | tenon-opt | FileCheck %s

// CHECK-LABEL: @constants
func.func @constants(%n: tensor<i64>, %v: tensor<bf16>) {
  // CHECK: tenon.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  %0 = tenon.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: tenon.constant dense<255> : tensor<ui8>
  %1 = tenon.constant dense<255> : tensor<ui8>
  // CHECK: tenon.splat %{{.+}} dims(%{{.+}}) : tensor<bf16> -> tensor<?x3xbf16>
  %2 = tenon.splat %v dims(%n) : tensor<bf16> -> tensor<?x3xbf16>
  // CHECK: tenon.splat %{{.+}} : tensor<bf16> -> tensor<bf16>
  %3 = tenon.splat %v : tensor<bf16> -> tensor<bf16>
  // CHECK: tenon.iota {axis = 1 : i64} : tensor<2x3xi32>
  %4 = tenon.iota {axis = 1 : i64} : tensor<2x3xi32>
  // CHECK: tenon.iota dims(%{{.+}}) {axis = 0 : i64} : tensor<?xf16>
  %5 = tenon.iota dims(%n) {axis = 0 : i64} : tensor<?xf16>
  return
}

// CHECK-LABEL: @unary
func.func @unary(%x: tensor<?x4xf32>, %i: tensor<4xi8>, %u: tensor<4xui8>, %b: tensor<i1>) {
  // CHECK: tenon.neg %{{.+}} : tensor<?x4xf32>
  %neg = tenon.neg %x : tensor<?x4xf32>
  // CHECK: tenon.abs %{{.+}} : tensor<4xi8>
  %abs = tenon.abs %i : tensor<4xi8>
  // CHECK: tenon.sign
  %sign = tenon.sign %x : tensor<?x4xf32>
  // CHECK: tenon.not %{{.+}} : tensor<4xui8>
  %not = tenon.not %u : tensor<4xui8>
  // CHECK: tenon.not %{{.+}} : tensor<i1>
  %not_bool = tenon.not %b : tensor<i1>
  // CHECK: tenon.exp %
  %exp = tenon.exp %x : tensor<?x4xf32>
  // CHECK: tenon.exp2
  %exp2 = tenon.exp2 %x : tensor<?x4xf32>
  // CHECK: tenon.expm1
  %expm1 = tenon.expm1 %x : tensor<?x4xf32>
  // CHECK: tenon.log %
  %log = tenon.log %x : tensor<?x4xf32>
  // CHECK: tenon.log2
  %log2 = tenon.log2 %x : tensor<?x4xf32>
  // CHECK: tenon.log1p
  %log1p = tenon.log1p %x : tensor<?x4xf32>
  // CHECK: tenon.sqrt
  %sqrt = tenon.sqrt %x : tensor<?x4xf32>
  // CHECK: tenon.rsqrt
  %rsqrt = tenon.rsqrt %x : tensor<?x4xf32>
  // CHECK: tenon.sin
  %sin = tenon.sin %x : tensor<?x4xf32>
  // CHECK: tenon.cos
  %cos = tenon.cos %x : tensor<?x4xf32>
  // CHECK: tenon.tan %
  %tan = tenon.tan %x : tensor<?x4xf32>
  // CHECK: tenon.tanh
  %tanh = tenon.tanh %x : tensor<?x4xf32>
  // CHECK: tenon.sigmoid
  %sigmoid = tenon.sigmoid %x : tensor<?x4xf32>
  // CHECK: tenon.erf
  %erf = tenon.erf %x : tensor<?x4xf32>
  // CHECK: tenon.floor
  %floor = tenon.floor %x : tensor<?x4xf32>
  // CHECK: tenon.ceil
  %ceil = tenon.ceil %x : tensor<?x4xf32>
  // CHECK: tenon.round
  %round = tenon.round %x : tensor<?x4xf32>
  return
}

// CHECK-LABEL: @binary
func.func @binary(%x: tensor<?x1xf32>, %y: tensor<4xf32>, %i: tensor<2x1xi32>, %j: tensor<3xi32>) {
  // Open with 1, and 1 with n, broadcast to open and to n.
  // CHECK: %[[ADD:.+]] = tenon.add %{{.+}}, %{{.+}} : tensor<?x1xf32>, tensor<4xf32>
  %add = tenon.add %x, %y : tensor<?x1xf32>, tensor<4xf32>
  // CHECK: tenon.sub %[[ADD]], %{{.+}} : tensor<?x4xf32>, tensor<4xf32>
  %sub = tenon.sub %add, %y : tensor<?x4xf32>, tensor<4xf32>
  // CHECK: tenon.mul
  %mul = tenon.mul %x, %y : tensor<?x1xf32>, tensor<4xf32>
  // CHECK: tenon.div
  %div = tenon.div %x, %y : tensor<?x1xf32>, tensor<4xf32>
  // CHECK: tenon.rem
  %rem = tenon.rem %x, %y : tensor<?x1xf32>, tensor<4xf32>
  // CHECK: tenon.pow
  %pow = tenon.pow %x, %y : tensor<?x1xf32>, tensor<4xf32>
  // CHECK: tenon.max
  %max = tenon.max %x, %y : tensor<?x1xf32>, tensor<4xf32>
  // CHECK: tenon.min
  %min = tenon.min %x, %y : tensor<?x1xf32>, tensor<4xf32>
  // CHECK: tenon.and
  %and = tenon.and %i, %j : tensor<2x1xi32>, tensor<3xi32>
  // CHECK: tenon.or
  %or = tenon.or %i, %j : tensor<2x1xi32>, tensor<3xi32>
  // CHECK: tenon.xor
  %xor = tenon.xor %i, %j : tensor<2x1xi32>, tensor<3xi32>
  // CHECK: tenon.shl
  %shl = tenon.shl %i, %j : tensor<2x1xi32>, tensor<3xi32>
  // CHECK: %[[SHR:.+]] = tenon.shr
  %shr = tenon.shr %i, %j : tensor<2x1xi32>, tensor<3xi32>
  // CHECK: %[[LESS:.+]] = tenon.compare <lt> %{{.+}}, %{{.+}} : tensor<2x1xi32>, tensor<3xi32>
  %less = tenon.compare <lt> %i, %j : tensor<2x1xi32>, tensor<3xi32>
  // CHECK: tenon.select %[[LESS]], %{{.+}}, %[[SHR]] : tensor<2x3xi1>, tensor<3xi32>, tensor<2x3xi32>
  %select = tenon.select %less, %j, %shr : tensor<2x3xi1>, tensor<3xi32>, tensor<2x3xi32>
  // CHECK: tenon.clamp
  %clamp = tenon.clamp %y, %x, %x : tensor<4xf32>, tensor<?x1xf32>, tensor<?x1xf32>
  // CHECK: tenon.cast %{{.+}} : tensor<4xf32> to tensor<4xi64>
  %cast = tenon.cast %y : tensor<4xf32> to tensor<4xi64>
  return
}

// CHECK-LABEL: @linear_algebra
func.func @linear_algebra(%a: tensor<?x1x4x8xf32>, %b: tensor<5x2x8xf32>, %image: tensor<?x8x9x6xf32>, %filter: tensor<3x3x2x9xf32>,
                          %signal: tensor<1x5x6xf32>, %up: tensor<4x7x6xf32>) {
  // CHECK: %[[PRODUCT:.+]] = tenon.matmul %{{.+}}, %{{.+}} {transpose_rhs = true} : tensor<?x1x4x8xf32>, tensor<5x2x8xf32>
  %0 = tenon.matmul %a, %b {transpose_rhs = true} : tensor<?x1x4x8xf32>, tensor<5x2x8xf32>
  // CHECK: tenon.abs %[[PRODUCT]] : tensor<?x5x4x2xf32>
  %1 = tenon.abs %0 : tensor<?x5x4x2xf32>
  // CHECK: tenon.conv %{{.+}}, %{{.+}} {dilations = array<i64: 1, 2>, groups = 3 : i64, padding = array<i64: 1, 1, 0, 0>, strides = array<i64: 2, 1>} : tensor<?x8x9x6xf32>, tensor<3x3x2x9xf32>
  %2 = tenon.conv %image, %filter {strides = array<i64: 2, 1>, padding = array<i64: 1, 1, 0, 0>, dilations = array<i64: 1, 2>, groups = 3 : i64} : tensor<?x8x9x6xf32>, tensor<3x3x2x9xf32>
  // CHECK: tenon.abs %{{.+}} : tensor<?x4x5x9xf32>
  %3 = tenon.abs %2 : tensor<?x4x5x9xf32>
  // CHECK: tenon.conv_transpose
  %4 = tenon.conv_transpose %signal, %up {strides = array<i64: 2>, padding = array<i64: 1, 1>, dilations = array<i64: 1>, output_padding = array<i64: 1>} : tensor<1x5x6xf32>, tensor<4x7x6xf32>
  // CHECK: tenon.abs %{{.+}} : tensor<1x11x7xf32>
  %5 = tenon.abs %4 : tensor<1x11x7xf32>
  // CHECK: tenon.max_pool
  %6 = tenon.max_pool %image {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, 1>, dilations = array<i64: 1, 1>} : tensor<?x8x9x6xf32>
  // CHECK: tenon.avg_pool
  %7 = tenon.avg_pool %image {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, 1>, dilations = array<i64: 1, 1>, count_padding = true} : tensor<?x8x9x6xf32>
  // CHECK: tenon.add %{{.+}}, %{{.+}} : tensor<?x4x5x6xf32>, tensor<?x4x5x6xf32>
  %8 = tenon.add %6, %7 : tensor<?x4x5x6xf32>, tensor<?x4x5x6xf32>
  return
}

// CHECK-LABEL: @reductions
func.func @reductions(%x: tensor<?x4x5xf32>, %b: tensor<3xi1>, %scale: tensor<5xf32>) {
  // CHECK: tenon.reduce <sum> %{{.+}} {axes = array<i64: 0, 2>, keep_dims = true} : tensor<?x4x5xf32>
  %0 = tenon.reduce <sum> %x {axes = array<i64: 0, 2>, keep_dims = true} : tensor<?x4x5xf32>
  // CHECK: tenon.abs %{{.+}} : tensor<1x4x1xf32>
  %1 = tenon.abs %0 : tensor<1x4x1xf32>
  // CHECK: tenon.reduce <any> %{{.+}} {axes = array<i64: 0>} : tensor<3xi1>
  %2 = tenon.reduce <any> %b {axes = array<i64: 0>} : tensor<3xi1>
  // CHECK: tenon.argmax %{{.+}} {axis = 1 : i64} : tensor<?x4x5xf32>
  %3 = tenon.argmax %x {axis = 1 : i64} : tensor<?x4x5xf32>
  // CHECK: tenon.argmin
  %4 = tenon.argmin %x {axis = 1 : i64} : tensor<?x4x5xf32>
  // CHECK: tenon.sub %{{.+}}, %{{.+}} : tensor<?x5xi64>, tensor<?x5xi64>
  %5 = tenon.sub %3, %4 : tensor<?x5xi64>, tensor<?x5xi64>
  // CHECK: tenon.cumsum %{{.+}} {axis = 0 : i64, exclusive = true, reverse = true} : tensor<?x4x5xf32>
  %6 = tenon.cumsum %x {axis = 0 : i64, exclusive = true, reverse = true} : tensor<?x4x5xf32>
  // CHECK: tenon.softmax
  %7 = tenon.softmax %x {axis = 2 : i64} : tensor<?x4x5xf32>
  // CHECK: tenon.log_softmax
  %8 = tenon.log_softmax %x {axis = 2 : i64} : tensor<?x4x5xf32>
  // CHECK: tenon.layer_norm %{{.+}}, %{{.+}}, %{{.+}} {epsilon = {{.+}} : f64} : tensor<?x4x5xf32>, tensor<5xf32>
  %9 = tenon.layer_norm %x, %scale, %scale {epsilon = 1.0e-5 : f64} : tensor<?x4x5xf32>, tensor<5xf32>
  return
}

// CHECK-LABEL: @shapes
func.func @shapes(%x: tensor<?x4xf32>, %y: tensor<3x4xf32>, %value: tensor<f32>, %n: tensor<i64>) {
  // CHECK: tenon.broadcast %{{.+}} dims(%{{.+}}) : tensor<?x4xf32> -> tensor<2x?x4xf32>
  %0 = tenon.broadcast %x dims(%n) : tensor<?x4xf32> -> tensor<2x?x4xf32>
  // CHECK: tenon.reshape %{{.+}} : tensor<3x4xf32> -> tensor<2x6xf32>
  %1 = tenon.reshape %y : tensor<3x4xf32> -> tensor<2x6xf32>
  // CHECK: tenon.reshape %{{.+}} dims(%{{.+}}) : tensor<?x4xf32> -> tensor<?xf32>
  %2 = tenon.reshape %x dims(%n) : tensor<?x4xf32> -> tensor<?xf32>
  // CHECK: tenon.dim %{{.+}} {axis = 0 : i64} : tensor<?x4xf32>
  %3 = tenon.dim %x {axis = 0 : i64} : tensor<?x4xf32>
  // CHECK: tenon.transpose %{{.+}} {permutation = array<i64: 1, 0>} : tensor<?x4xf32>
  %4 = tenon.transpose %x {permutation = array<i64: 1, 0>} : tensor<?x4xf32>
  // CHECK: tenon.concat %{{.+}}, %{{.+}} {axis = 0 : i64} : tensor<3x4xf32>, tensor<?x4xf32>
  %5 = tenon.concat %y, %x {axis = 0 : i64} : tensor<3x4xf32>, tensor<?x4xf32>
  // CHECK: tenon.abs %{{.+}} : tensor<?x4xf32>
  %6 = tenon.abs %5 : tensor<?x4xf32>
  // CHECK: tenon.stack %{{.+}}, %{{.+}} {axis = 2 : i64} : tensor<3x4xf32>, tensor<3x4xf32>
  %7 = tenon.stack %y, %y {axis = 2 : i64} : tensor<3x4xf32>, tensor<3x4xf32>
  // CHECK: tenon.abs %{{.+}} : tensor<3x4x2xf32>
  %8 = tenon.abs %7 : tensor<3x4x2xf32>
  // CHECK: %{{.+}}:2 = tenon.split %{{.+}} {axis = 1 : i64, sizes = array<i64: 1, 3>} : tensor<?x4xf32>
  %9:2 = tenon.split %x {axis = 1 : i64, sizes = array<i64: 1, 3>} : tensor<?x4xf32>
  // CHECK: tenon.abs %{{.+}}#1 : tensor<?x3xf32>
  %10 = tenon.abs %9#1 : tensor<?x3xf32>
  // CHECK: tenon.pad %{{.+}}, %{{.+}} {high = array<i64: 0, 1>, low = array<i64: 2, 0>} : tensor<?x4xf32>, tensor<f32>
  %11 = tenon.pad %x, %value {low = array<i64: 2, 0>, high = array<i64: 0, 1>} : tensor<?x4xf32>, tensor<f32>
  // CHECK: tenon.abs %{{.+}} : tensor<?x5xf32>
  %12 = tenon.abs %11 : tensor<?x5xf32>
  // CHECK: tenon.reverse %{{.+}} {axes = array<i64: 0, 1>} : tensor<?x4xf32>
  %13 = tenon.reverse %x {axes = array<i64: 0, 1>} : tensor<?x4xf32>
  // CHECK: tenon.slice %{{.+}}[%{{.+}}, 1] [%{{.+}}, 2] [1, 2] : tensor<?x4xf32>
  %14 = tenon.slice %x[%n, 1] [%n, 2] [1, 2] : tensor<?x4xf32>
  // CHECK: tenon.abs %{{.+}} : tensor<?x2xf32>
  %15 = tenon.abs %14 : tensor<?x2xf32>
  return
}

// CHECK-LABEL: @indexing
func.func @indexing(%x: tensor<5x?x4xf32>, %i: tensor<2x3xi32>, %updates: tensor<2x3x?x4xf32>, %seed: tensor<2xi64>, %n: tensor<i64>) {
  // CHECK: tenon.gather %{{.+}}, %{{.+}} {axis = 1 : i64} : tensor<5x?x4xf32>, tensor<2x3xi32>
  %0 = tenon.gather %x, %i {axis = 1 : i64} : tensor<5x?x4xf32>, tensor<2x3xi32>
  // CHECK: tenon.abs %{{.+}} : tensor<5x2x3x4xf32>
  %1 = tenon.abs %0 : tensor<5x2x3x4xf32>
  // CHECK: tenon.scatter <add> %{{.+}}, %{{.+}}, %{{.+}} : tensor<5x?x4xf32>, tensor<2x3xi32>, tensor<2x3x?x4xf32>
  %2 = tenon.scatter <add> %x, %i, %updates : tensor<5x?x4xf32>, tensor<2x3xi32>, tensor<2x3x?x4xf32>
  // CHECK: tenon.scatter <update>
  %3 = tenon.scatter <update> %x, %i, %updates : tensor<5x?x4xf32>, tensor<2x3xi32>, tensor<2x3x?x4xf32>
  // CHECK: tenon.one_hot %{{.+}} : tensor<2x3xi32> -> tensor<2x3x7xf32>
  %4 = tenon.one_hot %i : tensor<2x3xi32> -> tensor<2x3x7xf32>
  // CHECK: %{{.+}}, %{{.+}} = tenon.sort %{{.+}} {axis = 0 : i64, descending = true} : tensor<5x?x4xf32>
  %5, %6 = tenon.sort %x {axis = 0 : i64, descending = true} : tensor<5x?x4xf32>
  // CHECK: tenon.top_k %{{.+}} {k = 2 : i64} : tensor<5x?x4xf32>
  %7, %8 = tenon.top_k %x {k = 2 : i64} : tensor<5x?x4xf32>
  // CHECK: tenon.abs %{{.+}} : tensor<5x?x2xi64>
  %9 = tenon.abs %8 : tensor<5x?x2xi64>
  // CHECK: tenon.random_bits %{{.+}} dims(%{{.+}}) : tensor<2xi64> -> tensor<?x3xi32>
  %10 = tenon.random_bits %seed dims(%n) : tensor<2xi64> -> tensor<?x3xi32>
  // CHECK: tenon.random_uniform
  %11 = tenon.random_uniform %seed : tensor<2xi64> -> tensor<3xf64>
  // CHECK: tenon.random_normal
  %12 = tenon.random_normal %seed : tensor<2xi64> -> tensor<3xf32>
  return
}

// CHECK: tenon.variable @w : tensor<2xf32> = dense<0.000000e+00> : tensor<2xf32>
tenon.variable @w : tensor<2xf32> = dense<0.0> : tensor<2xf32>
// CHECK: tenon.variable @steps : tensor<i64>
tenon.variable @steps : tensor<i64>

// CHECK-LABEL: @state
func.func @state(%b: tensor<i1>, %ok: i1, %i: index) {
  // CHECK: %[[W:.+]] = tenon.read @w : tensor<2xf32>
  %0 = tenon.read @w : tensor<2xf32>
  // CHECK: tenon.assign @w, %[[W]] : tensor<2xf32>
  tenon.assign @w, %0 : tensor<2xf32>
  // CHECK: tenon.print "w = {}, {}" %[[W]], %{{.+}} : tensor<2xf32>, tensor<i1>
  tenon.print "w = {}, {}" %0, %b : tensor<2xf32>, tensor<i1>
  // CHECK: tenon.print "done"()
  tenon.print "done"()
  // CHECK: tenon.assert %{{.+}}, "must hold"
  tenon.assert %b, "must hold"
  // CHECK: tenon.raise %{{.+}}, index_out_of_range, "index {}"(%{{.+}})
  tenon.raise %ok, index_out_of_range, "index {}"(%i)
  return
}

// CHECK-LABEL: @gradients
func.func @gradients(%x: tensor<?x4xf32>, %w: tensor<4xf32>) {
  // CHECK: %[[Y:.+]] = tenon.mul
  %y = tenon.mul %x, %w : tensor<?x4xf32>, tensor<4xf32>
  // CHECK: tenon.gradient %[[Y]] wrt %{{.+}}, %{{.+}} : tensor<?x4xf32> wrt tensor<?x4xf32>, tensor<4xf32>
  %g:2 = tenon.gradient %y wrt %x, %w : tensor<?x4xf32> wrt tensor<?x4xf32>, tensor<4xf32>
  // CHECK: tenon.gradient %[[Y]], %{{.+}} wrt %{{.+}} cotangents(%{{.+}}, %{{.+}} : tensor<?x4xf32>, tensor<4xf32>) {allow_unconnected = true} : tensor<?x4xf32>, tensor<4xf32> wrt tensor<4xf32>
  %h = tenon.gradient %y, %w wrt %w cotangents(%g#0, %g#1 : tensor<?x4xf32>, tensor<4xf32>) {allow_unconnected = true} : tensor<?x4xf32>, tensor<4xf32> wrt tensor<4xf32>
  // CHECK: tenon.stop_gradient %{{.+}} : tensor<4xf32>
  %s = tenon.stop_gradient %h : tensor<4xf32>
  // CHECK: %[[C:.+]] = tenon.custom_gradient %{{.+}} of %{{.+}}, %{{.+}} : tensor<4xf32> of tensor<?x4xf32>, tensor<4xf32> {
  // CHECK-NEXT: ^bb0(%{{.+}}: tensor<4xf32>):
  // CHECK-NEXT: tenon.yield %{{.+}}, %{{.+}} : tensor<?x4xf32>, tensor<4xf32>
  %c = tenon.custom_gradient %s of %y, %w : tensor<4xf32> of tensor<?x4xf32>, tensor<4xf32> {
  ^bb0(%d: tensor<4xf32>):
    tenon.yield %y, %d : tensor<?x4xf32>, tensor<4xf32>
  }
  // CHECK: %{{.+}}:2 = tenon.checkpoint -> tensor<4xf32>, tensor<?x4xf32> {
  // CHECK-NEXT: %[[E:.+]] = tenon.exp
  // CHECK-NEXT: tenon.yield %[[E]], %{{.+}} : tensor<4xf32>, tensor<?x4xf32>
  %k:2 = tenon.checkpoint -> tensor<4xf32>, tensor<?x4xf32> {
    %e = tenon.exp %c : tensor<4xf32>
    tenon.yield %e, %y : tensor<4xf32>, tensor<?x4xf32>
  }
  // CHECK: %{{.+}}:2 = tenon.barrier %{{.+}}, %{{.+}} : tensor<4xf32>, tensor<?x4xf32>
  %r:2 = tenon.barrier %k#0, %k#1 : tensor<4xf32>, tensor<?x4xf32>
  return
}

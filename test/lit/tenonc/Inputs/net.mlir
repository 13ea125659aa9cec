// A classifier with a training step (SGD with momentum) and predict, which share variables; `scale` is not trained, so it
// is no state. `history` is there for its size: 80 bytes, so that it begins at a multiple of 64.
module @net {
  tenon.variable @"dense/kernel" : tensor<3x2xf32> = dense<[[0.5, -0.25], [0.125, 0.75], [-0.5, 0.25]]> : tensor<3x2xf32>
  tenon.variable @"dense/bias" : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  tenon.variable @momentum : tensor<3x2xf32> = dense<0.0> : tensor<3x2xf32>
  tenon.variable @seen : tensor<i64> = dense<0> : tensor<i64>
  tenon.variable @history : tensor<20xf32> = dense<0.5> : tensor<20xf32>
  tenon.variable @"first?" : tensor<i1> = dense<true> : tensor<i1>
  tenon.variable @scale : tensor<3xf32> = dense<[1.0, 2.0, 4.0]> : tensor<3xf32>
  func.func private @logits(%x: tensor<?x3xf32>) -> tensor<?x2xf32> {
    %s = tenon.read @scale : tensor<3xf32>
    %w = tenon.read @"dense/kernel" : tensor<3x2xf32>
    %b = tenon.read @"dense/bias" : tensor<2xf32>
    %xs = tenon.mul %x, %s : tensor<?x3xf32>, tensor<3xf32>
    %0 = tenon.matmul %xs, %w : tensor<?x3xf32>, tensor<3x2xf32>
    %1 = tenon.add %0, %b : tensor<?x2xf32>, tensor<2xf32>
    return %1 : tensor<?x2xf32>
  }
  func.func @train_step(%x: tensor<?x3xf32> {tenon.name = "x", tenon.dims = ["batch", ""]}, %y: tensor<?xi32> {tenon.name = "y", tenon.dims = ["batch"]}) -> (tensor<f32> {tenon.name = "loss"}) {
    %w = tenon.read @"dense/kernel" : tensor<3x2xf32>
    %b = tenon.read @"dense/bias" : tensor<2xf32>
    %l = func.call @logits(%x) : (tensor<?x3xf32>) -> tensor<?x2xf32>
    %p = tenon.log_softmax %l {axis = 1 : i64} : tensor<?x2xf32>
    %h = tenon.one_hot %y : tensor<?xi32> -> tensor<?x2xf32>
    %q = tenon.mul %p, %h : tensor<?x2xf32>, tensor<?x2xf32>
    %r = tenon.reduce <sum> %q {axes = array<i64: 1>} : tensor<?x2xf32>
    %m = tenon.reduce <mean> %r {axes = array<i64: 0>} : tensor<?xf32>
    %loss = tenon.neg %m : tensor<f32>
    %dw, %db = tenon.gradient %loss wrt %w, %b : tensor<f32> wrt tensor<3x2xf32>, tensor<2xf32>
    %rate = tenon.constant dense<0.5> : tensor<f32>
    %decay = tenon.constant dense<0.75> : tensor<f32>
    %v = tenon.read @momentum : tensor<3x2xf32>
    %v1 = tenon.mul %v, %decay : tensor<3x2xf32>, tensor<f32>
    %v2 = tenon.add %v1, %dw : tensor<3x2xf32>, tensor<3x2xf32>
    tenon.assign @momentum, %v2 : tensor<3x2xf32>
    %u = tenon.mul %v2, %rate : tensor<3x2xf32>, tensor<f32>
    %w2 = tenon.sub %w, %u : tensor<3x2xf32>, tensor<3x2xf32>
    tenon.assign @"dense/kernel", %w2 : tensor<3x2xf32>
    %ub = tenon.mul %db, %rate : tensor<2xf32>, tensor<f32>
    %b2 = tenon.sub %b, %ub : tensor<2xf32>, tensor<2xf32>
    tenon.assign @"dense/bias", %b2 : tensor<2xf32>
    %n = tenon.read @seen : tensor<i64>
    %batch = tenon.dim %x {axis = 0 : i64} : tensor<?x3xf32>
    %n2 = tenon.add %n, %batch : tensor<i64>, tensor<i64>
    tenon.assign @seen, %n2 : tensor<i64>
    %row = tenon.reshape %loss : tensor<f32> -> tensor<1xf32>
    %old = tenon.read @history : tensor<20xf32>
    %recent = tenon.slice %old[0] [19] [1] : tensor<20xf32>
    %new = tenon.concat %row, %recent {axis = 0 : i64} : tensor<1xf32>, tensor<19xf32>
    tenon.assign @history, %new : tensor<20xf32>
    %no = tenon.constant dense<false> : tensor<i1>
    tenon.assign @"first?", %no : tensor<i1>
    return %loss : tensor<f32>
  }
  func.func @predict(%x: tensor<?x3xf32> {tenon.name = "x", tenon.dims = ["batch", ""]}) -> (tensor<?x2xf32> {tenon.name = "p"}) {
    %l = func.call @logits(%x) : (tensor<?x3xf32>) -> tensor<?x2xf32>
    %p = tenon.softmax %l {axis = 1 : i64} : tensor<?x2xf32>
    return %p : tensor<?x2xf32>
  }
}

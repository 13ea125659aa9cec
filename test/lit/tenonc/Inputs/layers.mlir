// Three equal layers of one entry point, and one of them in another; a fourth layer of another size.
module @layers {
  func.func private @layer(%x: tensor<32x32xf32>, %w: tensor<32x32xf32>) -> tensor<32x32xf32> {
    %0 = tenon.matmul %x, %w : tensor<32x32xf32>, tensor<32x32xf32>
    %1 = tenon.tanh %0 : tensor<32x32xf32>
    return %1 : tensor<32x32xf32>
  }
  func.func @run(%x: tensor<32x32xf32> {tenon.name = "x"}, %w0: tensor<32x32xf32>, %w1: tensor<32x32xf32>,
                 %w2: tensor<32x32xf32>, %w3: tensor<32x8xf32>) -> (tensor<32x8xf32> {tenon.name = "y"}) {
    %0 = func.call @layer(%x, %w0) : (tensor<32x32xf32>, tensor<32x32xf32>) -> tensor<32x32xf32>
    %1 = func.call @layer(%0, %w1) : (tensor<32x32xf32>, tensor<32x32xf32>) -> tensor<32x32xf32>
    %2 = func.call @layer(%1, %w2) : (tensor<32x32xf32>, tensor<32x32xf32>) -> tensor<32x32xf32>
    %3 = tenon.matmul %2, %w3 : tensor<32x32xf32>, tensor<32x8xf32>
    return %3 : tensor<32x8xf32>
  }
  func.func @first(%x: tensor<32x32xf32> {tenon.name = "x"}, %w: tensor<32x32xf32>) -> (tensor<32x32xf32> {tenon.name = "y"}) {
    %0 = func.call @layer(%x, %w) : (tensor<32x32xf32>, tensor<32x32xf32>) -> tensor<32x32xf32>
    return %0 : tensor<32x32xf32>
  }
}

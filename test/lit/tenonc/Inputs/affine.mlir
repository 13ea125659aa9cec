// y = softmax(x w + b), with an open batch: small enough to be worked out by hand where w is diagonal.
module @affine {
  func.func @predict(%x: tensor<?x3xf32> {tenon.name = "x", tenon.dims = ["batch", ""]}) -> (tensor<?x3xf32> {tenon.name = "y", tenon.dims = ["batch", ""]}) {
    %w = tenon.constant dense<[[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0]]> : tensor<3x3xf32>
    %b = tenon.constant dense<[[0.5, 0.25, 0.125]]> : tensor<1x3xf32>
    %0 = tenon.matmul %x, %w : tensor<?x3xf32>, tensor<3x3xf32>
    %1 = tenon.add %0, %b : tensor<?x3xf32>, tensor<1x3xf32>
    return %1 : tensor<?x3xf32>
  }
  func.func @total(%x: tensor<4xi32> {tenon.name = "x"}) -> (tensor<4xi32> {tenon.name = "y"}) {
    %0 = tenon.add %x, %x : tensor<4xi32>, tensor<4xi32>
    return %0 : tensor<4xi32>
  }
}

// RUN: tenon-opt %s --split-input-file --tenon-prepare-entry-points --verify-diagnostics

// expected-error @below {{the size of an output of 'f' depends on the values of input 'n': only sizes that follow from the inputs' sizes can be compiled; pass 'n' as a C++ number, for each value of which there is a function of its own, or return a tensor of a size that bounds it and how much of it counts}}
func.func @f(%n: tensor<i64> {tenon.name = "n"}) -> (tensor<?xf32> {tenon.name = "y"}) {
  %0 = tensor.extract %n[] : tensor<i64>
  %1 = arith.index_cast %0 : i64 to index
  %2 = tensor.empty(%1) : tensor<?xf32>
  return %2 : tensor<?xf32>
}

// RUN: tenon-opt %s --tenon-verify-phase="phase=vectors forbid=linalg,tensor allow=tensor.dim" --verify-diagnostics --mlir-print-op-on-diagnostic=false

func.func @f(%x: memref<4xf32>, %t: tensor<?xf32>) -> index {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %t, %c0 : tensor<?xf32>
  // expected-error @below {{'linalg.exp' is left at the end of the vectors phase: Tenon has no lowering for it here}}
  // expected-note @below {{its operands are 'memref<4xf32>', 'memref<4xf32>'}}
  linalg.exp ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  return %n : index
}

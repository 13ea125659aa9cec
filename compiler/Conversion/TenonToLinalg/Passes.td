// Passes of this room; each has its own source file of the same name.
#ifndef TENON_CONVERSION_PASSES_TD
#define TENON_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertTenonToLinalgPass : Pass<"convert-tenon-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Lower the tenon dialect to linalg, tensor, arith, math and scf on tensors";
  let description = [{
    Needs: functions on `tenon` ops; broadcasts may be explicit or not. Leaves: destination-passing style
    (`tensor.empty` and linalg ops, slices, loops that carry tensors), which bufferizes in place. Operands of math
    functions are hidden from folders (`tenon_math.opaque`). ui8 becomes i8, and
    an argument or result that was ui8 carries `tenon.dtype = ui8`.

    What stays of the `tenon` dialect: `variable`, `read`, `assign`; `list_create`, with `list_slot` and `list_count` for
    what is pushed and read; `print`, now on buffers; and `raise`, which every
    check becomes: assertions, indices, open dimensions that must agree and are not known to.

    ```mlir
    %b = tenon.broadcast %bias ... : tensor<8xf32> -> tensor<4x8xf32>
    %0 = tenon.add %x, %b : tensor<4x8xf32>, tensor<4x8xf32>
    // becomes: the broadcast is a map
    %1 = tensor.empty() : tensor<4x8xf32>
    %0 = linalg.generic {indexing_maps = [(d0, d1) -> (d0, d1), (d0, d1) -> (d1), (d0, d1) -> (d0, d1)], ...}
           ins(%x, %bias) outs(%1) { arith.addf }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect", "::mlir::tenon_math::TenonMathDialect"];
}

#endif

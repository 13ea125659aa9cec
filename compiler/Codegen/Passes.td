// Passes of this room; each has its own source file of the same name.
#ifndef TENON_CODEGEN_PASSES_TD
#define TENON_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def ExpandMathPass : Pass<"tenon-expand-math"> {
  let summary = "Write out math functions as arithmetic, so that no call of the C math library remains.";
  let description = [{
    Replaces every `math` op that no machine instruction computes by `arith` ops (and `math.fma`, `math.absf`,
    `math.copysign`, `math.sqrt`, which are instructions), for scalars and vectors alike: both get the same
    operations in the same order, so the same bits. Errors are stated in docs/math.md. f16 and bf16 are computed
    in f32 and rounded once.

    It runs after the emitters of this room: `linalg` bodies keep `math` ops until they are vectors.

    ```mlir
    %y = math.exp2 %x : vector<16xf32>
    // becomes a clamp, x - round(x), six math.fma, and two multiplications by powers of two
    ```

    A `math` op without a formula here (`math.atan2`, ...) is an error: it would become a call.
  }];
  let options = [
    Option<"fma", "fma", "bool", /*default=*/"true", "The target has a fused multiply-add instruction; otherwise a product and a sum">,
    Option<"roundInstructions", "round-instructions", "bool", /*default=*/"true", "The target rounds to an integral float in one instruction">,
    Option<"halfConversions", "half-conversions", "bool", /*default=*/"true", "The target converts between f16 and f32 in one instruction; otherwise by integer arithmetic">
  ];
  let statistics = [Statistic<"numFunctions", "functions", "Functions written out">];
  let dependentDialects = ["arith::ArithDialect", "math::MathDialect", "scf::SCFDialect", "vector::VectorDialect"];
}

#endif

// The `tenon_math` dialect: what keeps math functions the compiler's own until they are written out.
#ifndef TENON_MATH_TD
#define TENON_MATH_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def TenonMath_Dialect : Dialect {
  let name = "tenon_math";
  let cppNamespace = "::mlir::tenon_math";
  let summary = "What keeps math functions the compiler's own until they are written out as arithmetic.";
  let description = [{
    A math function has the same bits wherever it is computed: that is the polynomial code of `--tenon-expand-math`. Between
    the lowering of `tenon` ops and that pass a function is an op of the `math` dialect, whose folder evaluates it on
    constants with the C library of the machine that compiles: other bits. Operands of such ops are hidden from it.
  }];
}

def TenonMath_OpaqueOp : Op<TenonMath_Dialect, "opaque", [Pure, SameOperandsAndResultType] # ElementwiseMappable.traits> {
  let summary = "The same value, which no folder sees through.";
  let description = [{
    Stands before a `math` function whose value on a constant the compiler's own code decides. `--tenon-expand-math`
    removes it where it writes the function out; what is then folded is correctly rounded arithmetic.

    ```mlir
    %two = arith.constant 2.0 : f32
    %0 = tenon_math.opaque %two : f32
    %1 = math.exp %0 : f32
    ```
  }];
  let arguments = (ins FloatLike:$value);
  let results = (outs FloatLike:$result);
  let assemblyFormat = "$value attr-dict `:` type($result)";
}

#endif

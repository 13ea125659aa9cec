// What an op tells the reverse-mode transform; models of the dialect's ops are attached in this room, not in their .td.
#ifndef TENON_AUTODIFF_INTERFACES_TD
#define TENON_AUTODIFF_INTERFACES_TD

include "mlir/IR/OpBase.td"

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::mlir::tenon";
  let description = [{
    An op through which gradients pass. An op without it that lies between a source and a target is an error at the
    user's line.
  }];
  let methods = [
    InterfaceMethod<[{
      Emits at `builder` the vector-Jacobian product: reads cotangents of the op's results from `context` and adds to
      those of the operands that it needs. May use any operand or result of the op as if it dominated: what does not
      is repaired afterwards.
    }], "::llvm::LogicalResult", "buildPullback",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::tenon::PullbackContext &":$context)>,
    InterfaceMethod<[{
      Whether the op is better run again in a backward loop than its result kept from every iteration.
    }], "bool", "isCheap", (ins), [{}], [{ return false; }]>,
  ];
}

#endif

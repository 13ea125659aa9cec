// Types of the `tenon` dialect beside tensors.
#ifndef TENON_TYPES_TD
#define TENON_TYPES_TD

include "TenonDialect.td"
include "mlir/IR/AttrTypeBase.td"

def Tenon_List : TypeDef<Tenon_Dialect, "List"> {
  let mnemonic = "list";
  let summary = "elements of one tensor type, as many as there were pushed";
  let description = [{
    A list of tensors that grows. Open dimensions of the element type may be another size for each element. It is a value
    that is used once, so that it can be one object in memory: loops carry it, branches yield it.
  }];
  let parameters = (ins "::mlir::RankedTensorType":$element);
  let assemblyFormat = "`<` $element `>`";
}

// The memory of a tensor, below the dialect.
def Tenon_Buffer : MemRefOf<[F32, F64, F16, BF16, I8, I16, I32, I64, UI8, I1]>;

// What branches yield and loops carry.
def Tenon_Carried : AnyTypeOf<[Tenon_Tensor, Tenon_List], "tensor of any dtype or list">;

#endif

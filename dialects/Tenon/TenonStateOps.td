// State and effects on the host: variables, prints, assertions.
#ifndef TENON_STATE_OPS_TD
#define TENON_STATE_OPS_TD

include "TenonAttributes.td"

def Tenon_VariableOp : Tenon_Op<"variable", [Symbol]> {
  let summary = "a tensor that outlives a call; the caller owns its memory";
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Tenon_Tensor>:$type, OptionalAttr<ElementsAttr>:$init,
                       OptionalAttr<StrAttr>:$sym_visibility);
  let assemblyFormat = "$sym_name `:` $type (`=` $init^)? attr-dict";
  let hasVerifier = 1;
}
def Tenon_VariableResource : Resource<"::mlir::tenon::VariableResource">;
def Tenon_HostResource : Resource<"::mlir::tenon::HostResource">;

def Tenon_ReadOp : Tenon_Op<"read", [MemoryEffects<[MemRead<Tenon_VariableResource>]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the present value of a variable";
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$variable attr-dict `:` type($result)";
}
def Tenon_AssignOp : Tenon_Op<"assign", [MemoryEffects<[MemWrite<Tenon_VariableResource>]>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "give a variable another value";
  let arguments = (ins FlatSymbolRefAttr:$variable, Tenon_Tensor:$value);
  let assemblyFormat = "$variable `,` $value attr-dict `:` type($value)";
}
// What prints before bufferization are tensors; afterwards the buffers that hold them.
def Tenon_Buffer : MemRefOf<[F32, F64, F16, BF16, I8, I16, I32, I64, UI8, I1]>;
def Tenon_PrintOp : Tenon_Op<"print", [MemoryEffects<[MemRead<Tenon_HostResource>, MemWrite<Tenon_HostResource>]>]> {
  let summary = "print tensors through the host, in program order; each {} of `format` is the next value";
  let description = [{
    `dtypes` is one element type per value, as the user sees it: the conversion to linalg, where u8 becomes a signless
    integer, adds it and replaces tensors by buffers.
  }];
  let arguments = (ins StrAttr:$format, Variadic<AnyTypeOf<[Tenon_Tensor, Tenon_Buffer]>>:$values,
                       OptionalAttr<TypeArrayAttr>:$dtypes);
  let assemblyFormat = "$format ($values^ `:` type($values))? attr-dict";
}
def Tenon_AssertOp : Tenon_Op<"assert", [MemoryEffects<[MemRead<Tenon_HostResource>, MemWrite<Tenon_HostResource>]>]> {
  let summary = "end the call with an error code and `message` unless the scalar condition holds";
  let arguments = (ins Tenon_BoolScalar:$condition, StrAttr:$message);
  let assemblyFormat = "$condition `,` $message attr-dict";
}
def Tenon_RaiseOp : Tenon_Op<"raise", [MemoryEffects<[MemRead<Tenon_HostResource>, MemWrite<Tenon_HostResource>]>]> {
  let summary = "record an error of this call unless `condition` holds; each {} of `message` is the next value";
  let description = [{
    What `assert` and every check of an index or a dimension become once scalars are SSA values. The first error of a
    call stays; the code after it runs on, so an index that was found wrong must not be used.
    ```mlir
    tenon.raise %ok, index_out_of_range, "gather: index {} is outside [0, {})" (%i, %n)
    ```
  }];
  let arguments = (ins I1:$condition, Tenon_RaiseCode:$code, StrAttr:$message, Variadic<Index>:$values);
  let assemblyFormat = "$condition `,` $code `,` $message (`(` $values^ `)`)? attr-dict";
}

#endif

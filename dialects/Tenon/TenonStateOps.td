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
def Tenon_PrintOp : Tenon_Op<"print", [MemoryEffects<[MemRead<Tenon_HostResource>, MemWrite<Tenon_HostResource>]>]> {
  let summary = "print tensors through the host, in program order; each {} of `format` is the next value";
  let arguments = (ins StrAttr:$format, Variadic<Tenon_Tensor>:$values);
  let assemblyFormat = "$format ($values^ `:` type($values))? attr-dict";
}
def Tenon_AssertOp : Tenon_Op<"assert", [MemoryEffects<[MemRead<Tenon_HostResource>, MemWrite<Tenon_HostResource>]>]> {
  let summary = "end the call with an error code and `message` unless the scalar condition holds";
  let arguments = (ins Tenon_BoolScalar:$condition, StrAttr:$message);
  let assemblyFormat = "$condition `,` $message attr-dict";
}

#endif

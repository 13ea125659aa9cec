// State and effects on the host: variables, prints, assertions, and the errors of a call.
#ifndef TENON_STATE_OPS_TD
#define TENON_STATE_OPS_TD

include "TenonAttributes.td"

def Tenon_VariableOp : Tenon_Op<"variable", [Symbol]> {
  let summary = "a tensor that outlives a call; the caller owns its memory";
  let semantics = "A tensor that keeps its value from one call to the next, in memory that the caller owns; `init` is what it "
                  "is before the first.";
  let constraints = "(C1) `type` is static. (C2) `init` is of that type.";
  let example = "tenon.variable @w : tensor<2xf32> = dense<0.0> : tensor<2xf32>\ntenon.variable @steps : tensor<i64>";
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Tenon_Tensor>:$type, OptionalAttr<ElementsAttr>:$init,
                       OptionalAttr<StrAttr>:$sym_visibility);
  let assemblyFormat = "$sym_name `:` $type (`=` $init^)? attr-dict";
  let hasVerifier = 1;
}
def Tenon_VariableResource : Resource<"::mlir::tenon::VariableResource">;
def Tenon_HostResource : Resource<"::mlir::tenon::HostResource">;

class Tenon_VariableUser<string mnemonic, list<MemoryEffect> effects>
    : Tenon_Op<mnemonic, [MemoryEffects<effects>, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let constraints = "(C1) The symbol is a variable. (C2) Its type is the tensor's.";
}
def Tenon_ReadOp : Tenon_VariableUser<"read", [MemRead<Tenon_VariableResource>]> {
  let summary = "the present value of a variable";
  let semantics = "The value that the variable has at this point of the program.";
  let example = "tenon.variable @w : tensor<2xf32>\n%x = tenon.read @w : tensor<2xf32>  // tensor<2xf32>";
  let arguments = (ins FlatSymbolRefAttr:$variable);
  let results = (outs Tenon_Tensor:$result);
  let assemblyFormat = "$variable attr-dict `:` type($result)";
}
def Tenon_AssignOp : Tenon_VariableUser<"assign", [MemWrite<Tenon_VariableResource>]> {
  let summary = "give a variable another value";
  let semantics = "The variable has `value` from this point of the program on.";
  let example = "// %x : tensor<2xf32>\ntenon.variable @w : tensor<2xf32>\ntenon.assign @w, %x : tensor<2xf32>";
  let arguments = (ins FlatSymbolRefAttr:$variable, Tenon_Tensor:$value);
  let assemblyFormat = "$variable `,` $value attr-dict `:` type($value)";
}

class Tenon_HostOp<string mnemonic>
    : Tenon_Op<mnemonic, [MemoryEffects<[MemRead<Tenon_HostResource>, MemWrite<Tenon_HostResource>]>]>;
// What prints before bufferization are tensors; afterwards the buffers that hold them.
def Tenon_PrintOp : Tenon_HostOp<"print"> {
  let summary = "print tensors through the host, in program order; each {} of `format` is the next value";
  let semantics = "The host prints `format` with each `{}` replaced by the next of `values`, after what was printed before it. "
                  "`dtypes` is one element type per value, as the user sees it: the conversion to linalg, where u8 becomes a "
                  "signless integer, adds it and replaces tensors by buffers.";
  let constraints = "(C1) `format` has one `{}` for each value. (C2) `dtypes`, where it is there, has one for each value.";
  let example = "// %x : tensor<2xf32>, %n : tensor<i64>\ntenon.print \"step {}: {}\" %n, %x : tensor<i64>, tensor<2xf32>";
  let arguments = (ins StrAttr:$format, Variadic<AnyTypeOf<[Tenon_Tensor, Tenon_Buffer]>>:$values,
                       OptionalAttr<TypeArrayAttr>:$dtypes);
  // Without the (), the first result of an op that follows would be read as a value.
  let assemblyFormat = "$format ($values^ `:` type($values)):(`(` `)`)? attr-dict";
  let useCustomPropertiesEncoding = 1;  // Bytecode.cpp
  let hasVerifier = 1;
}
def Tenon_AssertOp : Tenon_HostOp<"assert"> {
  let summary = "end the call with an error code and `message` unless the scalar condition holds";
  let semantics = "The call ends with the code `assertion_failed` and `message` unless `condition` holds.";
  let constraints = "(C1) `condition` is an i1 scalar.";
  let example = "// %ok : tensor<i1>\ntenon.assert %ok, \"the rate is positive\"";
  let arguments = (ins Tenon_BoolScalar:$condition, StrAttr:$message);
  let assemblyFormat = "$condition `,` $message attr-dict";
}
def Tenon_RaiseOp : Tenon_HostOp<"raise"> {
  let summary = "record an error of this call unless `condition` holds; each {} of `message` is the next value";
  let semantics = "What `assert` and every check of an index or a dimension become once scalars are SSA values: unless "
                  "`condition` holds, the call has the error `code` and `message`, with each `{}` replaced by the next of "
                  "`values`. The call ends there: what comes later in the function may rely on `condition`.";
  let constraints = "(C1) `message` has a `{}` for each value.";
  let example = "// %ok : i1, %i : index, %n : index\n"
                "tenon.raise %ok, index_out_of_range, \"gather: index {} is outside [0, {})\" (%i, %n)";
  let arguments = (ins I1:$condition, Tenon_RaiseCode:$code, StrAttr:$message, Variadic<Index>:$values);
  let assemblyFormat = "$condition `,` $code `,` $message (`(` $values^ `)`)? attr-dict";
  let hasVerifier = 1;
}

#endif

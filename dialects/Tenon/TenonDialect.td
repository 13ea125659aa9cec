// The `tenon` dialect itself and the base classes of its ops.
#ifndef TENON_DIALECT_TD
#define TENON_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Tenon_Dialect : Dialect {
  let name = "tenon";
  let cppNamespace = "::mlir::tenon";
  let summary = "Value-semantic operations on ranked tensors, as a C++ program traces them.";
  let description = [{
    A module holds functions (`func.func`) whose bodies are `tenon` ops on ranked tensors with static or open
    dimensions. Scalars are tensors of rank 0. A public function is an entry point: its arguments carry
    `tenon.name = "x"` and, where a dimension is open, `tenon.dims = ["batch", ""]`, one name per dimension
    (empty: static, or open and unnamed); its results carry `tenon.name`. Two dimensions of one function that
    carry the same name have the same size.

    dtypes are f32, f64, f16, bf16, i8, i16, i32, i64, u8 (written `ui8`) and i1. Axes are not negative. Attributes
    say what is known when a function is traced, i64 scalars what is known when it runs: an open dimension of a result
    that does not follow from the operands is an operand in `dims(...)`, one for each `?` of the result's type.

    **Open dimensions** stand for one size. Where two dimensions have to be equal and one is open, the result has the
    static one, and a call in which they differ ends with the code `shape_mismatch`. Whether a dimension repeats is
    decided by its type: only a static 1 does.

    **Numbers** have the same bits on every path: eagerly, traced, ahead of time. f16 and bf16 are computed with in
    f32 and rounded after each op. The order of each reduction is part of its op's definition.

    **Messages** of inference and verifiers begin with the op and show types as `f32[4,?]`:
    `matmul: inner dimensions differ: lhs f32[4,8], rhs f32[9,2]`.

    Constraints are numbered (C1), (C2), ... in each op's description; the check in the verifier and its negative
    test carry the same number. Comments in the examples give the types of operands and results.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  // What reified shapes are computed with.
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
  let hasOperationAttrVerify = 0;
}

// A description is made of what the op says of itself, what its family says, and an example.
class Tenon_Op<string mnemonic, list<Trait> traits = []> : Op<Tenon_Dialect, mnemonic, traits> {
  string semantics = "";
  string constraints = "";
  string example = "";
  let description = semantics # "\n\n" # constraints # "\n\n```mlir\n" # example # "\n```\n";
}
// An op whose results may have open dimensions says how large they are (Reify.cpp).
defvar Tenon_Reify = DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>;

// Depends on nothing but its operands, and may run where the program does not: unless it checks an index or a size,
// and ends the call where they do not fit (Speculation.cpp).
def Tenon_ChecksDecideSpeculation : NativeOpTrait<"ChecksDecideSpeculation"> { let cppNamespace = "::mlir::tenon"; }
def Tenon_Pure : TraitList<[NoMemoryEffect, ConditionallySpeculatable, Tenon_ChecksDecideSpeculation]>;

// dtypes, in the order of the frontend's DType: f32 f64 f16 bf16 i8 i16 i32 i64 u8 i1
defvar Tenon_FloatTypes = [F32, F64, F16, BF16];
defvar Tenon_IntTypes = [I8, I16, I32, I64, UI8];
defvar Tenon_NumberTypes = [F32, F64, F16, BF16, I8, I16, I32, I64, UI8];

// A ranked tensor of some dtypes. An encoding would be lost where a type is inferred.
class Tenon_TensorOf<list<Type> dtypes, string description>
    : Type<And<[RankedTensorOf<dtypes>.predicate, CPred<"!::llvm::cast<::mlir::RankedTensorType>($_self).getEncoding()">]>,
           description, "::mlir::RankedTensorType">;
def Tenon_Tensor : Tenon_TensorOf<[F32, F64, F16, BF16, I8, I16, I32, I64, UI8, I1], "tensor of any dtype">;
def Tenon_FloatTensor : Tenon_TensorOf<Tenon_FloatTypes, "tensor of f32, f64, f16 or bf16">;
def Tenon_NumberTensor : Tenon_TensorOf<Tenon_NumberTypes, "tensor of numbers, not i1">;
def Tenon_SignedNumberTensor
    : Tenon_TensorOf<[F32, F64, F16, BF16, I8, I16, I32, I64], "tensor of signed numbers, neither u8 nor i1">;
def Tenon_IntTensor : Tenon_TensorOf<Tenon_IntTypes, "tensor of i8, i16, i32, i64 or u8">;
def Tenon_IntOrBoolTensor : Tenon_TensorOf<[I8, I16, I32, I64, UI8, I1], "tensor of integers or i1">;
def Tenon_BoolTensor : Tenon_TensorOf<[I1], "tensor of i1">;
def Tenon_IndexTensor : Tenon_TensorOf<[I32, I64], "tensor of i32 or i64">;
def Tenon_WordTensor : Tenon_TensorOf<[I32, I64], "tensor of i32 or i64">;
def Tenon_SingleOrDoubleTensor : Tenon_TensorOf<[F32, F64], "tensor of f32 or f64">;
// A dimension or a start position: an i64 scalar.
class Tenon_ScalarTensor<Type element, string elementCall, string description>
    : Type<And<[RankedTensorOf<[element]>.predicate, CPred<"::llvm::cast<::mlir::RankedTensorType>($_self).getRank() == 0">]>, description, "::mlir::RankedTensorType">,
      BuildableType<"::mlir::RankedTensorType::get({}, " # elementCall # ")">;
def Tenon_DimTensor : Tenon_ScalarTensor<I64, "$_builder.getI64Type()", "i64 scalar tensor">;
def Tenon_BoolScalar : Tenon_ScalarTensor<I1, "$_builder.getI1Type()", "i1 scalar tensor">;

#endif

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
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  // What reified shapes are computed with.
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::tensor::TensorDialect"];
  let hasOperationAttrVerify = 0;
}

class Tenon_Op<string mnemonic, list<Trait> traits = []> : Op<Tenon_Dialect, mnemonic, traits>;
// An op whose results may have open dimensions says how large they are (Reify.cpp).
def Tenon_Reify : DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface, ["reifyResultShapes"]>;

// dtypes, in the order of the frontend's DType: f32 f64 f16 bf16 i8 i16 i32 i64 u8 i1
defvar Tenon_FloatTypes = [F32, F64, F16, BF16];
defvar Tenon_IntTypes = [I8, I16, I32, I64, UI8];
defvar Tenon_NumberTypes = [F32, F64, F16, BF16, I8, I16, I32, I64, UI8];

def Tenon_Tensor : RankedTensorOf<[F32, F64, F16, BF16, I8, I16, I32, I64, UI8, I1]>;
def Tenon_FloatTensor : RankedTensorOf<Tenon_FloatTypes>;
def Tenon_NumberTensor : RankedTensorOf<Tenon_NumberTypes>;
def Tenon_SignedNumberTensor : RankedTensorOf<[F32, F64, F16, BF16, I8, I16, I32, I64]>;
def Tenon_IntTensor : RankedTensorOf<Tenon_IntTypes>;
def Tenon_IntOrBoolTensor : RankedTensorOf<[I8, I16, I32, I64, UI8, I1]>;
def Tenon_BoolTensor : RankedTensorOf<[I1]>;
def Tenon_IndexTensor : RankedTensorOf<[I32, I64]>;
// A dimension or a start position: an i64 scalar.
class Tenon_ScalarTensor<Type element, string elementCall, string description>
    : Type<And<[RankedTensorOf<[element]>.predicate, CPred<"::llvm::cast<::mlir::RankedTensorType>($_self).getRank() == 0">]>, description, "::mlir::RankedTensorType">,
      BuildableType<"::mlir::RankedTensorType::get({}, " # elementCall # ")">;
def Tenon_DimTensor : Tenon_ScalarTensor<I64, "$_builder.getI64Type()", "i64 scalar tensor">;
def Tenon_BoolScalar : Tenon_ScalarTensor<I1, "$_builder.getI1Type()", "i1 scalar tensor">;

#endif

// What a caller sees of an entry point: names, dtypes, dims, workspace; carried as `tenon.signature` until code is
// emitted.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>
#include <string>

namespace mlir::tenon {

/// Element types in the order of the dialect and the frontend. The values are ABI: `<model>_describe()` writes them.
enum class DType : int32_t { F32, F64, F16, BF16, I8, I16, I32, I64, U8, I1 };

/// The dtype of an element type; failure where the type is none of them. Signless i8 is I8, `ui8` is U8.
FailureOr<DType> getDType(Type elementType);
/// The MLIR type (U8 is `ui8`).
Type getElementType(DType dtype, MLIRContext *context);
/// "f32", ..., "u8", "i1".
StringRef getName(DType dtype);
/// Bytes of one element in a caller's buffer; also its alignment. An i1 takes a byte that is 0 or 1.
unsigned getBytes(DType dtype);

/// One dimension of an argument.
struct Dimension {
  enum class Kind {
    Static,  ///< `value` is the size.
    Named,   ///< `value` is an index into FunctionSignature::dims.
    Computed ///< `value` is an index into the results of `@<function>.shapes(dims...)`. Outputs only.
  };
  Kind kind = Kind::Static;
  int64_t value = 0;

  static Dimension ofSize(int64_t size) { return {Kind::Static, size}; }
  static Dimension named(int64_t index) { return {Kind::Named, index}; }
  static Dimension computed(int64_t result) { return {Kind::Computed, result}; }
  bool isStatic() const { return kind == Kind::Static; }
  bool operator==(const Dimension &) const = default;
};

/// An input, a variable or an output. Buffers are dense and row-major.
struct ArgumentSignature {
  std::string name;
  DType dtype = DType::F32;
  SmallVector<Dimension> dims;
  /// Input: an eager tensor that a trace captured; callers of a JIT function pass it behind the named ones, in order.
  bool captured = false;
  /// Variable: the function assigns it.
  bool assigned = false;

  bool isStatic() const {
    return llvm::all_of(dims, [](const Dimension &dim) { return dim.isStatic(); });
  }
  /// Bytes of a static argument.
  int64_t getStaticBytes() const;
  bool operator==(const ArgumentSignature &) const = default;
};

/// An entry point's interface. The order of buffers everywhere is inputs, variables, outputs.
///
/// In the module that reaches code emission the function is
///   `llvm.func @<name>.body(%frame: !llvm.ptr, inputs..., [weights: !llvm.ptr,] variables..., outputs..., workspace)`
/// with each buffer an expanded memref descriptor (the workspace `memref<?xi8>`), and where they are needed, beside it,
///   `@<name>.shapes(dims: index...) -> index...`   the Computed dimensions, in order of outputs and their dimensions;
///   `@<name>.workspace(dims: index...) -> index`   the bytes of workspace, where `workspaceBytes` is not set.
struct FunctionSignature {
  static constexpr StringLiteral attributeName = "tenon.signature";

  std::string name;
  /// Names of the open dimensions, in the order of their first appearance in the inputs: the order of `dims`
  /// parameters.
  SmallVector<std::string> dims;
  SmallVector<ArgumentSignature> inputs, variables, outputs;
  /// Bytes of workspace; not set: `@<name>.workspace` computes them from the dims.
  std::optional<int64_t> workspaceBytes = 0;
  /// Bytes of the file of weights that callers pass behind the inputs, where constants were moved out of the object.
  std::optional<int64_t> weightsBytes;
  /// What an error inside the body leaves of the variables.
  enum class StateOnError { PartlyWritten, KeptUnlessCancelled, Kept };
  StateOnError stateOnError = StateOnError::PartlyWritten;

  /// How many Computed dimensions the outputs have.
  unsigned getNumComputedDims() const;

  /// Reads a traced `func.func`: argument attributes `tenon.name`, `tenon.dims`, `tenon.capture`, result attributes
  /// `tenon.name`, `tenon.dims`, and the variables that its body reads and assigns (in the module's order; calls have
  /// been inlined). An unnamed open dimension i of input x is named `x_dim<i>`; an unnamed argument `input<i>`, an
  /// unnamed result `output<i>`. A result's open dimension that carries the name of an input's dimension is Named,
  /// others are Computed. Emits an error where a dtype is not one of DType or a variable has an open dimension.
  static FailureOr<FunctionSignature> fromFunction(func::FuncOp function);

  DictionaryAttr toAttribute(MLIRContext *context) const;
  static FailureOr<FunctionSignature> fromAttribute(Attribute attribute, function_ref<InFlightDiagnostic()> emitError);
  /// Reads `tenon.signature` of a function (func.func or llvm.func); an error where it is missing or malformed.
  static FailureOr<FunctionSignature> get(Operation *function);
  void set(Operation *function) const { function->setAttr(attributeName, toAttribute(function->getContext())); }
  bool operator==(const FunctionSignature &) const = default;
};

} // namespace mlir::tenon

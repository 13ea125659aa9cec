// Building blocks of the lowerings: sizes of open dimensions, scalars, checks, and linalg.generic.
#pragma once

#include "compiler/Conversion/TenonToLinalg/Arithmetic.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mlir::tenon {
using Sizes = SmallVector<OpFoldResult>;
using Maps = SmallVector<AffineMap>;

//===------------------------------------------------------------------------------------------------------------===//
// Sizes and scalars
//===------------------------------------------------------------------------------------------------------------===//

/// The size of a dimension: an attribute where it is static, else the value that it was first made from, so that
/// equal sizes are the same value. A dimension that an entry point names is the first argument's that has the name.
OpFoldResult getSize(ImplicitLocOpBuilder &b, Value tensor, int64_t dim);
Sizes getSizes(ImplicitLocOpBuilder &b, Value tensor);
/// Whether two sizes are known to be equal without running.
bool isSameSize(OpFoldResult lhs, OpFoldResult rhs);
/// Raises `shape_mismatch` with the message unless the sizes are equal; nothing where they are known to be.
void requireSameSize(ImplicitLocOpBuilder &b, OpFoldResult lhs, OpFoldResult rhs, const Twine &message);
/// The size of a result's dimension: `staticSize` or the first of `candidates`, with which the others must agree.
OpFoldResult mergeSizes(ImplicitLocOpBuilder &b, int64_t staticSize, ArrayRef<OpFoldResult> candidates,
                        const Twine &message);
/// As an index value, and as a constant where it is one.
Value toIndex(ImplicitLocOpBuilder &b, OpFoldResult size);
Value createIndex(ImplicitLocOpBuilder &b, int64_t value);
OpFoldResult addSizes(ImplicitLocOpBuilder &b, OpFoldResult lhs, OpFoldResult rhs);
OpFoldResult mulSizes(ImplicitLocOpBuilder &b, OpFoldResult lhs, OpFoldResult rhs);
/// The sizes of a result of this type whose open dimensions are given by i64 scalar tensors, in order.
Sizes getSizes(ImplicitLocOpBuilder &b, RankedTensorType type, ValueRange dims);

/// The element of a rank-0 tensor: the value that was put in it where that is known.
Value getScalar(ImplicitLocOpBuilder &b, Value tensor);
/// An i64 scalar tensor as an index.
OpFoldResult getScalarIndex(ImplicitLocOpBuilder &b, Value tensor);
/// A rank-0 tensor that holds the value.
Value createScalarTensor(ImplicitLocOpBuilder &b, Value scalar);

//===------------------------------------------------------------------------------------------------------------===//
// Tensors
//===------------------------------------------------------------------------------------------------------------===//

Value createEmpty(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes, Type elementType);
/// A new tensor with every element the number.
Value createFilled(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes, TypedAttr number);
Value createFilled(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes, Value scalar);
/// The input with `low` and `high` elements of the number around each dimension; the input itself where all are 0.
Value createPadded(ImplicitLocOpBuilder &b, Value input, ArrayRef<int64_t> low, ArrayRef<int64_t> high, Value scalar);
/// The same value under another type: a tensor.cast where static and open dimensions differ.
Value castTo(ImplicitLocOpBuilder &b, Value tensor, Type type);
/// A tensor of the given rank without the dimensions, which have size 1.
Value dropDims(ImplicitLocOpBuilder &b, Value tensor, ArrayRef<int64_t> dims);
/// The opposite: size-1 dimensions inserted, so that they stand at `dims` of the result.
Value insertDims(ImplicitLocOpBuilder &b, Value tensor, ArrayRef<int64_t> dims);

/// linalg.generic whose body builder gets elements in storage types and returns what is yielded.
using BodyBuilder = function_ref<SmallVector<Value>(ImplicitLocOpBuilder &b, ValueRange arguments)>;
linalg::GenericOp createGeneric(ImplicitLocOpBuilder &b, ValueRange inputs, ValueRange outputs,
                                ArrayRef<AffineMap> maps, ArrayRef<utils::IteratorType> iterators, BodyBuilder body);
/// The same over all-parallel iterators, into a new tensor.
Value createParallel(ImplicitLocOpBuilder &b, ValueRange inputs, ArrayRef<AffineMap> maps, ArrayRef<OpFoldResult> sizes,
                     Type elementType, BodyBuilder body);
/// Inside the body of a generic: the place of the present element in row-major order, as an index.
Value createRowMajorPlace(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes);
/// Every element converted to another type of float, as halves are around reductions in f32.
Value convertElements(ImplicitLocOpBuilder &b, Value tensor, Type elementType);

/// The sum of products over the reduction iterators, into a new tensor of `dtype`; the last map is the result's. Each
/// element is one chain in loop order from +0: fma for floats (in f32 and rounded once for halves), wrapping
/// multiplication and addition for integers.
Value createContraction(ImplicitLocOpBuilder &b, Type dtype, ValueRange inputs, ArrayRef<AffineMap> maps,
                        ArrayRef<utils::IteratorType> iterators, ArrayRef<OpFoldResult> sizes);

/// The map by which dimensions of an operand align on the right with a result's; a static 1 repeats.
AffineMap getBroadcastMap(MLIRContext *context, ArrayRef<int64_t> operandShape, ArrayRef<int64_t> resultShape);

/// lhs * rhs + sum as contractions compute it, in compute types.
Value createMulAdd(ImplicitLocOpBuilder &b, Type dtype, Value lhs, Value rhs, Value sum);

/// One scf.for loop that carries values; the body returns them updated.
using ForBody = function_ref<SmallVector<Value>(ImplicitLocOpBuilder &b, Value index, ValueRange carried)>;
SmallVector<Value> createFor(ImplicitLocOpBuilder &b, Value lower, Value upper, Value step, ValueRange carried,
                             ForBody body);

/// Nested scf.for loops from 0 to each of `bounds` that carry tensors; the body returns them updated.
using LoopBody = function_ref<SmallVector<Value>(ImplicitLocOpBuilder &b, ValueRange indices, ValueRange carried)>;
SmallVector<Value> createLoops(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> bounds, ValueRange carried,
                               LoopBody body);

//===------------------------------------------------------------------------------------------------------------===//
// Patterns
//===------------------------------------------------------------------------------------------------------------===//

/// The dtype of a tensor in the tenon dialect.
inline Type getDtype(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getElementType(); }

inline SmallVector<utils::IteratorType> getIterators(int64_t parallel, int64_t reduction = 0) {
  SmallVector<utils::IteratorType> iterators(parallel, utils::IteratorType::parallel);
  iterators.append(reduction, utils::IteratorType::reduction);
  return iterators;
}

/// A list of elements under their storage type.
ListType getStorageType(ListType type);

/// Elements under their storage type; the bytes are the same.
ElementsAttr getStorageElements(ElementsAttr elements);

/// Whether a type says that a tensor has no element. Upstream's slices and inserts of such do not verify.
bool hasNoElements(Type type);
/// Tensors for the results of an op, if it does nothing but compute what has no elements.
std::optional<SmallVector<Value>> createWithoutElements(ImplicitLocOpBuilder &b, Operation *op);

/// A pattern whose body is a function of the op, its converted operands and a builder at its location.
template <typename OpTy> struct FunctionPattern : OpConversionPattern<OpTy> {
  using Adaptor = typename OpConversionPattern<OpTy>::OpAdaptor;
  using Function = LogicalResult (*)(OpTy op, Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                     ImplicitLocOpBuilder &b);
  FunctionPattern(const TypeConverter &converter, MLIRContext *context, Function function)
      : OpConversionPattern<OpTy>(converter, context), function(function) {}

  LogicalResult matchAndRewrite(OpTy op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    if (auto empty = createWithoutElements(b, op)) {
      rewriter.replaceOp(op, *empty);
      return success();
    }
    return function(op, adaptor, rewriter, b);
  }
  Function function;
};
} // namespace mlir::tenon

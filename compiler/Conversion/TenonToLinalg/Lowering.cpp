// Sizes, scalars, loops and linalg.generic, as every family of lowerings uses them.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

using namespace mlir;
using namespace mlir::tenon;

//===------------------------------------------------------------------------------------------------------------===//
// Sizes and scalars
//===------------------------------------------------------------------------------------------------------------===//

Value mlir::tenon::createIndex(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value mlir::tenon::toIndex(ImplicitLocOpBuilder &b, OpFoldResult size) {
  return getValueOrCreateConstantIndexOp(b, b.getLoc(), size);
}

/// The first argument and dimension of the entry point with the same name, or the one given.
static std::pair<BlockArgument, int64_t> getNamesake(BlockArgument argument, int64_t dim) {
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  if (!function || argument.getOwner() != &function.front())
    return {argument, dim};
  auto nameOf = [&](unsigned index, int64_t d) -> StringRef {
    auto names = function.getArgAttrOfType<ArrayAttr>(index, "tenon.dims");
    auto name = names && d < static_cast<int64_t>(names.size()) ? dyn_cast<StringAttr>(names[d]) : StringAttr();
    return name ? name.getValue() : StringRef();
  };
  StringRef name = nameOf(argument.getArgNumber(), dim);
  if (name.empty())
    return {argument, dim};
  for (BlockArgument other : argument.getOwner()->getArguments().take_front(argument.getArgNumber() + 1)) {
    auto type = dyn_cast<RankedTensorType>(other.getType());
    for (int64_t d = 0; type && d < type.getRank(); ++d)
      if (type.isDynamicDim(d) && nameOf(other.getArgNumber(), d) == name)
        return {other, d};
  }
  return {argument, dim};
}

namespace {
/// A size that is known, or a dimension of a tensor that has it.
struct SizeSource {
  OpFoldResult size = {};
  Value tensor = {};
  int64_t dim = 0;

  /// Whether it can be used behind `op`, not only in its regions.
  bool isOutside(Operation *op) const {
    Value value = size ? dyn_cast<Value>(size) : tensor;
    return !value || !op->isAncestor(value.getParentBlock()->getParentOp());
  }
};
} // namespace

static SizeSource traceSize(ImplicitLocOpBuilder &b, Value tensor, int64_t dim);

/// What a value that enters or leaves a loop has the sizes of: its init, since loops keep sizes; null where there is
/// none. Loops of the program check it where they yield.
static Value getInit(Operation *op, Block *block, unsigned number) {
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    if (block && number == 0)
      return {};
    return loop.getInitArgs()[block ? number - 1 : number];
  }
  auto loop = dyn_cast<scf::WhileOp>(op);
  if (!loop)
    return {};
  if (block == loop.getBeforeBody())
    return loop.getInits()[number];
  auto condition = dyn_cast<scf::ConditionOp>(loop.getBeforeBody()->back());
  auto carried = condition ? dyn_cast<BlockArgument>(condition.getArgs()[number]) : BlockArgument();
  return carried && carried.getOwner() == loop.getBeforeBody() ? loop.getInits()[carried.getArgNumber()] : Value();
}

/// The size of what two branches yield, from one that has it from outside.
static SizeSource traceBranches(ImplicitLocOpBuilder &b, scf::IfOp op, unsigned number, int64_t dim) {
  for (Region *region : op.getRegions())
    if (auto yield = dyn_cast<scf::YieldOp>(region->front().back()))
      if (SizeSource source = traceSize(b, yield.getOperand(number), dim); source.isOutside(op))
        return source;
  return {OpFoldResult(), op.getResult(number), dim};
}

static SizeSource traceSize(ImplicitLocOpBuilder &b, Value tensor, int64_t dim) {
  while (true) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (!type.isDynamicDim(dim))
      return {b.getIndexAttr(type.getDimSize(dim))};
    auto result = dyn_cast<OpResult>(tensor);
    if (!result) {
      auto argument = cast<BlockArgument>(tensor);
      if (Value init = getInit(argument.getOwner()->getParentOp(), argument.getOwner(), argument.getArgNumber())) {
        tensor = init;
        continue;
      }
      std::tie(tensor, dim) = getNamesake(argument, dim);
      break;
    }
    Operation *op = result.getOwner();
    if (auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(op)) {
      tensor = destinationStyle.getTiedOpOperand(result)->get();
    } else if (auto empty = dyn_cast<tensor::EmptyOp>(op)) {
      return {empty.getDynamicSize(dim)};
    } else if (auto alloc = dyn_cast<bufferization::AllocTensorOp>(op)) {
      return {alloc.getDynamicSize(b, dim)};
    } else if (auto cast = dyn_cast<tensor::CastOp>(op)) {
      tensor = cast.getSource();
    } else if (Value init = getInit(op, nullptr, result.getResultNumber())) {
      tensor = init;
    } else if (auto branches = dyn_cast<scf::IfOp>(op)) {
      return traceBranches(b, branches, result.getResultNumber(), dim);
    } else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
      return {expand.getMixedOutputShape()[dim]};
    } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
      llvm::SmallBitVector dropped = slice.getDroppedDims();
      for (auto [i, size] : llvm::enumerate(slice.getMixedSizes()))
        if (!dropped.test(i) && dim-- == 0)
          return {size};
      break;
    } else {
      break;
    }
  }
  return {OpFoldResult(), tensor, dim};
}

// A size is an attribute exactly where the type is static, even if the value is a known constant: ops that take sizes
// and have types want both to say the same.
OpFoldResult mlir::tenon::getSize(ImplicitLocOpBuilder &b, Value tensor, int64_t dim) {
  SizeSource source = traceSize(b, tensor, dim);
  return source.size ? source.size : tensor::DimOp::create(b, source.tensor, source.dim).getResult();
}

Sizes mlir::tenon::getSizes(ImplicitLocOpBuilder &b, Value tensor) {
  Sizes sizes;
  for (int64_t dim = 0; dim < cast<RankedTensorType>(tensor.getType()).getRank(); ++dim)
    sizes.push_back(getSize(b, tensor, dim));
  return sizes;
}

bool mlir::tenon::isSameSize(OpFoldResult lhs, OpFoldResult rhs) {
  if (isEqualConstantIntOrValue(lhs, rhs))
    return true;
  auto lhsValue = dyn_cast<Value>(lhs), rhsValue = dyn_cast<Value>(rhs);
  if (!lhsValue || !rhsValue)
    return false;
  auto lhsDim = lhsValue.getDefiningOp<tensor::DimOp>(), rhsDim = rhsValue.getDefiningOp<tensor::DimOp>();
  return lhsDim && rhsDim && lhsDim.getSource() == rhsDim.getSource() && lhsDim.getConstantIndex() &&
         lhsDim.getConstantIndex() == rhsDim.getConstantIndex();
}

void mlir::tenon::requireSameSize(ImplicitLocOpBuilder &b, OpFoldResult lhs, OpFoldResult rhs, const Twine &message) {
  if (isSameSize(lhs, rhs))
    return;
  Value x = toIndex(b, lhs), y = toIndex(b, rhs);
  Value same = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, y);
  RaiseOp::create(b, same, RaiseCode::shape_mismatch, message.str(), ValueRange{x, y});
}

OpFoldResult mlir::tenon::mergeSizes(ImplicitLocOpBuilder &b, int64_t staticSize, ArrayRef<OpFoldResult> candidates,
                                     const Twine &message) {
  OpFoldResult size = ShapedType::isDynamic(staticSize) ? candidates.front() : OpFoldResult(b.getIndexAttr(staticSize));
  for (OpFoldResult candidate : candidates) requireSameSize(b, size, candidate, message);
  return size;
}

ElementsAttr mlir::tenon::getStorageElements(ElementsAttr elements) {
  auto type = cast<RankedTensorType>(elements.getType());
  auto storage = type.clone(getStorageType(type.getElementType()));
  if (type == storage)
    return elements;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    return DenseResourceElementsAttr::get(storage, resource.getRawHandle());
  return cast<DenseElementsAttr>(elements).bitcast(storage.getElementType());
}

OpFoldResult mlir::tenon::addSizes(ImplicitLocOpBuilder &b, OpFoldResult lhs, OpFoldResult rhs) {
  auto x = getConstantIntValue(lhs), y = getConstantIntValue(rhs);
  if (x && y)
    return b.getIndexAttr(*x + *y);
  if (x == 0)
    return rhs;
  if (y == 0)
    return lhs;
  return arith::AddIOp::create(b, toIndex(b, lhs), toIndex(b, rhs)).getResult();
}

OpFoldResult mlir::tenon::mulSizes(ImplicitLocOpBuilder &b, OpFoldResult lhs, OpFoldResult rhs) {
  auto x = getConstantIntValue(lhs), y = getConstantIntValue(rhs);
  if (x && y)
    return b.getIndexAttr(*x * *y);
  if (x == 1)
    return rhs;
  if (y == 1)
    return lhs;
  return arith::MulIOp::create(b, toIndex(b, lhs), toIndex(b, rhs)).getResult();
}

Sizes mlir::tenon::getSizes(ImplicitLocOpBuilder &b, RankedTensorType type, ValueRange dims) {
  Sizes sizes;
  for (int64_t size : type.getShape()) {
    if (!ShapedType::isDynamic(size)) {
      sizes.push_back(b.getIndexAttr(size));
      continue;
    }
    sizes.push_back(toIndex(b, getScalarIndex(b, dims.front())));
    dims = dims.drop_front();
  }
  return sizes;
}

Value mlir::tenon::getScalar(ImplicitLocOpBuilder &b, Value tensor) {
  if (auto insert = tensor.getDefiningOp<tensor::InsertOp>())
    return insert.getScalar();
  if (auto elements = tensor.getDefiningOp<tensor::FromElementsOp>())
    return elements.getElements().front();
  DenseElementsAttr constant;
  if (matchPattern(tensor, m_Constant(&constant)))
    return arith::ConstantOp::create(b, cast<TypedAttr>(*constant.value_begin<Attribute>()));
  return tensor::ExtractOp::create(b, tensor, ValueRange());
}

OpFoldResult mlir::tenon::getScalarIndex(ImplicitLocOpBuilder &b, Value tensor) {
  Value scalar = getScalar(b, tensor);
  IntegerAttr constant;
  if (matchPattern(scalar, m_Constant(&constant)))
    return b.getIndexAttr(constant.getInt());
  if (auto cast = scalar.getDefiningOp<arith::IndexCastOp>())
    return cast.getIn();
  return arith::IndexCastOp::create(b, b.getIndexType(), scalar).getResult();
}

Value mlir::tenon::createScalarTensor(ImplicitLocOpBuilder &b, Value scalar) {
  // An insertion into a destination, unlike from_elements, can be given the buffer that the result shall be in.
  Value empty = tensor::EmptyOp::create(b, ArrayRef<int64_t>(), scalar.getType());
  return tensor::InsertOp::create(b, scalar, empty, ValueRange());
}

//===------------------------------------------------------------------------------------------------------------===//
// Tensors
//===------------------------------------------------------------------------------------------------------------===//

Value mlir::tenon::createEmpty(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes, Type elementType) {
  return tensor::EmptyOp::create(b, sizes, elementType);
}

Value mlir::tenon::createFilled(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes, Value scalar) {
  Value empty = createEmpty(b, sizes, scalar.getType());
  return linalg::FillOp::create(b, scalar, empty).getResult(0);
}

Value mlir::tenon::createFilled(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes, TypedAttr number) {
  return createFilled(b, sizes, arith::ConstantOp::create(b, number));
}

Value mlir::tenon::createPadded(ImplicitLocOpBuilder &b, Value input, ArrayRef<int64_t> low, ArrayRef<int64_t> high,
                                Value scalar) {
  auto isZero = [](int64_t amount) { return amount == 0; };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero))
    return input;
  Sizes sizes = getSizes(b, input), padded, offsets, strides;
  const bool isEmpty = hasNoElements(input.getType());
  for (auto [size, before, after] : llvm::zip_equal(sizes, low, high)) {
    padded.push_back(addSizes(b, size, b.getIndexAttr(before + after)));
    offsets.push_back(b.getIndexAttr(before));
    strides.push_back(b.getIndexAttr(1));
  }
  Value filled = createFilled(b, padded, scalar);
  return isEmpty ? filled : Value(tensor::InsertSliceOp::create(b, input, filled, offsets, sizes, strides));
}

bool mlir::tenon::hasNoElements(Type type) { return llvm::is_contained(cast<RankedTensorType>(type).getShape(), 0); }

std::optional<SmallVector<Value>> mlir::tenon::createWithoutElements(ImplicitLocOpBuilder &b, Operation *op) {
  auto isEmpty = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type); // or a list
    return tensor && tensor.hasStaticShape() && hasNoElements(type);
  };
  if (op->getNumResults() == 0 || op->getNumRegions() > 0 || !isMemoryEffectFree(op) ||
      !llvm::all_of(op->getResultTypes(), isEmpty))
    return std::nullopt;
  return llvm::map_to_vector(op->getResults(), [&](Value result) -> Value {
    auto type = cast<RankedTensorType>(result.getType());
    return tensor::EmptyOp::create(b, type.getShape(), getStorageType(type.getElementType()));
  });
}

Value mlir::tenon::castTo(ImplicitLocOpBuilder &b, Value tensor, Type type) {
  return tensor.getType() == type ? tensor : Value(tensor::CastOp::create(b, type, tensor));
}

/// Which dimensions of a tensor with the size-1 `dims` form one dimension of the same tensor without them.
static SmallVector<ReassociationIndices> getReassociation(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices leading;
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (!llvm::is_contained(dims, dim))
      groups.emplace_back();
    (groups.empty() ? leading : groups.back()).push_back(dim);
  }
  // What came before the first kept dimension belongs to it; without any kept dimension there are no groups.
  if (!groups.empty())
    groups.front().insert(groups.front().begin(), leading.begin(), leading.end());
  return groups;
}

Value mlir::tenon::dropDims(ImplicitLocOpBuilder &b, Value tensor, ArrayRef<int64_t> dims) {
  if (dims.empty())
    return tensor;
  auto rank = cast<RankedTensorType>(tensor.getType()).getRank();
  return tensor::CollapseShapeOp::create(b, tensor, getReassociation(rank, dims));
}

Value mlir::tenon::insertDims(ImplicitLocOpBuilder &b, Value tensor, ArrayRef<int64_t> dims) {
  if (dims.empty())
    return tensor;
  auto type = cast<RankedTensorType>(tensor.getType());
  int64_t rank = type.getRank() + dims.size();
  Sizes sizes = getSizes(b, tensor), result;
  SmallVector<int64_t> shape;
  for (int64_t dim = 0, next = 0; dim < rank; ++dim) {
    bool isNew = llvm::is_contained(dims, dim);
    result.push_back(isNew ? OpFoldResult(b.getIndexAttr(1)) : sizes[next]);
    shape.push_back(isNew ? 1 : type.getDimSize(next));
    next += !isNew;
  }
  return tensor::ExpandShapeOp::create(b, type.clone(shape), tensor, getReassociation(rank, dims), result);
}

linalg::GenericOp mlir::tenon::createGeneric(ImplicitLocOpBuilder &b, ValueRange inputs, ValueRange outputs,
                                             ArrayRef<AffineMap> maps, ArrayRef<utils::IteratorType> iterators,
                                             BodyBuilder body) {
  return linalg::GenericOp::create(b, TypeRange(outputs), inputs, outputs, maps, iterators,
                                   [&](OpBuilder &nested, Location loc, ValueRange arguments) {
                                     ImplicitLocOpBuilder inner(loc, nested);
                                     linalg::YieldOp::create(inner, body(inner, arguments));
                                   });
}

Value mlir::tenon::createParallel(ImplicitLocOpBuilder &b, ValueRange inputs, ArrayRef<AffineMap> maps,
                                  ArrayRef<OpFoldResult> sizes, Type elementType, BodyBuilder body) {
  Maps all(maps);
  all.push_back(AffineMap::getMultiDimIdentityMap(sizes.size(), b.getContext()));
  return createGeneric(b, inputs, createEmpty(b, sizes, elementType), all, getIterators(sizes.size()), body)
      .getResult(0);
}

Value mlir::tenon::createRowMajorPlace(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes) {
  Value place = createIndex(b, 0);
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    Value index = linalg::IndexOp::create(b, dim);
    place =
        dim == 0 ? index : Value(arith::AddIOp::create(b, arith::MulIOp::create(b, place, toIndex(b, size)), index));
  }
  return place;
}

Value mlir::tenon::convertElements(ImplicitLocOpBuilder &b, Value tensor, Type elementType) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (type.getElementType() == elementType)
    return tensor;
  AffineMap identity = AffineMap::getMultiDimIdentityMap(type.getRank(), b.getContext());
  return createParallel(b, tensor, identity, getSizes(b, tensor), elementType,
                        [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                          return {createCast(b, type.getElementType(), elementType, x[0])};
                        });
}

Value mlir::tenon::createMulAdd(ImplicitLocOpBuilder &b, Type dtype, Value lhs, Value rhs, Value sum) {
  if (isa<FloatType>(dtype))
    return math::FmaOp::create(b, lhs, rhs, sum);
  return arith::AddIOp::create(b, arith::MulIOp::create(b, lhs, rhs), sum);
}

Value mlir::tenon::createContraction(ImplicitLocOpBuilder &b, Type dtype, ValueRange inputs, ArrayRef<AffineMap> maps,
                                     ArrayRef<utils::IteratorType> iterators, ArrayRef<OpFoldResult> sizes) {
  Value zeros = createFilled(b, sizes, getNumberAttr(getComputeType(dtype), 0));
  auto product = createGeneric(b, inputs, zeros, maps, iterators,
                               [&](ImplicitLocOpBuilder &b, ValueRange x) -> SmallVector<Value> {
                                 return {createMulAdd(b, dtype, widen(b, dtype, x[0]), widen(b, dtype, x[1]), x[2])};
                               });
  return convertElements(b, product.getResult(0), getStorageType(dtype));
}

AffineMap mlir::tenon::getBroadcastMap(MLIRContext *context, ArrayRef<int64_t> operandShape,
                                       ArrayRef<int64_t> resultShape) {
  int64_t offset = resultShape.size() - operandShape.size();
  SmallVector<AffineExpr> exprs;
  for (auto [i, size] : llvm::enumerate(operandShape)) {
    bool repeats = size == 1 && resultShape[offset + i] != 1;
    exprs.push_back(repeats ? getAffineConstantExpr(0, context) : getAffineDimExpr(offset + i, context));
  }
  return AffineMap::get(resultShape.size(), 0, exprs, context);
}

SmallVector<Value> mlir::tenon::createFor(ImplicitLocOpBuilder &b, Value lower, Value upper, Value step,
                                          ValueRange carried, ForBody body) {
  auto loop = scf::ForOp::create(b, lower, upper, step, carried,
                                 [&](OpBuilder &nested, Location loc, Value index, ValueRange values) {
                                   ImplicitLocOpBuilder inner(loc, nested);
                                   scf::YieldOp::create(inner, body(inner, index, values));
                                 });
  return loop.getResults();
}

SmallVector<Value> mlir::tenon::createLoops(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> bounds, ValueRange carried,
                                            LoopBody body) {
  Value zero = createIndex(b, 0), one = createIndex(b, 1);
  SmallVector<Value> lower(bounds.size(), zero), step(bounds.size(), one), upper;
  for (OpFoldResult bound : bounds) upper.push_back(toIndex(b, bound));
  scf::LoopNest nest = scf::buildLoopNest(b, b.getLoc(), lower, upper, step, carried,
                                          [&](OpBuilder &nested, Location loc, ValueRange indices, ValueRange values) {
                                            ImplicitLocOpBuilder inner(loc, nested);
                                            return body(inner, indices, values);
                                          });
  return nest.results;
}

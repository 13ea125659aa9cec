// Cotangents and the vocabulary of pullbacks.
#include "compiler/Autodiff/Pullback.h"
#include "compiler/Autodiff/Passes.h"
#include "dialects/Tenon/Shapes.h"

using namespace mlir;
using namespace mlir::tenon;

#include "compiler/Autodiff/Interfaces.cpp.inc"

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

bool tenon::isDifferentiable(Type type) {
  auto list = dyn_cast<ListType>(type);
  auto tensor = dyn_cast<RankedTensorType>(list ? list.getElement() : type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

/// One step outwards from a carried value to what it was before the loop, which has the same sizes.
static Value beforeLoop(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return {};
  Operation *parent = argument.getOwner()->getParentOp();
  if (auto loop = dyn_cast_or_null<ForOp>(parent); loop && argument.getArgNumber() > 0)
    return loop.getInits()[argument.getArgNumber() - 1];
  return {};
}

Value tenon::createDim(OpBuilder &builder, Location location, Value tensor, int64_t axis) {
  auto i64 = RankedTensorType::get({}, builder.getI64Type());
  for (;;) {
    int64_t size = typeOf(tensor).getDimSize(axis);
    if (!ShapedType::isDynamic(size))
      return ConstantOp::create(builder, location, DenseElementsAttr::get(i64, size));
    if (Value outer = beforeLoop(tensor)) {
      tensor = outer;
      continue;
    }
    auto result = dyn_cast<OpResult>(tensor);
    if (!result || !isa<TenonDialect>(result.getOwner()->getDialect()))
      break;
    DimSource source = sourceOfDim(result, axis);
    if (auto dim = source.scalar ? source.scalar.getDefiningOp<DimOp>() : DimOp()) { // of a value further up
      tensor = dim.getInput();
      axis = dim.getAxis();
      continue;
    }
    if (source.scalar)
      return source.scalar;
    if (!source.tensor)
      break;
    tensor = source.tensor;
    axis = source.axis;
  }
  return DimOp::create(builder, location, i64, tensor, builder.getI64IntegerAttr(axis));
}

static SmallVector<Value> createDims(OpBuilder &builder, Location location, Value tensor) {
  SmallVector<Value> dims;
  for (auto [axis, size] : llvm::enumerate(typeOf(tensor).getShape()))
    if (ShapedType::isDynamic(size))
      dims.push_back(createDim(builder, location, tensor, axis));
  return dims;
}

static Value createNumber(OpBuilder &builder, Location location, double number, Type dtype) {
  auto scalar = RankedTensorType::get({}, dtype);
  Attribute element = isa<FloatType>(dtype) ? Attribute(builder.getFloatAttr(dtype, number))
                                            : builder.getIntegerAttr(dtype, static_cast<int64_t>(number));
  return ConstantOp::create(builder, location, DenseElementsAttr::get(scalar, ArrayRef(element)));
}

Value tenon::createZeros(OpBuilder &builder, Location location, Value value) {
  if (isa<ListType>(value.getType()))
    return ListCreateOp::create(builder, location, value.getType());
  RankedTensorType type = typeOf(value);
  return SplatOp::create(builder, location, type, createNumber(builder, location, 0.0, type.getElementType()),
                         createDims(builder, location, value));
}

Value PullbackContext::getOrZeros(OpBuilder &builder, Value value) const {
  Value cotangent = get(value);
  return cotangent ? cotangent : createZeros(builder, value.getLoc(), value);
}

void PullbackContext::add(OpBuilder &builder, Value value, Value cotangent) {
  if (!needs(value))
    return;
  assert(value.getType() == cotangent.getType() && "a cotangent has the type of its value");
  Value &sum = cotangents[value];
  sum = sum ? Value(AddOp::create(builder, cotangent.getLoc(), sum, cotangent)) : cotangent;
}

Pullback::Pullback(Operation *op, OpBuilder &builder, PullbackContext &context)
    : ImplicitLocOpBuilder(op->getLoc(), builder), context(context), op(op) {}

Term Pullback::cotangent(unsigned result) { return {context.get(op->getResult(result)), this}; }

void Pullback::add(Value operand, Value cotangent) {
  if (needs(operand))
    context.add(*this, operand, sumTo(cotangent, operand));
}

void Pullback::addBlock(Value operand, Value cotangent, ArrayRef<int64_t> starts, ValueRange dynamic) {
  if (!needs(operand))
    return;
  RankedTensorType type = typeOf(operand), block = typeOf(cotangent);
  Value sum = context.get(operand);
  bool isStatic = dynamic.empty() && type.hasStaticShape() && block.hasStaticShape();
  if (!sum && isStatic) {
    SmallVector<int64_t> high;
    for (auto [size, start, part] : llvm::zip_equal(type.getShape(), starts, block.getShape()))
      high.push_back(size - start - part);
    context.set(operand, PadOp::create(*this, cotangent, number(0.0, type.getElementType()), starts, high));
    return;
  }
  if (!sum) {
    sum = zeros(operand);
  } else {
    SmallVector<int64_t> strides(type.getRank(), 1);
    SmallVector<Value> sizes = dims(cotangent);
    Value before = SliceOp::create(*this, sum, dynamic, sizes, getDenseI64ArrayAttr(starts),
                                   getDenseI64ArrayAttr(block.getShape()), getDenseI64ArrayAttr(strides));
    cotangent = AddOp::create(*this, before, cotangent);
  }
  context.set(operand, InsertOp::create(*this, cotangent, sum, dynamic, starts));
}

Term Pullback::number(double value, Type like) {
  return (*this)(createNumber(*this, getLoc(), value, getElementTypeOrSelf(like)));
}
Term Pullback::integer(int64_t value) {
  return (*this)(ConstantOp::create(*this, DenseElementsAttr::get(RankedTensorType::get({}, getI64Type()), value)));
}
Term Pullback::zeros(Value like) { return (*this)(createZeros(*this, getLoc(), like)); }
Term Pullback::zeros(RankedTensorType type, ValueRange dims) {
  return (*this)(SplatOp::create(*this, type, number(0.0, type), dims));
}
Term Pullback::dim(Value tensor, int64_t axis) { return (*this)(createDim(*this, getLoc(), tensor, axis)); }
SmallVector<Value> Pullback::dims(Value tensor) { return createDims(*this, getLoc(), tensor); }

Term Pullback::reshape(Value value, ArrayRef<int64_t> shape, ValueRange dims) {
  auto type = RankedTensorType::get(shape, typeOf(value).getElementType());
  return (*this)(type == value.getType() ? value : ReshapeOp::create(*this, type, value, dims));
}
Term Pullback::reshapeLike(Value value, Value like) {
  if (typeOf(value).getShape() == typeOf(like).getShape())
    return (*this)(value);
  return reshape(value, typeOf(like).getShape(), dims(like));
}
Term Pullback::broadcastLike(Value value, Value like) {
  RankedTensorType type = typeOf(like).clone(typeOf(value).getElementType());
  return (*this)(type == value.getType() ? value : BroadcastOp::create(*this, type, value, dims(like)));
}
Term Pullback::transpose(Value value, ArrayRef<int64_t> permutation) {
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return (*this)(value);
  return (*this)(TransposeOp::create(*this, value, permutation));
}
Term Pullback::sliceLike(Value value, ArrayRef<int64_t> starts, Value like) {
  if (value.getType() == like.getType() && llvm::all_of(starts, [](int64_t start) { return start == 0; }))
    return (*this)(value);
  SmallVector<int64_t> strides(starts.size(), 1);
  return (*this)(SliceOp::create(*this, value, ValueRange(), dims(like), getDenseI64ArrayAttr(starts),
                                 getDenseI64ArrayAttr(typeOf(like).getShape()), getDenseI64ArrayAttr(strides)));
}

Term Pullback::sumTo(Value value, Value like) {
  RankedTensorType from = typeOf(value), to = typeOf(like);
  int64_t lead = from.getRank() - to.getRank();
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, lead));
  for (auto [axis, size] : llvm::enumerate(to.getShape()))
    if (size == 1 && from.getDimSize(lead + axis) != 1)
      axes.push_back(lead + axis);
  if (!axes.empty())
    value = sum(value, axes);
  return reshapeLike(value, like);
}

Term Pullback::sum(Value value, ArrayRef<int64_t> axes, bool keepDims) {
  return (*this)(ReduceOp::create(*this, ReduceKind::sum, value, axes, keepDims));
}

Term Pullback::keepDims(Value reduced, Value input, ArrayRef<int64_t> axes) {
  SmallVector<int64_t> shape(typeOf(input).getShape());
  for (int64_t axis : axes) shape[axis] = 1;
  SmallVector<Value> sizes;
  for (auto [axis, size] : llvm::enumerate(shape))
    if (ShapedType::isDynamic(size))
      sizes.push_back(dim(input, axis));
  return reshape(reduced, shape, sizes);
}

Term Pullback::count(Value input, ArrayRef<int64_t> axes) {
  RankedTensorType type = typeOf(input);
  int64_t known = 1;
  Value open;
  for (int64_t axis : axes) {
    if (!type.isDynamicDim(axis))
      known *= type.getDimSize(axis);
    else
      open = open ? Value(MulOp::create(*this, open, dim(input, axis))) : dim(input, axis).value;
  }
  if (!open)
    return number(static_cast<double>(known), type);
  Value all = MulOp::create(*this, open, integer(known));
  return cast(all, type.getElementType());
}

Term Pullback::compare(ComparePredicate predicate, Value lhs, Value rhs) {
  return (*this)(CompareOp::create(*this, predicate, lhs, rhs));
}
Term Pullback::select(Value condition, Value lhs, Value rhs) {
  return (*this)(SelectOp::create(*this, condition, lhs, rhs));
}
Term Pullback::cast(Value value, Type dtype) {
  return (*this)(CastOp::create(*this, typeOf(value).clone(dtype), value));
}

Term tenon::operator+(Term lhs, Term rhs) { return {AddOp::create(*lhs.in, lhs.value, rhs.value), lhs.in}; }
Term tenon::operator-(Term lhs, Term rhs) { return {SubOp::create(*lhs.in, lhs.value, rhs.value), lhs.in}; }
Term tenon::operator*(Term lhs, Term rhs) { return {MulOp::create(*lhs.in, lhs.value, rhs.value), lhs.in}; }
Term tenon::operator/(Term lhs, Term rhs) { return {DivOp::create(*lhs.in, lhs.value, rhs.value), lhs.in}; }
Term tenon::operator-(Term value) { return {NegOp::create(*value.in, value.value), value.in}; }
Term tenon::operator+(Term lhs, double rhs) { return lhs + lhs.in->number(rhs, lhs.value.getType()); }
Term tenon::operator-(Term lhs, double rhs) { return lhs - lhs.in->number(rhs, lhs.value.getType()); }
Term tenon::operator-(double lhs, Term rhs) { return rhs.in->number(lhs, rhs.value.getType()) - rhs; }
Term tenon::operator*(Term lhs, double rhs) { return lhs * lhs.in->number(rhs, lhs.value.getType()); }

void tenon::registerPullbacks(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, TenonDialect *) {
    attachElementwisePullbacks(*context);
    attachReductionPullbacks(*context);
    attachLinearAlgebraPullbacks(*context);
    attachShapePullbacks(*context);
    attachIndexingPullbacks(*context);
    attachWindowPullbacks(*context);
    attachControlFlowPullbacks(*context);
    attachListPullbacks(*context);
    attachCheckpointPullbacks(*context);
  });
}

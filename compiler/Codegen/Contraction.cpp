// Recognition of contractions among linalg ops.
#include "compiler/Codegen/Contraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::tenon;

/// The block argument behind `value`, looking through at most one widening cast.
static BlockArgument sourceArgument(Value value, Widening &widening) {
  widening = Widening::None;
  if (Operation *cast = value.getDefiningOp()) {
    if (isa<arith::ExtFOp>(cast))
      widening = Widening::Float;
    else if (isa<arith::ExtSIOp>(cast))
      widening = Widening::Signed;
    else if (isa<arith::ExtUIOp>(cast))
      widening = Widening::Unsigned;
    else
      return {};
    value = cast->getOperand(0);
  }
  return dyn_cast<BlockArgument>(value);
}

FailureOr<ContractionBody> mlir::tenon::matchContractionBody(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 || op->getNumRegions() != 1)
    return failure();
  Block &block = *op.getBlock();
  BlockArgument out = block.getArgument(2);
  auto yield = dyn_cast<linalg::YieldOp>(block.getTerminator());
  if (!yield || yield.getNumOperands() != 1)
    return failure();

  ContractionBody body;
  body.add = yield.getOperand(0).getDefiningOp();
  Value factors[2];
  if (auto fma = dyn_cast_or_null<math::FmaOp>(body.add)) {
    if (fma.getC() != out)
      return failure();
    body.multiply = fma;
    factors[0] = fma.getA();
    factors[1] = fma.getB();
  } else if (isa_and_nonnull<arith::AddFOp, arith::AddIOp>(body.add)) {
    if (isa<arith::AddFOp>(body.add) && isa<linalg::GenericOp>(op.getOperation()))
      return failure();
    Value product = body.add->getOperand(0) == out ? body.add->getOperand(1) : body.add->getOperand(0);
    if (body.add->getOperand(0) != out && body.add->getOperand(1) != out)
      return failure();
    body.multiply = product.getDefiningOp();
    if (!isa_and_nonnull<arith::MulFOp, arith::MulIOp>(body.multiply))
      return failure();
    factors[0] = body.multiply->getOperand(0);
    factors[1] = body.multiply->getOperand(1);
  } else {
    return failure();
  }

  // Multiplication commutes, bit for bit, so the order of the factors does not matter.
  Widening widenings[2];
  BlockArgument sources[2] = {sourceArgument(factors[0], widenings[0]), sourceArgument(factors[1], widenings[1])};
  if (!sources[0] || !sources[1] || sources[0] == sources[1])
    return failure();
  for (int factor : {0, 1}) {
    unsigned argument = sources[factor].getArgNumber();
    if (argument > 1)
      return failure();
    body.widenings[argument] = widenings[factor];
  }
  return body;
}

/// Adds scale * `expr` to `index`; false where `expr` is not linear.
static bool addLinear(AffineExpr expr, int64_t scale, LinearIndex &index) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    index.constant += scale * constant.getValue();
    return true;
  }
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    index.coefficients[dim.getPosition()] += scale;
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (binary.getKind() == AffineExprKind::Add)
    return addLinear(binary.getLHS(), scale, index) && addLinear(binary.getRHS(), scale, index);
  // Affine multiplications keep their constant on the right.
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  return binary.getKind() == AffineExprKind::Mul && factor &&
         addLinear(binary.getLHS(), scale * factor.getValue(), index);
}

static FailureOr<ContractionAccess> matchAccess(Value memref, AffineMap map, Widening widening) {
  auto type = dyn_cast<MemRefType>(memref.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (!type || failed(type.getStridesAndOffset(strides, offset)) || map.getNumSymbols())
    return failure();
  ContractionAccess access{memref, type.getElementType(), widening, {}};
  for (AffineExpr expr : map.getResults()) {
    LinearIndex index{SmallVector<int64_t>(map.getNumDims(), 0)};
    if (!addLinear(expr, 1, index))
      return failure();
    access.subscripts.push_back(std::move(index));
  }
  return access;
}

std::optional<unsigned> LinearIndex::getPlainLoop() const {
  std::optional<unsigned> plain;
  for (auto [loop, coefficient] : llvm::enumerate(coefficients)) {
    if (!coefficient)
      continue;
    if (plain || coefficient != 1 || constant)
      return std::nullopt;
    plain = loop;
  }
  return plain;
}

bool ContractionAccess::dependsOn(unsigned loop) const {
  return llvm::any_of(subscripts, [&](const LinearIndex &index) { return index.coefficients[loop] != 0; });
}

bool ContractionAccess::isContiguousAlong(unsigned loop) const {
  // A dimension of one element needs no case of its own: its loop has one iteration and is never vectorized.
  if (subscripts.empty() || subscripts.back().coefficients[loop] != 1)
    return false;
  for (const LinearIndex &index : ArrayRef(subscripts).drop_back())
    if (index.coefficients[loop] != 0)
      return false;
  return cast<MemRefType>(memref.getType()).isLastDimUnitStride();
}

FailureOr<Contraction> mlir::tenon::matchContraction(linalg::LinalgOp op) {
  if (!op.hasPureBufferSemantics())
    return failure();
  FailureOr<ContractionBody> body = matchContractionBody(op);
  if (failed(body))
    return failure();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  FailureOr<ContractionAccess> lhs = matchAccess(op->getOperand(0), maps[0], body->widenings[0]);
  FailureOr<ContractionAccess> rhs = matchAccess(op->getOperand(1), maps[1], body->widenings[1]);
  FailureOr<ContractionAccess> out = matchAccess(op->getOperand(2), maps[2], Widening::None);
  if (failed(lhs) || failed(rhs) || failed(out) || !maps[2].isProjectedPermutation())
    return failure();
  if (!out->element.isIntOrFloat())
    return failure();

  Contraction result{op, *lhs, *rhs, *out, op.getStaticLoopRanges(), {}, {}};
  for (auto [loop, iterator] : llvm::enumerate(op.getIteratorTypesArray())) {
    bool isParallel = iterator == utils::IteratorType::parallel;
    // Every parallel loop names an element of its own, every reduction loop runs over one element.
    if ((!isParallel && iterator != utils::IteratorType::reduction) || isParallel != out->dependsOn(loop))
      return failure();
    (isParallel ? result.parallel : result.reduction).push_back(loop);
  }
  return result;
}

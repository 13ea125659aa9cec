// Loops look at the caller's cancel flag, where an iteration is long enough or nobody knows how many there are.
#include "compiler/Memory/Passes.h"
#include "compiler/Target/Signature.h"
#include "compiler/Transforms/Parts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_POLLCANCELPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;

static constexpr int kIterationsPerPoll = 8;        // of a short `while`
static constexpr int kShort = 24;                   // operations
static constexpr int64_t kIterationsPerPart = 4096; // of a `for`

/// Whether an iteration of a `while` is a few operations on scalars, over whose count nothing but its condition
/// decides.
static bool isShort(scf::WhileOp loop) {
  auto isScalar = [](Type type) { return type.isIntOrIndexOrFloat(); };
  if (!llvm::all_of(loop.getInits().getTypes(), isScalar) || !llvm::all_of(loop.getResultTypes(), isScalar))
    return false;
  int count = 0;
  auto look = [&](Operation *op) {
    return ++count > kShort || isa<LoopLikeOpInterface, linalg::LinalgOp>(op) || hasEffect<MemoryEffects::Allocate>(op)
               ? WalkResult::interrupt()
               : WalkResult::advance();
  };
  bool isPureTest = llvm::all_of(loop.getBeforeBody()->without_terminator(), [](Operation &op) { return isPure(&op); });
  return isPureTest && !loop.getBefore().walk(look).wasInterrupted() && !loop.getAfter().walk(look).wasInterrupted();
}

/// Repeats the body of a loop within an iteration, each time behind the condition, so that what is done once an
/// iteration is done once in `times`.
static void repeatBody(scf::WhileOp loop, int times) {
  Block *test = loop.getBeforeBody(), *body = loop.getAfterBody();
  SmallVector<Operation *> original;
  for (Operation &op : body->without_terminator()) original.push_back(&op);
  auto yield = cast<scf::YieldOp>(body->getTerminator());
  SmallVector<Value> yielded(yield.getOperands());
  auto copyBody = [&](OpBuilder &builder, ValueRange forwarded) {
    IRMapping values;
    values.map(body->getArguments(), forwarded);
    for (Operation *op : original) builder.clone(*op, values);
    return llvm::map_to_vector(yielded, [&](Value value) { return values.lookupOrDefault(value); });
  };
  auto repeat = [&](auto &self, OpBuilder &builder, SmallVector<Value> carried, int left) -> SmallVector<Value> {
    if (left == 0)
      return carried;
    IRMapping values;
    values.map(test->getArguments(), carried);
    for (Operation &op : test->without_terminator()) builder.clone(op, values);
    auto find = [&](Value value) { return values.lookupOrDefault(value); };
    auto goesOn = scf::IfOp::create(builder, loop.getLoc(), ValueRange(carried).getTypes(),
                                    find(loop.getConditionOp().getCondition()), /*withElseRegion=*/true);
    OpBuilder inside = goesOn.getThenBodyBuilder(), outside = goesOn.getElseBodyBuilder();
    SmallVector<Value> next =
        self(self, inside, copyBody(inside, llvm::map_to_vector(loop.getConditionOp().getArgs(), find)), left - 1);
    scf::YieldOp::create(inside, loop.getLoc(), next);
    scf::YieldOp::create(outside, loop.getLoc(), carried);
    return SmallVector<Value>(goesOn.getResults());
  };
  OpBuilder builder(yield);
  yield->setOperands(repeat(repeat, builder, yielded, times - 1));
}

/// Whether an iteration does more than what a few instructions do: a test in each would be felt, and would keep LLVM
/// from treating several at once.
static bool isLong(scf::ForOp loop) {
  return loop.getBody()
      ->walk([](Operation *op) {
        return isa<linalg::LinalgOp, LoopLikeOpInterface>(op) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Cuts an outermost loop of short iterations into parts of many; returns the loop over the parts, or null where it is
/// one part at most, or is inside another loop, which polls.
static scf::ForOp cutIntoParts(scf::ForOp loop) {
  std::optional<APInt> step = loop.getConstantStep(), trips = loop.getStaticTripCount();
  if (!step || (trips && trips->ule(kIterationsPerPart)) || loop.getUnsignedCmp() ||
      loop->getParentOfType<LoopLikeOpInterface>())
    return {};
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  Type type = loop.getLowerBound().getType();
  auto constant = [&](int64_t value) {
    return arith::ConstantOp::create(builder, loc, builder.getIntegerAttr(type, value)).getResult();
  };
  // Distances are unsigned: from the smallest to the largest number they have all bits.
  Value first = loop.getLowerBound(), last = loop.getUpperBound();
  Value part = constant(step->getSExtValue() * kIterationsPerPart), zero = constant(0), one = constant(1);
  Value distance = arith::SubIOp::create(builder, loc, last, first);
  Value whole = arith::DivUIOp::create(builder, loc, arith::SubIOp::create(builder, loc, distance, one), part);
  Value runs = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, first, last);
  Value count = arith::SelectOp::create(builder, loc, runs, arith::AddIOp::create(builder, loc, whole, one), zero);
  auto parts = scf::ForOp::create(builder, loc, zero, count, one, loop.getInitArgs());
  builder.setInsertionPointToStart(parts.getBody());
  Value begin =
      arith::AddIOp::create(builder, loc, first, arith::MulIOp::create(builder, loc, parts.getInductionVar(), part));
  Value left = arith::SubIOp::create(builder, loc, last, begin);
  Value end = arith::AddIOp::create(builder, loc, begin, arith::MinUIOp::create(builder, loc, left, part));
  loop->replaceAllUsesWith(parts);
  if (parts.getInitArgs().empty()) // only then there is one already
    parts.getBody()->getTerminator()->erase();
  loop->moveBefore(parts.getBody(), parts.getBody()->end());
  loop.setLowerBound(begin);
  loop.setUpperBound(end);
  loop.getInitArgsMutable().assign(parts.getRegionIterArgs());
  builder.setInsertionPointToEnd(parts.getBody());
  scf::YieldOp::create(builder, loc, loop.getResults());
  return parts;
}

namespace {
struct PollCancelPass : tenon::impl::PollCancelPassBase<PollCancelPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto function : module.getOps<func::FuncOp>()) {
      if (!function->hasAttr(tenon::FunctionSignature::attributeName))
        continue;
      SmallVector<Operation *> loops;
      function.walk([&](LoopLikeOpInterface loop) { loops.push_back(loop); });
      for (Operation *op : loops)
        if (Block *body = bodyToPollIn(op)) {
          OpBuilder builder = OpBuilder::atBlockBegin(body);
          LLVM::CallOp::create(builder, op->getLoc(), getCallee(module), function.getArgument(0));
          ++numPolled;
        }
    }
  }

private:
  static Block *bodyToPollIn(Operation *op) {
    if (auto loop = dyn_cast<scf::WhileOp>(op)) {
      if (isShort(loop))
        repeatBody(loop, kIterationsPerPoll);
      return loop.getAfterBody();
    }
    auto loop = dyn_cast<scf::ForOp>(op);
    // Parts of an operation are as long as the operation.
    if (loop && loop->hasAttr(tenon::partsAttrName))
      return nullptr;
    if (loop && !isLong(loop))
      loop = cutIntoParts(loop);
    return loop ? loop.getBody() : nullptr;
  }

  static LLVM::LLVMFuncOp getCallee(ModuleOp module) {
    constexpr StringLiteral name = "tenon_runtime_cancelled";
    if (auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
      return callee;
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    auto type = LLVM::LLVMFunctionType::get(builder.getI32Type(), LLVM::LLVMPointerType::get(module.getContext()));
    return LLVM::LLVMFuncOp::create(builder, module.getLoc(), name, type);
  }
};
} // namespace

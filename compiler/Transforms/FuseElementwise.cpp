// Element-wise producers move into the loops that consume them.
#include "compiler/Transforms/Passes.h"
#include "compiler/Transforms/StructuredOps.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "compiler/Transforms/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// Whether an element-wise op may move through a reshape of its operand or of its result, to meet the element-wise op
/// on the other side of it. A reshape is a view, so what is gained is that op.
bool isWorthExpanding(OpOperand *reshaped) {
  Operation *producer = reshaped->get().getDefiningOp();
  if (auto collapse = dyn_cast_or_null<tensor::CollapseShapeOp>(producer)) {
    Operation *source = collapse.getSrc().getDefiningOp(), *consumer = reshaped->getOwner();
    return isElementwiseLoop(source) && isElementwiseLoop(consumer) && source->hasOneUse() && collapse->hasOneUse() &&
           !isRepeated(consumer, source);
  }
  return false;
}

/// Values that a loop with several results may keep in registers, and the operations in it.
constexpr unsigned mostOperands = 16;
constexpr unsigned mostOperations = 48;

/// The op with which `producer` can be computed as one loop with more results, its first user: both run over the same
/// elements, and nothing has asked for the producer's results before.
linalg::GenericOp findPartner(linalg::GenericOp producer) {
  Block *block = producer->getBlock();
  Operation *first = nullptr;
  for (Operation *user : producer->getUsers()) {
    Operation *ancestor = block->findAncestorOpInBlock(*user);
    if (!ancestor)
      return nullptr;
    if (!first || ancestor->isBeforeInBlock(first))
      first = ancestor;
  }
  // A body that picks elements out of the tensor needs all of it.
  auto isInside = [&](Operation *user) { return first->isProperAncestor(user); };
  if (!isElementwiseLoop(first) || llvm::any_of(producer->getUsers(), isInside))
    return nullptr;
  auto consumer = cast<linalg::GenericOp>(first);
  if (consumer.getNumLoops() != producer.getNumLoops() || !consumer.hasPureTensorSemantics() ||
      producer->getNumOperands() + consumer->getNumOperands() > mostOperands ||
      producer.getBody()->getOperations().size() + consumer.getBody()->getOperations().size() > mostOperations)
    return nullptr;
  // The loops of one are those of the other.
  for (OpOperand &operand : consumer->getOpOperands()) {
    auto result = dyn_cast<OpResult>(operand.get());
    if (!result || result.getOwner() != producer)
      continue;
    OpOperand *init = producer.getDpsInitOperand(result.getResultNumber());
    if (!consumer.isDpsInput(&operand) || !consumer.getMatchingIndexingMap(&operand).isIdentity() ||
        !producer.getMatchingIndexingMap(init).isIdentity())
      return nullptr;
  }
  return consumer;
}

/// One loop in place of `consumer`, with the results of `producer` and then its own.
linalg::GenericOp join(IRRewriter &rewriter, linalg::GenericOp producer, linalg::GenericOp consumer) {
  SmallVector<Value> inputs, inits;
  SmallVector<AffineMap> inputMaps, initMaps;
  SmallVector<Type> types;
  // For each of the two, what an argument of its body is: an input of the loop, or a result of the producer.
  struct Source {
    std::optional<unsigned> input, init, result;
  };
  SmallVector<Source> sources[2];
  SmallVector<unsigned> kept; // results of the producer
  for (unsigned number : {0u, 1u}) {
    linalg::GenericOp op = number ? consumer : producer;
    for (OpOperand *operand : op.getDpsInputOperands()) {
      AffineMap map = op.getMatchingIndexingMap(operand);
      if (auto result = dyn_cast<OpResult>(operand->get()); result && result.getOwner() == producer) {
        sources[number].push_back({std::nullopt, std::nullopt, result.getResultNumber()});
        continue;
      }
      unsigned position = 0;
      while (position < inputs.size() && (inputs[position] != operand->get() || inputMaps[position] != map)) ++position;
      if (position == inputs.size()) {
        inputs.push_back(operand->get());
        inputMaps.push_back(map);
      }
      sources[number].push_back({position, std::nullopt, std::nullopt});
    }
    for (OpOperand &init : op.getDpsInitsMutable()) {
      // What only the consumer reads is no result any more.
      OpResult result = op.getTiedOpResult(&init);
      bool isKept = op == consumer || !op.getMatchingBlockArgument(&init).use_empty() ||
                    llvm::any_of(result.getUsers(), [&](Operation *user) { return user != consumer; });
      if (!isKept) {
        sources[number].push_back({});
        continue;
      }
      if (op == producer)
        kept.push_back(result.getResultNumber());
      sources[number].push_back({std::nullopt, inits.size(), std::nullopt});
      inits.push_back(init.get());
      initMaps.push_back(op.getMatchingIndexingMap(&init));
      types.push_back(init.get().getType());
    }
  }

  rewriter.setInsertionPoint(consumer);
  auto body = [&](OpBuilder &builder, Location loc, ValueRange arguments) {
    SmallVector<Value> yielded, fromProducer;
    for (unsigned number : {0u, 1u}) {
      linalg::GenericOp op = number ? consumer : producer;
      IRMapping mapping;
      for (auto [argument, source] : llvm::zip_equal(op.getBody()->getArguments(), sources[number])) {
        if (source.input)
          mapping.map(argument, arguments[*source.input]);
        else if (source.init)
          mapping.map(argument, arguments[inputs.size() + *source.init]);
        else if (source.result)
          mapping.map(argument, fromProducer[*source.result]);
      }
      for (Operation &nested : op.getBody()->without_terminator()) builder.clone(nested, mapping);
      auto values = llvm::map_to_vector(op.getBody()->getTerminator()->getOperands(),
                                        [&](Value value) { return mapping.lookupOrDefault(value); });
      if (number == 1) {
        llvm::append_range(yielded, values);
        continue;
      }
      fromProducer.assign(values.begin(), values.end());
      for (unsigned result : kept) yielded.push_back(values[result]);
    }
    linalg::YieldOp::create(builder, loc, yielded);
  };
  SmallVector<AffineMap> maps = llvm::to_vector(llvm::concat<AffineMap>(inputMaps, initMaps));
  auto joined = linalg::GenericOp::create(
      rewriter, rewriter.getFusedLoc({producer.getLoc(), consumer.getLoc()}), types, inputs, inits, maps,
      SmallVector<utils::IteratorType>(consumer.getNumLoops(), utils::IteratorType::parallel), body);
  for (auto [position, result] : llvm::enumerate(kept))
    rewriter.replaceAllUsesWith(producer->getResult(result), joined->getResult(position));
  rewriter.replaceOp(consumer, joined->getResults().drop_front(kept.size()));
  rewriter.eraseOp(producer);
  return joined;
}

/// Moves assignments after which nobody asks for their variable to the end of the function: a variable's new value
/// takes effect there anyway, and would be in the way of a loop with several results.
void sinkAssignments(func::FuncOp function) {
  Block &body = function.front();
  llvm::SmallPtrSet<Attribute, 8> seen; // later on
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body.without_terminator()))) {
    if (auto assign = dyn_cast<tenon::AssignOp>(op)) {
      if (seen.insert(assign.getVariableAttr()).second)
        op.moveBefore(body.getTerminator());
    } else {
      op.walk([&](tenon::ReadOp read) { seen.insert(read.getVariableAttr()); });
    }
  }
}

struct FuseElementwisePass : tenon::impl::FuseElementwisePassBase<FuseElementwisePass> {
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    linalg::ControlFusionFn control = [&](OpOperand *fused) {
      Operation *producer = fused->get().getDefiningOp();
      auto consumer = dyn_cast<linalg::LinalgOp>(fused->getOwner());
      bool fuse =
          producer && producer->hasOneUse() && consumer && !isContraction(consumer) && !isRepeated(consumer, producer);
      numFused += fuse;
      return fuse;
    };
    linalg::populateElementwiseOpsFusionPatterns(patterns, control);
    linalg::populateFoldReshapeOpsByExpansionPatterns(patterns, isWorthExpanding);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    joinProducers();
  }

  /// Producers that have several users, in order, so that one that was joined may be joined again: an optimizer's
  /// slots and the parameter that is computed from them are one loop.
  void joinProducers() {
    sinkAssignments(getOperation());
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::GenericOp> producers;
    getOperation().walk([&](linalg::GenericOp op) {
      if (isElementwiseLoop(op) && op.hasPureTensorSemantics())
        producers.push_back(op);
    });
    for (size_t i = 0; i < producers.size(); ++i) {
      linalg::GenericOp producer = producers[i];
      linalg::GenericOp partner = findPartner(producer);
      if (!partner)
        continue;
      llvm::replace(producers, partner, join(rewriter, producer, partner));
      ++numJoined;
    }
  }
};
} // namespace

// What loops carry and branches yield gets one buffer, chosen before bufferization.
#include "compiler/Memory/AlignForwarded.h"
#include "compiler/Memory/EmptyTensors.h"
#include "compiler/Memory/Passes.h"
#include "compiler/Memory/RegionSizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_PLACEREGIONRESULTSPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

static bool isTensor(Value value) { return isa<RankedTensorType>(value.getType()); }

/// Stores `source` where `destination` lies and returns it from there.
static Value storeInto(OpBuilder &builder, Value source, Value destination) {
  return bufferization::MaterializeInDestinationOp::create(builder, source.getLoc(), source.getType(), source,
                                                           destination)
      .getResult();
}

/// A copy of `value` in memory of its own.
static Value copyOf(OpBuilder &builder, Value value) {
  return bufferization::AllocTensorOp::create(builder, value.getLoc(), cast<RankedTensorType>(value.getType()),
                                              ValueRange(), value);
}

/// The values in whose memory `value` may lie after bufferization, one op back.
static SmallVector<Value> memoryOf(Value value) {
  auto result = dyn_cast<OpResult>(value);
  if (!result)
    return {};
  Operation *op = result.getOwner();
  unsigned number = result.getResultNumber();
  if (auto branches = dyn_cast<scf::IfOp>(op))
    return {branches.thenYield().getOperand(number), branches.elseYield().getOperand(number)};
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return {loop.getInitArgs()[number]};
  if (auto loop = dyn_cast<scf::WhileOp>(op))
    return {loop.getInits()[number]}; // aligned
  if (auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(op))
    return {destinationStyle.getTiedOpOperand(result)->get()};
  if (isa<tensor::EmptyOp, bufferization::AllocTensorOp>(op))
    return {};
  // Views and selects.
  return llvm::filter_to_vector(op->getOperands(), isTensor);
}

/// Whether `user`, at its turn before `op`, is done with `value`, and so are those who read what it makes of it.
static bool isDoneBefore(Operation *op, OpOperand &use, Operation *last);

/// Whether `op` may write over `value`: nobody reads it in another iteration or afterwards, `last` aside.
static bool mayTakeOver(Operation *op, Value value, Operation *last = nullptr) {
  // A loop between the two would find what it wrote the time before.
  Region *region = value.getParentRegion();
  for (Operation *parent = op->getParentOp(); parent && op->getParentRegion() != region;
       parent = parent->getParentOp()) {
    if (!region->isAncestor(parent->getParentRegion()))
      break;
    if (isa<LoopLikeOpInterface>(parent))
      return false;
  }
  return llvm::all_of(value.getUses(), [&](OpOperand &use) { return isDoneBefore(op, use, last); });
}

static bool isDoneBefore(Operation *op, OpOperand &use, Operation *last) {
  Operation *user = use.getOwner();
  if (user == last || op->isAncestor(user))
    return true;
  // Before, in a block that both stand in, or on the other side of a branch.
  bool isBefore = false;
  for (Operation *mine = op; mine; mine = mine->getParentOp())
    if (Operation *theirs = mine->getBlock()->findAncestorOpInBlock(*user)) {
      if (theirs == mine && isa<scf::IfOp>(mine))
        return true;
      isBefore = theirs != mine && theirs->isBeforeInBlock(mine);
      break;
    }
  // A store over it does not read it.
  if (!isBefore) {
    auto store = dyn_cast<bufferization::MaterializeInDestinationOp>(user);
    return store && use.getOperandNumber() == store.getDestMutable().getOperandNumber();
  }
  // What lies in its memory counts as well.
  Operation *maker = isa<scf::YieldOp>(user) ? user->getParentOp() : user;
  return llvm::all_of(maker->getResults(), [&](OpResult result) {
    return !isTensor(result) || !llvm::is_contained(memoryOf(result), use.get()) ||
           llvm::all_of(result.getUses(), [&](OpOperand &next) { return isDoneBefore(op, next, last); });
  });
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

namespace {
/// How a value that is to be stored in a buffer relates to it now.
enum class Path {
  Apart,   ///< its memory is another
  Direct,  ///< it is written there, op by op: bufferization sees that
  Regions, ///< loops or branches lie between
  Unknown  ///< it may be a view
};

/// What the next iteration finds in the buffer of `carried`.
struct Move {
  unsigned slot;
  Value carried, next;
  llvm::SmallDenseSet<Value> reads; // carried values in whose buffers `next` may lie
};
} // namespace

static bool mayReach(Value value, Value destination) {
  llvm::SetVector<Value> worklist;
  worklist.insert(value);
  for (unsigned i = 0; i < worklist.size(); ++i) worklist.insert_range(memoryOf(worklist[i]));
  return worklist.contains(destination);
}

static Path pathTo(Value value, Value destination) {
  if (!mayReach(value, destination))
    return Path::Apart;
  for (Path path = Path::Direct;;) {
    if (value == destination)
      return path;
    Operation *op = value.getDefiningOp();
    if (!isa<scf::IfOp, scf::ForOp, scf::WhileOp, DestinationStyleOpInterface>(op))
      return Path::Unknown;
    if (!isa<DestinationStyleOpInterface>(op))
      path = Path::Regions;
    SmallVector<Value> memory = memoryOf(value);
    if (memory.size() == 2) { // branches: unknown if either side is
      Path sides[] = {pathTo(memory[0], destination), pathTo(memory[1], destination)};
      return llvm::is_contained(sides, Path::Unknown) ? Path::Unknown : path;
    }
    value = memory.front();
  }
}

/// Makes a value with a path through regions lie in the destination's memory, or apart from it, on every way. Returns
/// whether it lies there.
static bool settle(Value value, Value destination) {
  while (value != destination) {
    auto result = dyn_cast<OpResult>(value);
    if (!result || pathTo(value, destination) == Path::Apart)
      return false;
    Operation *op = result.getOwner();
    if (auto branches = dyn_cast<scf::IfOp>(op)) {
      unsigned number = result.getResultNumber();
      bool inPlace = mayTakeOver(branches, destination);
      for (scf::YieldOp yield : {branches.thenYield(), branches.elseYield()}) {
        Value side = yield.getOperand(number);
        OpBuilder builder(yield);
        Path path = pathTo(side, destination);
        if (!inPlace && path != Path::Apart)
          yield.setOperand(number, copyOf(builder, side));
        if (inPlace && side != destination && (path != Path::Regions || !settle(side, destination)))
          yield.setOperand(number, storeInto(builder, side, destination));
      }
      return inPlace;
    }
    if (auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(op)) {
      OpOperand *tied = destinationStyle.getTiedOpOperand(result);
      auto isTied = [&](OpOperand &operand) { return &operand == tied || operand.get() != tied->get(); };
      if (!mayTakeOver(op, tied->get()) || !llvm::all_of(op->getOpOperands(), isTied)) {
        OpBuilder builder(op);
        tied->set(copyOf(builder, tied->get()));
        return false;
      }
    }
    value = memoryOf(value).front();
  }
  return true;
}

/// Whether the memory of `value` may be written at all: not the caller's inputs, nor constants.
static bool isOurs(Value value) {
  Operation *owner = value.getDefiningOp();
  if (!owner)
    return !isa<FunctionOpInterface>(value.getParentBlock()->getParentOp());
  auto buffer = dyn_cast<bufferization::ToTensorOp>(owner);
  return buffer ? buffer.getWritable() : !isa<arith::ConstantOp>(owner);
}

/// Gives a loop inits of its own where it may not write over those it has.
static void copySharedInits(LoopLikeOpInterface loop, bool isSafe) {
  OpBuilder builder(loop);
  for (OpOperand &init : loop.getInitsMutable()) {
    Value value = init.get();
    if (!isTensor(value))
      continue;
    if (isSafe) {
      init.set(copyOf(builder, value));
      continue;
    }
    auto isSame = [&](OpOperand &other) { return &other != &init && other.get() == value; };
    if (isOurs(value) && mayTakeOver(loop, value) && llvm::none_of(loop->getOpOperands(), isSame) &&
        llvm::none_of(value.getUsers(), [&](Operation *user) { return loop->isProperAncestor(user); }))
      continue;
    // What is filled is filled once more, rather than copied.
    if (auto fill = value.getDefiningOp<linalg::FillOp>())
      if (auto empty = fill.output().getDefiningOp<tensor::EmptyOp>()) {
        Value other = builder.clone(*empty)->getResult(0);
        init.set(linalg::FillOp::create(builder, fill.getLoc(), fill.value(), other).getResult(0));
        continue;
      }
    auto type = cast<RankedTensorType>(value.getType());
    // So is a constant that is one number throughout.
    DenseElementsAttr constant;
    if (matchPattern(value, m_Constant(&constant)) && constant.isSplat()) {
      Value number =
          arith::ConstantOp::create(builder, value.getLoc(), cast<TypedAttr>(constant.getSplatValue<Attribute>()));
      Value empty = tensor::EmptyOp::create(builder, value.getLoc(), type.getShape(), type.getElementType());
      init.set(linalg::FillOp::create(builder, value.getLoc(), number, empty).getResult(0));
      continue;
    }
    // By an op, so that the copy can be made in an output.
    Value empty = tensor::EmptyOp::create(builder, value.getLoc(),
                                          tensor::getMixedSizes(builder, value.getLoc(), value), type.getElementType());
    init.set(linalg::CopyOp::create(builder, value.getLoc(), value, empty).getResult(0));
  }
}

/// Stores the next iteration's values in the carried ones' buffers, each after the last that still reads the value it
/// overwrites; where they wait for each other (a swap), one is put aside. To be safe, all are. `next` becomes what is
/// to be yielded.
static void storeCarried(OpBuilder &builder, ValueRange carried, MutableArrayRef<Value> next, bool isSafe,
                         unsigned &numAside) {
  SmallVector<Move> moves;
  for (auto [slot, argument, value] : llvm::enumerate(carried, next)) {
    if (!isTensor(argument) || argument == value)
      continue;
    if (isSafe) {
      moves.push_back({unsigned(slot), argument, copyOf(builder, value), {}});
      continue;
    }
    Path path = pathTo(value, argument);
    if (path == Path::Regions && settle(value, argument))
      continue;
    Move move{unsigned(slot), argument, value, {}};
    if (path == Path::Unknown)
      move.next = copyOf(builder, value);
    for (Value other : carried)
      if (other != argument && isTensor(other) && mayReach(move.next, other))
        move.reads.insert(other);
    moves.push_back(std::move(move));
  }
  while (!moves.empty()) {
    auto isFree = [&](const Move &move) {
      return llvm::none_of(moves, [&](const Move &other) { return other.reads.contains(move.carried); });
    };
    auto ready = llvm::find_if(moves, isFree);
    if (ready == moves.end()) {
      Move &move = moves.front();
      move.next = copyOf(builder, move.next);
      move.reads.clear();
      ++numAside;
      continue;
    }
    // A value that goes to two places is copied from the first to the second.
    Value source = ready->next, place = ready->carried, stored = storeInto(builder, source, place);
    next[ready->slot] = stored;
    moves.erase(ready);
    for (Move &move : moves)
      if (move.next == source) {
        move.next = stored;
        move.reads = {place};
      }
  }
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

static bool isInside(Operation *op, Value value) { return op->isAncestor(value.getParentBlock()->getParentOp()); }

/// Where `value` was begun, through the ops in `scope` that write into it: a `tensor.empty`, or what there was before.
static Value beginOf(Value value, Operation *scope) {
  while (auto result = dyn_cast<OpResult>(value)) {
    auto destinationStyle = dyn_cast<DestinationStyleOpInterface>(result.getOwner());
    if (!destinationStyle || !isInside(scope, value))
      break;
    value = destinationStyle.getTiedOpOperand(result)->get();
  }
  return value;
}

/// Gives a result of a branch one place, where both sides can compute it, if that saves a copy or a buffer.
static bool placeResult(scf::IfOp branches, unsigned number) {
  OpResult result = branches->getResult(number);
  OpOperand *yielded[] = {&branches.thenYield()->getOpOperand(number), &branches.elseYield()->getOpOperand(number)};
  bool isFresh[2];
  Value outer; // what a side hands on from before
  for (auto [operand, fresh] : llvm::zip_equal(yielded, isFresh)) {
    Value begin = beginOf(operand->get(), branches);
    fresh = begin.getDefiningOp<tensor::EmptyOp>() || (isInside(branches, begin) && begin.getDefiningOp<scf::IfOp>());
    if (!fresh && !isInside(branches, begin))
      outer = begin;
  }
  OpBuilder builder(branches);
  Value destination;
  // Where it goes next.
  if (result.hasOneUse())
    if (auto store = dyn_cast<bufferization::MaterializeInDestinationOp>(*result.user_begin()))
      if (isTensor(store.getDest()) && !isInside(branches, store.getDest()) &&
          store.getDest().getDefiningOp() != branches && mayTakeOver(branches, store.getDest(), store))
        destination = store.getDest();
  if (!destination && outer) {
    // The other side may write over it, if it makes something new at all and nobody needs the old.
    if (!isOurs(outer) || (!isFresh[0] && !isFresh[1]) || !mayTakeOver(branches, outer))
      return false;
    destination = outer;
  }
  if (!destination) {
    if (!isFresh[0] || !isFresh[1])
      return false;
    auto type = cast<RankedTensorType>(result.getType());
    SmallVector<Value> sizes;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (type.isDynamicDim(dim)) {
        sizes.push_back(sizeOutside(builder, result, dim, branches));
        if (!sizes.back())
          return false;
      }
    destination = tensor::EmptyOp::create(builder, result.getLoc(), type.getShape(), type.getElementType(), sizes);
  }
  for (OpOperand *operand : yielded) {
    if (operand->get() == destination)
      continue;
    builder.setInsertionPoint(operand->getOwner());
    operand->set(storeInto(builder, operand->get(), destination));
  }
  return true;
}

/// A choice between tensors is a branch without ops: either side can then store what it hands on.
static void branchInsteadOfSelect(arith::SelectOp select) {
  OpBuilder builder(select);
  auto branches = scf::IfOp::create(
      builder, select.getLoc(), select.getCondition(),
      [&](OpBuilder &side, Location loc) { scf::YieldOp::create(side, loc, select.getTrueValue()); },
      [&](OpBuilder &side, Location loc) { scf::YieldOp::create(side, loc, select.getFalseValue()); });
  select.getResult().replaceAllUsesWith(branches.getResult(0));
  select.erase();
}

/// Stores what variables hold at the end in their buffers, in an order in which each is read before it is overwritten.
static void storeVariables(func::FuncOp function, bool isSafe, unsigned &numAside) {
  SmallVector<bufferization::MaterializeInDestinationOp> stores;
  for (auto store : function.front().getOps<bufferization::MaterializeInDestinationOp>())
    if (isTensor(store.getDest()))
      stores.push_back(store);
  if (stores.empty())
    return;
  SmallVector<Value> places, values;
  for (bufferization::MaterializeInDestinationOp store : stores) {
    places.push_back(store.getDest());
    values.push_back(store.getSource());
  }
  for (bufferization::MaterializeInDestinationOp store : stores) {
    // The second store, into the buffer itself, stays and takes what is stored.
    store.getResult().replaceAllUsesWith(store.getSource());
  }
  OpBuilder builder(stores.front());
  SmallVector<Operation *> finals;
  for (Operation &op : llvm::make_range(stores.front()->getIterator(), function.front().end())) {
    auto store = dyn_cast<bufferization::MaterializeInDestinationOp>(op);
    if (store && !isTensor(store.getDest()))
      finals.push_back(store);
  }
  for (bufferization::MaterializeInDestinationOp store : stores) {
    if (builder.getInsertionPoint() == store->getIterator())
      builder.setInsertionPointAfter(store);
    store.erase();
  }
  SmallVector<Value> stored = values;
  storeCarried(builder, places, stored, isSafe, numAside);
  for (auto [position, op] : llvm::enumerate(finals))
    cast<bufferization::MaterializeInDestinationOp>(op).getSourceMutable().set(stored[position]);
}

/// The loops and branches that stand in no other, in order.
static SmallVector<Operation *> outermost(func::FuncOp function) {
  SmallVector<Operation *> roots;
  for (Operation &op : function.front())
    if (isa<scf::ForOp, scf::WhileOp, scf::IfOp>(op))
      roots.push_back(&op);
  return roots;
}

/// Places everything in `function`. In those of its outermost() loops and branches that are `safe`, only by copies that
/// are certain to be possible; its last bit stands for the variables at the end.
static void placeAll(func::FuncOp function, const llvm::BitVector &safe, unsigned &numAside, unsigned &numBranches) {
  llvm::SmallDenseMap<Operation *, unsigned> numbers;
  for (auto [number, root] : llvm::enumerate(outermost(function))) numbers[root] = number;
  auto isSafe = [&](Operation *op) { return safe.test(numbers.lookup(function.front().findAncestorOpInBlock(*op))); };
  function.walk([&](LoopLikeOpInterface loop) {
    if (isa<scf::ForOp, scf::WhileOp>(loop.getOperation()))
      copySharedInits(loop, isSafe(loop));
  });
  storeVariables(function, safe.test(safe.size() - 1), numAside);
  // From the outside in: where a loop or a branch stores a result is where the branches within compute it.
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    auto store = [&](Operation *yield, ValueRange carried) {
      OpBuilder builder(yield);
      // Tensors are in the same places on both sides; behind the shorter side there are only scalars.
      unsigned count = std::min<unsigned>(carried.size(), yield->getNumOperands());
      SmallVector<Value> next(yield->getOperands());
      storeCarried(builder, carried.take_front(count), MutableArrayRef(next).take_front(count), isSafe(op), numAside);
      yield->setOperands(next);
    };
    if (auto loop = dyn_cast<scf::ForOp>(op))
      store(loop.getBody()->getTerminator(), loop.getRegionIterArgs());
    else if (auto loop = dyn_cast<scf::WhileOp>(op))
      store(loop.getYieldOp(), loop.getAfterArguments());
    else if (auto branches = dyn_cast<scf::IfOp>(op); branches && !isSafe(op))
      // A result that ends in the destination of another's result is placed after that one.
      for (unsigned number = branches.getNumResults(); number-- > 0;)
        if (isTensor(branches.getResult(number)) && placeResult(branches, number))
          ++numBranches;
  });
}

/// More loops and branches than this are not tried one by one.
static constexpr unsigned kMostTrials = 12;

namespace {
struct PlaceRegionResultsPass : tenon::impl::PlaceRegionResultsPassBase<PlaceRegionResultsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<func::FuncOp> functions(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions)
      if (!function.isExternal() && failed(place(function)))
        return signalPassFailure();
  }

private:
  LogicalResult place(func::FuncOp function) {
    SmallVector<scf::WhileOp> conditionLoops;
    SmallVector<arith::SelectOp> selects;
    function.walk([&](Operation *op) {
      if (auto loop = dyn_cast<scf::WhileOp>(op))
        conditionLoops.push_back(loop);
      if (auto select = dyn_cast<arith::SelectOp>(op); select && isTensor(select.getResult()))
        if (!isa<ShapedType>(select.getCondition().getType()))
          selects.push_back(select);
    });
    llvm::for_each(selects, branchInsteadOfSelect);
    for (scf::WhileOp loop : conditionLoops)
      if (!alignForwarded(loop))
        return loop.emitError("the size of a tensor that the condition of a loop makes is not known before the loop");
    resolveCarriedSizes(function);

    unsigned aside = 0, branches = 0;
    llvm::BitVector safe = chooseSafe(function);
    placeAll(function, safe, aside, branches);
    numAside += aside;
    numBranches += branches;
    numSafe += safe.any();
    return success();
  }

  /// What has to be placed by copies: nothing, else one loop or branch of those that stand in no other, else all.
  llvm::BitVector chooseSafe(func::FuncOp function) {
    llvm::BitVector safe(outermost(function).size() + 1);
    if (works(function, safe))
      return safe;
    for (unsigned one = 0; one < safe.size() && safe.size() <= kMostTrials; ++one) {
      safe.reset();
      safe.set(one);
      if (works(function, safe))
        return safe;
    }
    safe.set();
    return safe;
  }

  /// Whether bufferization takes what is placed: its check refuses a store whose place may still be read, also where a
  /// copy would help. Tried on a copy, with the destinations that the next passes choose.
  bool works(func::FuncOp function, const llvm::BitVector &safe) {
    OpBuilder builder(function);
    auto trial = cast<func::FuncOp>(builder.clone(*function));
    trial.setName((function.getName() + ".trial").str());
    llvm::scope_exit erase([&] { trial.erase(); });
    unsigned aside = 0, branches = 0;
    placeAll(trial, safe, aside, branches);
    OpPassManager destinations(func::FuncOp::getOperationName());
    destinations.addPass(tenon::createReuseDestinationsPass());
    destinations.addPass(tenon::createChooseDestinationsPass());
    ScopedDiagnosticHandler quiet(&getContext(), [](Diagnostic &) { return success(); });
    IRRewriter rewriter(&getContext());
    if (failed(runPipeline(destinations, trial)) || failed(computeEmptyTensorsInPlace(rewriter, trial)))
      return false;
    bufferization::OneShotBufferizationOptions options;
    bufferization::OneShotAnalysisState state(trial, options);
    return succeeded(bufferization::analyzeOp(trial, state));
  }
};
} // namespace

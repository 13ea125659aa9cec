// Every temporary gets an offset in one workspace.
#include "compiler/Memory/EntrySizes.h"
#include "compiler/Memory/Passes.h"
#include "compiler/Memory/WorkspacePlan.h"
#include "compiler/Target/Signature.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/Support/MathExtras.h"

#include <map>

namespace mlir::tenon {
#define GEN_PASS_DEF_PLANWORKSPACEPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
constexpr int64_t alignment = 64; // a cache line, and the widest vector

/// Bytes of one element in memory; an i1 takes a byte, an index the width of the target's pointer at most.
int64_t elementBytes(Type type) { return type.isIndex() ? 8 : llvm::divideCeil(type.getIntOrFloatBitWidth(), 8); }

class Planner {
public:
  Planner(func::FuncOp function, FunctionSignature signature, int64_t representative)
      : function(function), signature(std::move(signature)), representative(representative),
        builder(function.getContext()) {}

  LogicalResult run() {
    collect();
    Block &entry = function.front();
    Value workspace =
        entry.addArgument(MemRefType::get({ShapedType::kDynamic}, builder.getI8Type()), function.getLoc());
    function.setFunctionType(FunctionType::get(function.getContext(), entry.getArgumentTypes(), {}));

    SmallVector<int64_t> offsets;
    bool open = llvm::any_of(allocs, [](memref::AllocOp op) { return !op.getType().hasStaticShape(); });
    WorkspacePlan plan = planWorkspace(lifetimes, alignment);
    if (!open) {
      for (auto [alloc, offset] : llvm::zip_equal(allocs, plan.offsets)) {
        builder.setInsertionPoint(alloc);
        replace(alloc, workspace, arith::ConstantIndexOp::create(builder, alloc.getLoc(), offset), {});
      }
      signature.workspaceBytes = plan.bytes;
      signature.set(function);
      function->setAttr(liveBytesAttributeName, builder.getI64IntegerAttr(liveLowerBound(lifetimes, alignment)));
      return success();
    }
    return placeOpen(plan, workspace);
  }

  ArrayRef<Lifetime> getLifetimes() const { return lifetimes; }
  std::optional<int64_t> getWorkspaceBytes() const { return signature.workspaceBytes; }

private:
  /// Numbers the ops in program order and finds from where to where each temporary, under any alias, is used.
  void collect() {
    DenseMap<Operation *, std::pair<int64_t, int64_t>> span; // first and last number in an op and its regions
    int64_t next = 0;
    std::function<void(Operation *)> number = [&](Operation *op) {
      int64_t first = next++;
      for (Region &region : op->getRegions())
        for (Operation &nested : region.getOps()) number(&nested);
      span[op] = {first, next++};
    };
    number(function);
    function.walk([&](memref::AllocOp op) { allocs.push_back(op); });

    BufferViewFlowAnalysis aliases(function);
    for (memref::AllocOp alloc : allocs) {
      Lifetime lifetime{span[alloc].second, span[alloc].second, 0};
      bool used = false;
      // The analysis does not know casts of element types (a boolean's i1 as i8): their results are aliases as well.
      SetVector<Value> all;
      SmallVector<Value> roots{alloc.getResult()};
      while (!roots.empty())
        for (Value alias : aliases.resolve(roots.pop_back_val()))
          if (all.insert(alias))
            for (Operation *user : alias.getUsers())
              if (isa<UnrealizedConversionCastOp>(user))
                llvm::append_range(roots, user->getResults());
      for (Value alias : all) {
        for (Operation *user : alias.getUsers()) {
          // A use inside a loop that the temporary was made outside of lasts as long as the loop; the use may also be
          // outside of a branch that the temporary was made in.
          Operation *ancestor = nullptr;
          for (Operation *scope = alloc; !ancestor; scope = scope->getParentOp())
            ancestor = scope->getBlock()->findAncestorOpInBlock(*user);
          auto [first, last] = span[ancestor];
          lifetime.begin = used ? std::min(lifetime.begin, first) : first;
          lifetime.end = used ? std::max(lifetime.end, last) : last;
          used = true;
        }
      }
      lifetime.size = elementBytes(alloc.getType().getElementType());
      for (int64_t size : alloc.getType().getShape())
        lifetime.size *= ShapedType::isDynamic(size) ? representative : size;
      lifetimes.push_back(lifetime);
    }
  }

  void replace(memref::AllocOp alloc, Value workspace, Value offset, ValueRange sizes) {
    Value view = memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(), workspace, offset, sizes);
    alloc.replaceAllUsesWith(view);
    for (Operation *user : llvm::make_early_inc_range(view.getUsers()))
      if (isa<memref::DeallocOp>(user))
        user->erase();
    alloc.erase();
  }

  /// Open sizes: keep the plan's order from low to high and let each temporary begin where those below it end.
  LogicalResult placeOpen(const WorkspacePlan &plan, Value workspace) {
    Location loc = function.getLoc();
    builder.setInsertionPointToStart(&function.front());
    auto constant = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(builder, loc, value); };
    Value mask = constant(-alignment), rounding = constant(alignment - 1);

    EntrySizes entry(function, builder);
    SmallVector<SmallVector<Value>> sizes(allocs.size());
    SmallVector<Value> bytes, offsets(allocs.size());
    std::map<std::pair<int64_t, SmallVector<void *>>, Value> known;
    for (auto [index, alloc] : llvm::enumerate(allocs)) {
      int64_t factor = elementBytes(alloc.getType().getElementType());
      for (int64_t size : alloc.getType().getShape())
        if (!ShapedType::isDynamic(size))
          factor *= size;
      SmallVector<Value> factors;
      for (Value size : alloc.getDynamicSizes()) {
        Value extent = entry.known(size);
        sizes[index].push_back(extent ? extent : size);
        if (!extent)
          extent = entry.bound(size, alloc);
        if (!extent) {
          InFlightDiagnostic diagnostic = alloc.emitError("the size of a temporary of '")
                                          << signature.name
                                          << "' is not known when the function is entered: " << alloc.getType()
                                          << "; bound it by an input's, as in min(size, x.dim(0))";
          diagnostic.attachNote(size.getLoc()) << "it depends on this value";
          return failure();
        }
        factors.push_back(extent);
      }
      // Most temporaries of a network have the size of another.
      Value &rounded =
          known[{factor, llvm::to_vector(llvm::map_range(factors, [](Value v) { return v.getAsOpaquePointer(); }))}];
      if (!rounded) {
        Value product = constant(factor);
        for (Value size : factors) {
          // In a branch that is not taken arithmetic may say anything.
          if (!size.getDefiningOp<memref::DimOp>() && !isa<BlockArgument>(size))
            size = builder.createOrFold<arith::MaxSIOp>(loc, size, constant(0));
          product = builder.createOrFold<arith::MulIOp>(loc, product, size);
        }
        product = builder.createOrFold<arith::AddIOp>(loc, product, rounding);
        rounded = builder.createOrFold<arith::AndIOp>(loc, product, mask);
      }
      bytes.push_back(rounded);
    }
    auto order = llvm::to_vector(llvm::seq<unsigned>(0, allocs.size()));
    llvm::stable_sort(order, [&](unsigned a, unsigned b) { return plan.offsets[a] < plan.offsets[b]; });
    // The largest end of some temporaries, from low to high. One that lies below another of them, and lives at the same
    // time, ends before that begins: it needs no comparison.
    SmallVector<Value> ends(allocs.size());
    auto largestEnd = [&](ArrayRef<unsigned> some) {
      SmallVector<Value> largest;
      for (auto [position, index] : llvm::enumerate(some))
        if (llvm::none_of(some.drop_front(position + 1),
                          [&, index = index](unsigned above) { return lifetimes[above].overlaps(lifetimes[index]); }) &&
            !llvm::is_contained(largest, ends[index]))
          largest.push_back(ends[index]);
      Value result = largest.empty() ? constant(0) : largest.front();
      for (Value end : ArrayRef(largest).drop_front(largest.empty() ? 0 : 1))
        result = builder.createOrFold<arith::MaxSIOp>(loc, result, end);
      return result;
    };
    std::map<std::pair<void *, void *>, Value> sums;
    for (auto [position, index] : llvm::enumerate(order)) {
      SmallVector<unsigned> below;
      for (unsigned other : ArrayRef(order).take_front(position))
        if (lifetimes[index].overlaps(lifetimes[other]))
          below.push_back(other);
      offsets[index] = largestEnd(below);
      Value &end = sums[{offsets[index].getAsOpaquePointer(), bytes[index].getAsOpaquePointer()}];
      if (!end)
        end = builder.createOrFold<arith::AddIOp>(loc, offsets[index], bytes[index]);
      ends[index] = end;
    }
    Value total = largestEnd(order);
    if (failed(emitWorkspaceFunction(total)))
      return failure();
    for (auto [index, alloc] : llvm::enumerate(allocs)) {
      builder.setInsertionPoint(alloc);
      replace(alloc, workspace, offsets[index], sizes[index]);
    }
    signature.workspaceBytes = std::nullopt;
    signature.set(function);
    return success();
  }

  /// `f.workspace(dims) -> bytes`: the same arithmetic on the dims themselves.
  LogicalResult emitWorkspaceFunction(Value total) {
    OpBuilder outer(function);
    SmallVector<Type> dims(signature.dims.size(), builder.getIndexType());
    auto callee = func::FuncOp::create(outer, function.getLoc(), signature.name + ".workspace",
                                       outer.getFunctionType(dims, {builder.getIndexType()}));
    callee.setPrivate();
    Block *body = callee.addEntryBlock();
    OpBuilder inner = OpBuilder::atBlockEnd(body);
    IRMapping mapping;
    std::function<Value(Value)> copy = [&](Value value) -> Value {
      if (Value known = mapping.lookupOrNull(value))
        return known;
      Operation *op = value.getDefiningOp();
      if (!op)
        return {};
      if (auto dim = dyn_cast<memref::DimOp>(op)) {
        auto argument = dyn_cast<BlockArgument>(dim.getSource());
        std::optional<int64_t> index = dim.getConstantIndex();
        if (!argument || !index || argument.getArgNumber() == 0)
          return {};
        size_t position = argument.getArgNumber() - 1,
               firstOutput = signature.inputs.size() + signature.variables.size();
        if (position < signature.inputs.size()) {
          const Dimension &source = signature.inputs[position].dims[*index];
          return source.kind == Dimension::Kind::Named ? body->getArgument(source.value) : Value();
        }
        // What is computed in an output may have a temporary of its size.
        if (position < firstOutput || position - firstOutput >= signature.outputs.size())
          return {};
        unsigned computed = 0;
        for (auto [i, output] : llvm::enumerate(signature.outputs))
          for (auto [d, dim] : llvm::enumerate(output.dims)) {
            if (i == position - firstOutput && d == size_t(*index)) {
              if (dim.kind == Dimension::Kind::Named)
                return body->getArgument(dim.value);
              if (dim.kind != Dimension::Kind::Computed)
                return {};
              SmallVector<Type> sizes(signature.getNumComputedDims(), builder.getIndexType());
              return func::CallOp::create(inner, function.getLoc(), signature.name + ".shapes", sizes,
                                          body->getArguments())
                  .getResult(computed);
            }
            computed += dim.kind == Dimension::Kind::Computed;
          }
        return {};
      }
      IRMapping operands;
      for (Value operand : op->getOperands()) {
        Value mapped = copy(operand);
        if (!mapped)
          return {};
        operands.map(operand, mapped);
      }
      mapping.map(op->getResults(), inner.clone(*op, operands)->getResults());
      return mapping.lookup(value);
    };
    Value result = copy(total);
    if (!result)
      return function.emitError("the workspace of '") << signature.name << "' depends on more than the inputs' sizes";
    func::ReturnOp::create(inner, function.getLoc(), result);
    return success();
  }

  func::FuncOp function;
  FunctionSignature signature;
  int64_t representative;
  OpBuilder builder;
  SmallVector<memref::AllocOp> allocs;
  SmallVector<Lifetime> lifetimes;
};

struct PlanWorkspacePass : tenon::impl::PlanWorkspacePassBase<PlanWorkspacePass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<func::FuncOp> functions;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(FunctionSignature::attributeName))
        functions.push_back(function);
    for (func::FuncOp function : functions) {
      FailureOr<FunctionSignature> signature = FunctionSignature::get(function);
      if (failed(signature))
        return signalPassFailure();
      Planner planner(function, std::move(*signature), representative);
      if (failed(planner.run()))
        return signalPassFailure();
      numTemporaries += planner.getLifetimes().size();
      for (const Lifetime &lifetime : planner.getLifetimes()) bytesTemporaries += lifetime.size;
      bytesWorkspace += planner.getWorkspaceBytes().value_or(0);
    }
  }
};
} // namespace

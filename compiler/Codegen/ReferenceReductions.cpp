// Writes reductions as the scalar loops that define their order: 64 lanes in memory and a tree.
#include "compiler/Codegen/Combiner.h"
#include "compiler/Codegen/Passes.h"
#include "dialects/TenonMath/TenonMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_REFERENCEREDUCTIONSPASS
#include "compiler/Codegen/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
// Scalar code, written as plainly as possible: the emitters are compared with it, so that it shares nothing with them
// but the reading of the operation.
class Reference {
public:
  Reference(Operation *op, Block *entry) : b(op->getLoc(), op), entry(entry) {}

  void reduce(const Sweep &sweep, const Combiner &combiner) {
    auto combine = [&](Value l, Value r) { return combiner.combineScalars(b, l, r); };
    Value lanes = buffer(combiner.identity.getType());
    SmallVector<Value> at(sweep.getRank());
    auto address = [&](const Access &access) {
      // Reductions with lanes have no windows.
      return llvm::map_to_vector(access.dims, [&](int dim) { return dim == kNone ? index(0) : at[dim]; });
    };
    overDims(
        sweep, at, 0, [](Role role) { return role == Role::Parallel; },
        [&] {
          clear(lanes, combiner.identity);
          overDims(
              sweep, at, 0, [](Role role) { return role != Role::Parallel; },
              [&] {
                IRMapping mapping;
                for (auto [access, argument] : llvm::zip_equal(sweep.operands, sweep.body->getArguments()))
                  if (argument != combiner.accumulator)
                    mapping.map(argument, access.getType() ? memref::LoadOp::create(b, access.source, address(access))
                                                           : access.source);
                for (Operation &op : sweep.body->without_terminator()) {
                  if (llvm::is_contained(combiner.ops, &op))
                    continue;
                  if (auto position = dyn_cast<linalg::IndexOp>(op)) {
                    int dim = sweep.dimOfIndex[position.getDim()];
                    mapping.map(position.getResult(), dim == kNone ? index(0) : at[dim]);
                  } else {
                    b.clone(op, mapping);
                  }
                }
                Value element = index(0);
                for (unsigned dim = 0; dim < sweep.getRank(); ++dim)
                  if (sweep.roles[dim] == Role::Lanes) {
                    element = arith::MulIOp::create(b, element, extent(sweep, dim));
                    element = arith::AddIOp::create(b, element, at[dim]);
                  }
                addTo(lanes, element, mapping.lookupOrDefault(combiner.element), combine);
              });
          Value total = fold(lanes, combine);
          const Access &output = sweep.getOutput();
          Value old = memref::LoadOp::create(b, output.source, address(output));
          memref::StoreOp::create(b, combine(old, total), output.source, address(output));
        });
  }

  // maximum, exponentials and their sum, quotients; each row by itself.
  void softmax(const Sweep &sweep) {
    Type type = sweep.getOutput().getType().getElementType();
    auto infinity = FloatAttr::get(type, -std::numeric_limits<double>::infinity());
    auto maximum = [&](Value most, Value x) -> Value {
      Value greater = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, most);
      return arith::SelectOp::create(b, greater, x, most);
    };
    auto sum = [&](Value total, Value x) -> Value { return arith::AddFOp::create(b, total, x); };
    SmallVector<Value> at(sweep.getRank());
    auto isReduced = [](Role role) { return role != Role::Parallel; };
    auto load = [&](const Access &access) -> Value { return memref::LoadOp::create(b, access.source, at); };
    auto store = [&](Value value) { memref::StoreOp::create(b, value, sweep.getOutput().source, at); };
    overDims(
        sweep, at, 0, [](Role role) { return role == Role::Parallel; },
        [&] {
          // The value of all `element`s of the row together, in lanes or one after the other.
          auto reduce = [&](TypedAttr identity, Combine combine, function_ref<Value()> element) {
            Value lanes = buffer(type);
            clear(lanes, identity);
            overDims(sweep, at, 0, isReduced, [&] {
              Value x = element();
              int axis = llvm::find_if(sweep.roles, isReduced) - sweep.roles.begin();
              addTo(lanes, sweep.hasLanes() ? at[axis] : index(0), x, combine);
            });
            return sweep.hasLanes() ? fold(lanes, combine) : Value(memref::LoadOp::create(b, lanes, index(0)));
          };
          Value most = reduce(infinity, maximum, [&] { return load(sweep.operands[0]); });
          Value total = reduce(FloatAttr::get(type, -0.0), sum, [&] {
            Value difference = arith::SubFOp::create(b, load(sweep.operands[0]), most);
            Value exponential = tenon_math::create<math::ExpOp>(b, difference);
            store(exponential);
            return exponential;
          });
          overDims(sweep, at, 0, isReduced, [&] { store(arith::DivFOp::create(b, load(sweep.getOutput()), total)); });
        });
  }

private:
  using Combine = function_ref<Value(Value, Value)>;

  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, value); }

  Value extent(const Sweep &sweep, int dim) {
    int64_t size = sweep.getStaticExtent(dim);
    return ShapedType::isDynamic(size) ? cast<Value>(sweep.extents[dim]) : index(size);
  }

  void loop(Value count, function_ref<void(Value)> body) {
    auto loop = scf::ForOp::create(b, index(0), count, index(1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  void overDims(const Sweep &sweep, SmallVector<Value> &at, unsigned dim, function_ref<bool(Role)> wanted,
                function_ref<void()> body) {
    if (dim == sweep.getRank())
      return body();
    if (!wanted(sweep.roles[dim]))
      return overDims(sweep, at, dim + 1, wanted, body);
    loop(extent(sweep, dim), [&](Value iv) {
      at[dim] = iv;
      overDims(sweep, at, dim + 1, wanted, body);
    });
  }

  Value buffer(Type type) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(entry);
    return memref::AllocaOp::create(b, MemRefType::get({kReductionLanes}, type));
  }

  void clear(Value lanes, TypedAttr identity) {
    Value value = arith::ConstantOp::create(b, identity);
    loop(index(kReductionLanes), [&](Value lane) { memref::StoreOp::create(b, value, lanes, lane); });
  }

  // Element j combines into lane j mod 64.
  void addTo(Value lanes, Value j, Value element, Combine combine) {
    Value lane = arith::RemUIOp::create(b, j, index(kReductionLanes));
    Value old = memref::LoadOp::create(b, lanes, lane);
    memref::StoreOp::create(b, combine(old, element), lanes, lane);
  }

  // The upper half on the lower half, until one is left.
  Value fold(Value lanes, Combine combine) {
    for (int64_t half : {32, 16, 8, 4, 2, 1})
      loop(index(half), [&](Value lane) {
        Value upperLane = arith::AddIOp::create(b, lane, index(half));
        Value lower = memref::LoadOp::create(b, lanes, lane), upper = memref::LoadOp::create(b, lanes, upperLane);
        memref::StoreOp::create(b, combine(lower, upper), lanes, lane);
      });
    return memref::LoadOp::create(b, lanes, index(0));
  }

  ImplicitLocOpBuilder b;
  Block *entry;
};

struct ReferenceReductionsPass : tenon::impl::ReferenceReductionsPassBase<ReferenceReductionsPass> {
  using ReferenceReductionsPassBase::ReferenceReductionsPassBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    Block *entry = &function.getBody().front();
    SmallVector<linalg::SoftmaxOp> softmaxes;
    function.walk([&](linalg::SoftmaxOp op) { softmaxes.push_back(op); });
    for (linalg::SoftmaxOp op : softmaxes) {
      OpBuilder builder(op);
      FailureOr<Sweep> sweep = matchSoftmax(builder, op);
      if (failed(sweep))
        continue;
      Reference(op, entry).softmax(*sweep);
      op->erase();
      ++numReductions;
    }
    SmallVector<linalg::LinalgOp> reductions;
    function.walk([&](linalg::LinalgOp op) {
      if (op.getNumReductionLoops() != 0 && !isa<linalg::ContractionOpInterface, linalg::ConvolutionOpInterface>(*op))
        reductions.push_back(op);
    });
    for (linalg::LinalgOp op : reductions) {
      OpBuilder builder(op);
      FailureOr<Sweep> sweep = matchSweep(builder, op);
      // Sequential reductions are what plain loops compute anyway.
      if (failed(sweep) || !sweep->hasLanes())
        continue;
      FailureOr<Combiner> combiner = matchCombiner(*sweep);
      if (failed(combiner))
        continue;
      Reference(op, entry).reduce(*sweep, *combiner);
      op->erase();
      ++numReductions;
    }
  }
};
} // namespace

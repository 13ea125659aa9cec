// Functions on tensors become functions on the caller's buffers.
#include "compiler/Memory/Passes.h"
#include "compiler/Memory/RegionSizes.h"
#include "compiler/Target/Signature.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_PREPAREENTRYPOINTSPASS
#include "compiler/Memory/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {
MemRefType bufferOf(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return MemRefType::get(type.getShape(), type.getElementType());
}

/// For each named dimension of the signature, the first input and dimension that has it.
struct DimensionSource {
  unsigned input, dimension;
};
SmallVector<DimensionSource> dimensionSources(const FunctionSignature &signature) {
  SmallVector<DimensionSource> sources(signature.dims.size(), {~0u, 0});
  for (auto [i, input] : llvm::enumerate(signature.inputs))
    for (auto [d, dim] : llvm::enumerate(input.dims))
      if (dim.kind == Dimension::Kind::Named && sources[dim.value].input == ~0u)
        sources[dim.value] = {unsigned(i), unsigned(d)};
  return sources;
}

class EntryPoint {
public:
  EntryPoint(func::FuncOp function, FunctionSignature signature)
      : function(function), signature(std::move(signature)), builder(function.getContext()) {}

  LogicalResult prepare(function_ref<LogicalResult(OpPassManager &, Operation *)> runPipeline) {
    dropProvedChecks();
    if (signature.getNumComputedDims() && failed(emitShapes(runPipeline)))
      return failure();
    addBuffers();
    nameDimensions();
    readInputs();
    if (failed(threadVariables()))
      return failure();
    writeOutputs();
    writeVariables();
    signature.set(function);
    function.setName((signature.name + ".body"));
    function.setPrivate();
    function.removeArgAttrsAttr();
    function.removeResAttrsAttr();
    return success();
  }

private:
  /// A check that folding has proved says nothing any more.
  void dropProvedChecks() {
    function.walk([](RaiseOp raise) {
      if (matchPattern(raise.getCondition(), m_One()))
        raise.erase();
    });
  }

  /// `f.shapes(dims) -> sizes`: the function itself, returning sizes; resolving them leaves arithmetic on dims.
  LogicalResult emitShapes(function_ref<LogicalResult(OpPassManager &, Operation *)> runPipeline) {
    builder.setInsertionPointAfter(function);
    auto shapes = cast<func::FuncOp>(builder.clone(*function));
    shapes.setName(signature.name + ".shapes");
    shapes.setPrivate();
    shapes->removeAttr(FunctionSignature::attributeName);
    shapes.removeArgAttrsAttr();
    shapes.removeResAttrsAttr();
    Operation *terminator = shapes.front().getTerminator();
    builder.setInsertionPoint(terminator);
    SmallVector<Value> sizes;
    for (auto [output, value] : llvm::zip_equal(signature.outputs, terminator->getOperands()))
      for (auto [d, dim] : llvm::enumerate(output.dims))
        if (dim.kind == Dimension::Kind::Computed)
          sizes.push_back(tensor::DimOp::create(builder, function.getLoc(), value, d));
    terminator->setOperands(sizes);
    resolveCarriedSizes(shapes);
    // Host effects do not change a shape; without them everything but the sizes is dead.
    SmallVector<Operation *> effects;
    shapes.walk([&](Operation *op) {
      if (isa<PrintOp, AssertOp, AssignOp, ListSlotOp, ListCountOp>(op) ||
          op->getName().getStringRef() == "tenon.raise")
        effects.push_back(op);
    });
    for (Operation *op : effects) {
      // Elements of lists are anything of their sizes.
      builder.setInsertionPoint(op);
      if (auto slot = dyn_cast<ListSlotOp>(op)) {
        for (Operation *user : llvm::make_early_inc_range(slot->getUsers()))
          if (isa<memref::StoreOp, bufferization::MaterializeInDestinationOp>(user))
            user->erase();
        op->replaceAllUsesWith(memref::AllocOp::create(builder, op->getLoc(),
                                                       cast<MemRefType>(slot.getSlot().getType()), slot.getSizes()));
      } else if (isa<ListCountOp>(op)) {
        op->replaceAllUsesWith(arith::ConstantIndexOp::create(builder, op->getLoc(), 0));
      }
      op->erase();
    }
    setTypes(shapes, shapes.getArgumentTypes(), SmallVector<Type>(sizes.size(), builder.getIndexType()));

    OpPassManager pipeline(func::FuncOp::getOperationName());
    pipeline.addPass(memref::createResolveShapedTypeResultDimsPass());
    pipeline.addPass(createCanonicalizerPass());
    pipeline.addPass(createCSEPass());
    if (failed(runPipeline(pipeline, shapes)))
      return failure();

    // The sizes of the inputs are the arguments now.
    Block &body = shapes.front();
    unsigned numTensors = body.getNumArguments();
    SmallVector<Value> dims;
    for (size_t i = 0; i < signature.dims.size(); ++i)
      dims.push_back(body.addArgument(builder.getIndexType(), function.getLoc()));
    for (unsigned i = 0; i < numTensors; ++i) {
      for (Operation *user : llvm::make_early_inc_range(body.getArgument(i).getUsers())) {
        auto dim = dyn_cast<tensor::DimOp>(user);
        std::optional<int64_t> index = dim ? dim.getConstantIndex() : std::nullopt;
        if (!index || signature.inputs[i].dims[*index].kind != Dimension::Kind::Named) {
          function.emitError("the size of an output of '")
              << signature.name << "' depends on the values of input '" << signature.inputs[i].name
              << "': only sizes that follow from the inputs' sizes can be compiled; pass '" << signature.inputs[i].name
              << "' as a C++ number, for each value of which there is a function of its own, or return a tensor of a "
                 "size "
                 "that bounds it and how much of it counts";
          return failure();
        }
        dim.getResult().replaceAllUsesWith(dims[signature.inputs[i].dims[*index].value]);
        dim.erase();
      }
    }
    body.eraseArguments(0, numTensors);
    setTypes(shapes, SmallVector<Type>(dims.size(), builder.getIndexType()), shapes.getResultTypes());
    return success();
  }

  /// Gives the function its new arguments, behind the old ones, which go at the end of readInputs().
  void addBuffers() {
    Block &body = function.front();
    Location loc = function.getLoc();
    numTensors = body.getNumArguments();
    frame = body.addArgument(LLVM::LLVMPointerType::get(function.getContext()), loc);
    for (unsigned i = 0; i < numTensors; ++i)
      inputs.push_back(body.addArgument(bufferOf(body.getArgument(i).getType()), body.getArgument(i).getLoc()));
    auto module = function->getParentOfType<ModuleOp>();
    for (const ArgumentSignature &variable : signature.variables) {
      auto symbol = module.lookupSymbol<VariableOp>(variable.name);
      Type type = symbol.getType();
      // u8 is signless below the dialect.
      auto tensor = cast<RankedTensorType>(type);
      if (tensor.getElementType().isUnsignedInteger())
        tensor = tensor.clone(builder.getIntegerType(tensor.getElementTypeBitWidth()));
      variables.push_back(body.addArgument(bufferOf(tensor), symbol.getLoc()));
    }
    for (Value result : body.getTerminator()->getOperands())
      outputs.push_back(body.addArgument(bufferOf(result.getType()), loc));
    builder.setInsertionPointToStart(&body);
  }

  /// Sizes that carry one name are one value, read from the first input that has it.
  void nameDimensions() {
    SmallVector<Value> values;
    for (DimensionSource source : dimensionSources(signature))
      values.push_back(memref::DimOp::create(builder, function.getLoc(), inputs[source.input], source.dimension));
    for (unsigned i = 0; i < numTensors; ++i)
      for (Operation *user : llvm::make_early_inc_range(function.front().getArgument(i).getUsers()))
        if (auto dim = dyn_cast<tensor::DimOp>(user))
          if (std::optional<int64_t> index = dim.getConstantIndex()) {
            const Dimension &d = signature.inputs[i].dims[*index];
            if (d.kind == Dimension::Kind::Named) {
              dim.getResult().replaceAllUsesWith(values[d.value]);
              dim.erase();
            }
          }
  }

  void readInputs() {
    Block &body = function.front();
    for (unsigned i = 0; i < numTensors; ++i) {
      BlockArgument old = body.getArgument(i);
      if (!old.use_empty())
        old.replaceAllUsesWith(
            bufferization::ToTensorOp::create(builder, old.getLoc(), old.getType(), inputs[i], /*restrict=*/true));
    }
  }

  /// Reads and assignments become values; what a variable holds at the end is stored in its buffer.
  LogicalResult threadVariables() {
    llvm::StringMap<Value> current;
    SmallVector<Value> initial;
    for (auto [variable, buffer] : llvm::zip_equal(signature.variables, variables)) {
      auto type = RankedTensorType::get(cast<MemRefType>(buffer.getType()).getShape(),
                                        cast<MemRefType>(buffer.getType()).getElementType());
      Value value = bufferization::ToTensorOp::create(builder, buffer.getLoc(), type, buffer, /*restrict=*/true,
                                                      /*writable=*/variable.assigned);
      current[variable.name] = value;
      initial.push_back(value);
    }
    WalkResult walk = function.walk([&](Operation *op) {
      if (!isa<ReadOp, AssignOp>(op))
        return WalkResult::advance();
      if (op->getBlock() != &function.front()) {
        op->emitOpError("inside a region is not lowered: carry the value through the region");
        return WalkResult::interrupt();
      }
      if (auto read = dyn_cast<ReadOp>(op))
        read.getResult().replaceAllUsesWith(current[read.getVariable()]);
      else if (auto assign = dyn_cast<AssignOp>(op))
        current[assign.getVariable()] = assign.getValue();
      op->erase();
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return failure();
    for (auto [variable, buffer, before] : llvm::zip_equal(signature.variables, variables, initial)) {
      if (Value value = current[variable.name]; variable.assigned && value != before)
        assigned.push_back({buffer, before, value});
      else // nothing says at the end that the buffer still holds this: it is not to be written over
        before.getDefiningOp<bufferization::ToTensorOp>().setWritable(false);
    }
    return success();
  }

  /// After the outputs, which may be what a variable held before.
  void writeVariables() {
    builder.setInsertionPoint(function.front().getTerminator());
    for (auto [buffer, before, value] : assigned) {
      // First into the tensor that is read: so the analysis sees that the new value takes the old one's place and
      // copies where an op still needs the old one. The second only keeps the first alive; it copies a buffer to
      // itself.
      Value stored =
          bufferization::MaterializeInDestinationOp::create(builder, buffer.getLoc(), value.getType(), value, before)
              .getResult();
      bufferization::MaterializeInDestinationOp::create(builder, buffer.getLoc(), Type(), stored, buffer,
                                                        /*restrict=*/true, /*writable=*/true);
    }
  }

  void writeOutputs() {
    Block &body = function.front();
    Operation *terminator = body.getTerminator();
    builder.setInsertionPoint(terminator);
    for (auto [value, buffer] : llvm::zip_equal(terminator->getOperands(), outputs))
      bufferization::MaterializeInDestinationOp::create(builder, value.getLoc(), Type(), value, buffer,
                                                        /*restrict=*/true, /*writable=*/true);
    terminator->setOperands({});
    body.eraseArguments(0, numTensors);
    setTypes(function, body.getArgumentTypes(), {});
  }

  static void setTypes(func::FuncOp function, TypeRange inputs, TypeRange results) {
    function.setFunctionType(FunctionType::get(function.getContext(), inputs, results));
  }

  func::FuncOp function;
  FunctionSignature signature;
  OpBuilder builder;
  unsigned numTensors = 0;
  Value frame;
  SmallVector<Value> inputs, variables, outputs;
  struct Assigned {
    Value buffer, before, value;
  };
  SmallVector<Assigned> assigned;
};

struct PrepareEntryPointsPass : tenon::impl::PrepareEntryPointsPassBase<PrepareEntryPointsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<func::FuncOp> entryPoints;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function.isPublic() && !function.isExternal())
        entryPoints.push_back(function);
    for (func::FuncOp function : entryPoints) {
      FailureOr<FunctionSignature> signature = function->hasAttr(FunctionSignature::attributeName)
                                                   ? FunctionSignature::get(function)
                                                   : FunctionSignature::fromFunction(function);
      if (failed(signature))
        return signalPassFailure();
      EntryPoint entryPoint(function, std::move(*signature));
      if (failed(entryPoint.prepare([&](OpPassManager &pipeline, Operation *op) { return runPipeline(pipeline, op); })))
        return signalPassFailure();
    }
  }
};
} // namespace

// Calls and pullbacks of the user's, inlined where a tape's records become a function.
#include "replay.h"
#include "trace.h"

#include "compiler/Pipelines/Pipelines.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/ADT/StringMap.h"

namespace tenon::detail {

// A body once more, behind `builder`. Reads of variables are the values given; effects stay away.
static llvm::SmallVector<mlir::Value> clone_body(mlir::OpBuilder &builder, mlir::func::FuncOp function,
                                                 mlir::ValueRange arguments, llvm::StringMap<mlir::Value> variables) {
  mlir::IRMapping map;
  map.map(function.getArguments(), arguments);
  llvm::SmallVector<mlir::Value> results;
  for (mlir::Operation &op : function.front()) {
    if (auto read = llvm::dyn_cast<mlir::tenon::ReadOp>(op)) {
      map.map(read.getResult(), variables.lookup(read.getVariable()));
    } else if (auto assign = llvm::dyn_cast<mlir::tenon::AssignOp>(op)) {
      // An assignment passes no gradient on.
      variables[assign.getVariable()] =
          mlir::tenon::StopGradientOp::create(builder, op.getLoc(), map.lookup(assign.getValue()));
    } else if (llvm::isa<mlir::func::ReturnOp>(op)) {
      for (mlir::Value value : op.getOperands()) results.push_back(map.lookup(value));
    } else if (!llvm::isa<mlir::tenon::PrintOp, mlir::tenon::AssertOp>(op)) {
      builder.clone(op, map)->walk([](mlir::Operation *inner) {
        if (llvm::isa<mlir::tenon::PrintOp, mlir::tenon::AssertOp>(inner))
          inner->erase();
      });
    }
  }
  return results;
}

// The same elements under a type that leaves sizes open, or states them.
static mlir::Value with_type(mlir::OpBuilder &builder, mlir::Value value, mlir::Type type, mlir::Location location) {
  if (value.getType() == type)
    return value;
  llvm::SmallVector<mlir::Value> dims;
  const auto from = llvm::cast<mlir::RankedTensorType>(value.getType());
  for (auto [axis, size] : llvm::enumerate(llvm::cast<mlir::RankedTensorType>(type).getShape()))
    if (mlir::ShapedType::isDynamic(size))
      dims.push_back(mlir::tenon::ConstantOp::create(
          builder, location, to_mlir(Scalar(from.getDimSize(unsigned(axis))), i64, builder.getContext())));
  return mlir::tenon::ReshapeOp::create(builder, location, type, value, dims);
}

llvm::SmallVector<mlir::Value> inline_call(mlir::OpBuilder &builder, const RecordedCall &call,
                                           mlir::ValueRange operands, llvm::ArrayRef<BufferRef> results,
                                           mlir::Location location) {
  CallIR &code = *call.code;
  if (!code.is_inlined) {
    mlir::PassManager passes(builder.getContext());
    mlir::tenon::buildInlinePhase(passes);
    if (mlir::failed(passes.run(*code.module)))
      throw InternalError("a function that a tape recorded cannot be inlined");
    code.is_inlined = true;
  }
  auto function = llvm::cast<mlir::func::FuncOp>(code.module->lookupSymbol("function"));
  const std::size_t count = function.getNumArguments();
  llvm::SmallVector<mlir::Value> arguments;
  for (auto [value, argument] : llvm::zip(operands.take_front(count), function.getArguments()))
    arguments.push_back(with_type(builder, value, argument.getType(), location));
  llvm::StringMap<mlir::Value> variables;
  for (auto [symbol, value] : llvm::zip(call.symbols, operands.drop_front(count))) variables[symbol] = value;
  // A variable that the code does not need may still be read for nothing.
  for (auto read : function.getOps<mlir::tenon::ReadOp>())
    if (!variables.contains(read.getVariable())) {
      const mlir::Value zero = mlir::tenon::ConstantOp::create(
          builder, location, mlir::cast<mlir::ElementsAttr>(builder.getZeroAttr(read.getType())));
      variables[read.getVariable()] = zero;
    }
  llvm::SmallVector<mlir::Value> values = clone_body(builder, function, arguments, std::move(variables));
  for (auto [value, result] : llvm::zip(values, results))
    value = with_type(builder, value, to_mlir(TensorType::of(*result), builder.getContext()), location);
  return values;
}

llvm::SmallVector<mlir::Value> create_tangents(mlir::OpBuilder &builder, mlir::Location location,
                                               mlir::ValueRange targets, mlir::ValueRange sources,
                                               mlir::ValueRange tangents) {
  llvm::SmallVector<mlir::Value> cotangents;
  for (mlir::Value target : targets) {
    const auto type = llvm::cast<mlir::RankedTensorType>(target.getType());
    llvm::SmallVector<mlir::Value> sizes;
    for (std::int64_t axis = 0; axis < type.getRank(); ++axis)
      if (type.isDynamicDim(unsigned(axis)))
        sizes.push_back(mlir::tenon::DimOp::create(builder, location, target, std::uint64_t(axis)));
    const mlir::Value zero = mlir::tenon::ConstantOp::create(
        builder, location, to_mlir(Scalar(0.0), from_mlir(type).dtype, builder.getContext()));
    cotangents.push_back(mlir::tenon::SplatOp::create(builder, location, type, zero, sizes));
  }
  auto backward = mlir::tenon::GradientOp::create(builder, location, targets, sources, cotangents,
                                                  /*allow_unconnected=*/true);
  auto forward = mlir::tenon::GradientOp::create(builder, location, backward.getGradients(), cotangents, tangents,
                                                 /*allow_unconnected=*/true);
  return llvm::SmallVector<mlir::Value>(forward.getGradients());
}

TracedPullback trace_pullback(const Record &record) {
  TracedPullback traced;
  {
    std::lock_guard lock(compiler_mutex());
    traced.module = std::shared_ptr<Trace::Module>(new Trace::Module(shared_context()), [](Trace::Module *module) {
      std::lock_guard lock(compiler_mutex());
      delete module;
    });
  }
  const std::size_t sources = record.operands.size() - 1;
  Trace trace(*traced.module, "pullback", Trace::Captures::inputs, record.where, {});
  const mlir::Value cotangent = trace.parameter(TensorType::of(*record.results[0]), record.where);
  llvm::SmallVector<mlir::Value> gradients;
  {
    const Tensor g = trace.bind(cotangent, record.where);
    const std::vector<Tensor> all = (*record.pullback)(g);
    llvm::SmallVector<TensorType> types;
    for (std::size_t i = 0; i < sources; ++i) types.push_back(TensorType::of(*record.operands[i].value));
    gradients = pullback_values(trace, all, types, record.where);
  }
  trace.finish(gradients, record.where);
  for (const Capture &capture : trace.captures()) traced.captures.push_back(capture.value);
  for (const Trace::TracedVariable &variable : traced.module->variables)
    traced.captures.push_back(variable.state->value);
  llvm::raw_string_ostream out(traced.text);
  traced.module->operation->print(out);
  return traced;
}

mlir::Value inline_pullback(mlir::OpBuilder &builder, const TracedPullback &pullback, mlir::Value value,
                            mlir::ValueRange sources, mlir::ValueRange captures, mlir::Location location) {
  mlir::OperationState state(location, mlir::tenon::CustomGradientOp::getOperationName());
  auto function = llvm::cast<mlir::func::FuncOp>(pullback.module->operation->lookupSymbol("pullback"));
  mlir::Region *region = state.addRegion();
  mlir::Block &block = region->emplaceBlock();
  llvm::SmallVector<mlir::Value> arguments{block.addArgument(value.getType(), location)};
  const std::size_t count = function.getNumArguments() - 1;
  llvm::append_range(arguments, captures.take_front(count));
  llvm::StringMap<mlir::Value> variables;
  for (auto [variable, given] : llvm::zip(pullback.module->variables, captures.drop_front(count)))
    variables[variable.symbol] = given;
  mlir::OpBuilder inside(builder.getContext()); // the region belongs to no operation yet
  inside.setInsertionPointToEnd(&block);
  const llvm::SmallVector<mlir::Value> gradients = clone_body(inside, function, arguments, std::move(variables));
  mlir::tenon::YieldOp::create(inside, location, gradients);
  state.addOperands(value);
  state.addOperands(sources);
  state.addTypes(value.getType());
  state.addAttribute("operandSegmentSizes", builder.getDenseI32ArrayAttr({1, std::int32_t(sources.size())}));
  return builder.create(state)->getResult(0);
}

} // namespace tenon::detail

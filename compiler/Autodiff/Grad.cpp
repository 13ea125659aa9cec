// A function beside another that returns its results and gradients.
#include "compiler/Autodiff/Passes.h"
#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "mlir/IR/SymbolTable.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_GRADPASS
#include "compiler/Autodiff/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

static bool isFloat(Type type) { return isa<FloatType>(getElementTypeOrSelf(type)); }

namespace {
struct GradPass : tenon::impl::GradPassBase<GradPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp f = findFunction();
    if (!f || failed(addGradient(f)))
      signalPassFailure();
  }

private:
  func::FuncOp findFunction() {
    SmallVector<func::FuncOp> candidates;
    for (auto f : getOperation().getOps<func::FuncOp>())
      if (!f.isExternal() && (function.empty() ? f.isPublic() : f.getName() == function))
        candidates.push_back(f);
    if (candidates.size() == 1)
      return candidates.front();
    if (function.empty())
      getOperation().emitError("tenon-grad: expected one public function, but there are ")
          << candidates.size() << "; say which with function=";
    else
      getOperation().emitError("tenon-grad: there is no function '") << function.getValue() << "'";
    return {};
  }

  LogicalResult addGradient(func::FuncOp f) {
    auto error = [&] { return f.emitError("tenon-grad: "); };
    if (target < 0 || target >= f.getNumResults())
      return error() << "expected target= in [0, " << f.getNumResults() << "), but got " << target.getValue();
    if (!isFloat(f.getResultTypes()[target]))
      return error() << "result " << target.getValue() << " is " << describe(f.getResultTypes()[target])
                     << ": integers and booleans have no gradient";
    SmallVector<int64_t> sources(wrt.begin(), wrt.end());
    if (sources.empty())
      for (auto [i, type] : llvm::enumerate(f.getArgumentTypes()))
        if (isFloat(type))
          sources.push_back(i);
    if (sources.empty())
      return error() << "no argument is floating point";
    for (int64_t source : sources) {
      if (source < 0 || source >= f.getNumArguments())
        return error() << "expected wrt= in [0, " << f.getNumArguments() << "), but got " << source;
      if (!isFloat(f.getArgumentTypes()[source]))
        return error() << "argument " << source << " is " << describe(f.getArgumentTypes()[source])
                       << ": integers and booleans have no gradient";
    }

    OpBuilder builder(f->getContext());
    builder.setInsertionPointAfter(f);
    SmallVector<Type> results(f.getResultTypes());
    for (int64_t source : sources) results.push_back(f.getArgumentTypes()[source]);
    std::string newName = name.empty() ? f.getName().str() + "_grad" : name.getValue();
    if (SymbolTable(getOperation()).lookup(newName))
      return error() << "there is a symbol '" << newName << "' already; choose another with name=";
    auto grad =
        func::FuncOp::create(builder, f.getLoc(), newName, builder.getFunctionType(f.getArgumentTypes(), results));
    for (unsigned i = 0; i < f.getNumArguments(); ++i) grad.setArgAttrs(i, f.getArgAttrDict(i));
    for (unsigned i = 0; i < f.getNumResults(); ++i) grad.setResultAttrs(i, f.getResultAttrDict(i));
    for (auto [i, source] : llvm::enumerate(sources)) {
      unsigned result = f.getNumResults() + i;
      if (auto argument = f.getArgAttrOfType<StringAttr>(source, "tenon.name"))
        grad.setResultAttr(result, "tenon.name", builder.getStringAttr("d_" + argument.getValue()));
      if (Attribute dims = f.getArgAttr(source, "tenon.dims"))
        grad.setResultAttr(result, "tenon.dims", dims);
    }
    Block *entry = grad.addEntryBlock();
    builder.setInsertionPointToStart(entry);
    auto call = func::CallOp::create(builder, f.getLoc(), f, entry->getArguments());
    SmallVector<Value> returned(call.getResults()), wanted;
    for (int64_t source : sources) wanted.push_back(entry->getArgument(source));
    auto gradient = GradientOp::create(builder, f.getLoc(), call.getResult(target), wanted, ValueRange(),
                                       allowUnconnected.getValue());
    llvm::append_range(returned, gradient.getGradients());
    func::ReturnOp::create(builder, f.getLoc(), returned);
    return success();
  }
};
} // namespace

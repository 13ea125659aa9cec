// Memory in numbers: bodies and size functions are copied, given constants for dimensions, and folded.
#include "compiler/Target/MemoryReport.h"

#include "compiler/Target/Signature.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::tenon;

/// A module with a copy of one function; null where there is none of that name.
static OwningOpRef<ModuleOp> copyFunction(ModuleOp module, const std::string &name) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function)
    return nullptr;
  OwningOpRef<ModuleOp> copy = ModuleOp::create(module.getLoc());
  for (NamedAttribute attribute : module->getDiscardableAttrs())
    (*copy)->setAttr(attribute.getName(), attribute.getValue());
  copy->push_back(function->clone());
  return copy;
}

static bool fold(ModuleOp module) {
  PassManager pm(module.getContext());
  pm.enableVerifier(false);
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createCanonicalizerPass());
  return succeeded(pm.run(module));
}

std::string mlir::tenon::describePlace(Location loc) {
  std::string place;
  loc->walk([&](Location inner) {
    auto file = dyn_cast<FileLineColLoc>(inner);
    if (!file)
      return WalkResult::advance();
    place = (llvm::sys::path::filename(file.getFilename().getValue()) + ":" + Twine(file.getLine())).str();
    return WalkResult::interrupt();
  });
  return place;
}

std::vector<Temporary> mlir::tenon::listTemporaries(ModuleOp module, const FunctionSignature &signature,
                                                    const ReportDims &dims) {
  std::vector<Temporary> temporaries;
  OwningOpRef<ModuleOp> copy = copyFunction(module, signature.name + ".body");
  if (!copy)
    return temporaries;
  auto function = *copy->getOps<func::FuncOp>().begin();
  OpBuilder builder(function.getBody());
  // The frame is the first argument, then come the inputs: every named dimension is one of theirs.
  function.walk([&](memref::DimOp op) {
    auto argument = dyn_cast<BlockArgument>(op.getSource());
    std::optional<int64_t> index = op.getConstantIndex();
    if (!argument || argument.getOwner() != &function.front() || !index || argument.getArgNumber() == 0 ||
        argument.getArgNumber() > signature.inputs.size())
      return;
    const Dimension &dim = signature.inputs[argument.getArgNumber() - 1].dims[*index];
    if (dim.kind != Dimension::Kind::Named)
      return;
    op.getResult().replaceAllUsesWith(
        arith::ConstantIndexOp::create(builder, op.getLoc(), dims.get(signature.dims[dim.value])).getResult());
  });
  if (!fold(*copy))
    return temporaries;
  copy->walk([&](memref::AllocOp op) {
    MemRefType type = op.getType();
    FailureOr<DType> dtype = getDType(type.getElementType());
    if (!type.hasStaticShape() || failed(dtype))
      return;
    std::string text = getName(*dtype).str() + "[";
    for (auto [i, size] : llvm::enumerate(type.getShape())) text += (i ? "," : "") + std::to_string(size);
    temporaries.push_back({text + "]", type.getNumElements() * getBytes(*dtype), describePlace(op.getLoc())});
  });
  llvm::stable_sort(temporaries, [](const Temporary &a, const Temporary &b) { return a.bytes > b.bytes; });
  return temporaries;
}

std::optional<int64_t> mlir::tenon::evaluateWorkspace(ModuleOp module, const FunctionSignature &signature,
                                                      const ReportDims &dims) {
  if (signature.workspaceBytes)
    return signature.workspaceBytes;
  OwningOpRef<ModuleOp> copy = copyFunction(module, signature.name + ".workspace");
  if (!copy)
    return std::nullopt;
  auto function = *copy->getOps<func::FuncOp>().begin();
  OpBuilder builder(function.getBody());
  for (auto [argument, name] : llvm::zip_equal(function.getArguments(), signature.dims))
    argument.replaceAllUsesWith(arith::ConstantIndexOp::create(builder, function.getLoc(), dims.get(name)).getResult());
  if (!fold(*copy))
    return std::nullopt;
  APInt bytes;
  if (!matchPattern(function.front().getTerminator()->getOperand(0), m_ConstantInt(&bytes)))
    return std::nullopt;
  return bytes.getSExtValue();
}

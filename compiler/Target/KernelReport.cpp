// Kernels and their sizes: calls in the module, symbols in the object.
#include "compiler/Target/KernelReport.h"

#include "compiler/Target/MemoryReport.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Object/SymbolSize.h"

using namespace mlir;
using namespace mlir::tenon;

/// The constant that `buffer` is a view of; null where it is none.
static memref::GetGlobalOp findConstant(Value buffer) {
  while (auto view = buffer.getDefiningOp<ViewLikeOpInterface>()) buffer = view.getViewSource();
  return buffer.getDefiningOp<memref::GetGlobalOp>();
}

std::vector<KernelBytes> mlir::tenon::listKernels(ModuleOp module) {
  std::vector<KernelBytes> kernels;
  llvm::StringMap<size_t> positions;
  std::vector<DenseSet<StringAttr>> constants;
  module.walk([&](func::CallOp call) {
    auto [position, isNew] = positions.try_emplace(call.getCallee(), kernels.size());
    if (isNew) {
      kernels.push_back({call.getCallee().str(), describePlace(call.getLoc())});
      constants.emplace_back();
    }
    KernelBytes &kernel = kernels[position->second];
    ++kernel.uses;
    for (Value operand : call.getOperands()) {
      if (!isa<MemRefType>(operand.getType()))
        continue;
      memref::GetGlobalOp constant = findConstant(operand);
      auto type = constant ? cast<MemRefType>(constant.getType()) : MemRefType();
      if (type && constants[position->second].insert(constant.getNameAttr().getAttr()).second)
        kernel.constantBytes += type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
    }
  });
  // What is called and no kernel tells sizes, and takes none of the caller's buffers.
  llvm::erase_if(kernels, [&](const KernelBytes &kernel) {
    auto callee = module.lookupSymbol<func::FuncOp>(kernel.name);
    return !callee || !callee->hasAttr("llvm.bareptr");
  });
  return kernels;
}

void mlir::tenon::measureKernels(ArrayRef<char> object, std::vector<KernelBytes> &kernels) {
  auto file = llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(StringRef(object.data(), object.size()), "object"));
  if (!file) {
    llvm::consumeError(file.takeError());
    return;
  }
  llvm::StringMap<uint64_t> sizes;
  for (const auto &[symbol, size] : llvm::object::computeSymbolSizes(**file)) {
    if (llvm::Expected<StringRef> name = symbol.getName())
      sizes[*name] = size;
    else
      llvm::consumeError(name.takeError());
  }
  for (KernelBytes &kernel : kernels) kernel.codeBytes = sizes.lookup(kernel.name);
  llvm::stable_sort(kernels, [](const KernelBytes &a, const KernelBytes &b) { return a.codeBytes > b.codeBytes; });
}

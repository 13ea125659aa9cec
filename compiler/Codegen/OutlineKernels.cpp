// Loop nests become functions, and equal ones the same function.
#include "compiler/Codegen/KernelFunction.h"
#include "compiler/Codegen/Passes.h"
#include "compiler/Target/Signature.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "compiler/Codegen/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

/// What an op of the program is called, from the location of what was made of it; "kernel" where nobody said.
static std::string getLabel(Location loc) {
  SmallVector<StringRef> names;
  loc->walk([&](Location inner) {
    auto name = dyn_cast<NameLoc>(inner);
    if (!name)
      return WalkResult::advance();
    StringRef op = name.getName().getValue();
    if (op.consume_front("tenon.") && !llvm::is_contained(names, op))
      names.push_back(op);
    return WalkResult::skip();
  });
  constexpr size_t most = 3;
  return names.empty() ? "kernel" : llvm::join(ArrayRef(names).take_front(most), "_");
}

namespace {
/// Kernels of which one stands for all.
struct Group {
  std::vector<KernelFunction> kernels;
  std::string entry; // the function that has the first
};

/// Kernels of a module: collected first, so that it is known which are the same.
class Outliner {
public:
  Outliner(ModuleOp module, unsigned minShared, unsigned minSingle)
      : module(module), minShared(minShared), minSingle(minSingle) {}

  LogicalResult run() {
    for (auto function : module.getOps<func::FuncOp>()) {
      if (!function->hasAttr(FunctionSignature::attributeName))
        continue;
      FailureOr<FunctionSignature> signature = FunctionSignature::get(function);
      if (failed(signature))
        return failure();
      EntryBuffers buffers(function, *signature);
      collect(function.front(), buffers, signature->name);
    }
    IRMapping results;
    for (Group &group : groups)
      if (pays(group))
        outline(group, results);
    return success();
  }

  unsigned numKernels = 0, numFunctions = 0, numShared = 0;

private:
  void collect(Block &block, EntryBuffers &entryBuffers, StringRef entry) {
    BlockParts parts = findSegments(block);
    for (KernelSegment &segment : parts.segments) {
      FailureOr<KernelFunction> kernel = KernelFunction::create(segment, entryBuffers);
      if (succeeded(kernel))
        add(std::move(*kernel), entry);
      else
        llvm::append_range(parts.others, segment.members);
    }
    for (Operation *op : parts.others)
      for (Region &region : op->getRegions())
        for (Block &inner : region) collect(inner, entryBuffers, entry);
  }

  void add(KernelFunction kernel, StringRef entry) {
    ++numKernels;
    SmallVector<unsigned, 1> &alike = index[kernel.getHash()];
    for (unsigned candidate : alike)
      if (groups[candidate].kernels.front().isEquivalentTo(kernel)) {
        groups[candidate].kernels.push_back(std::move(kernel));
        return;
      }
    alike.push_back(groups.size());
    Group &group = groups.emplace_back();
    group.kernels.push_back(std::move(kernel));
    group.entry = entry;
  }

  /// A call is a nanosecond or two, and hides from LLVM what is around: worth it where code is saved, or where a
  /// function becomes several that are compiled faster than one.
  bool pays(const Group &group) const {
    unsigned size = group.kernels.front().getSize(), uses = group.kernels.size();
    return uses > 1 ? size >= minShared : size >= minSingle && groups.size() > 1;
  }

  void outline(Group &group, IRMapping &results) {
    func::FuncOp callee = group.kernels.front().take();
    std::string label = group.entry + "." + getLabel(callee.getLoc());
    callee.setSymName(label + "_" + std::to_string(++names[label]));
    module.push_back(callee);
    for (KernelFunction &kernel : group.kernels) {
      kernel.relaxAlignments(callee);
      kernel.replaceSegment(callee, results);
    }
    ++numFunctions;
    numShared += group.kernels.size() - 1;
  }

  ModuleOp module;
  unsigned minShared, minSingle;
  std::vector<Group> groups; // in the order of the first
  DenseMap<size_t, SmallVector<unsigned, 1>> index;
  llvm::StringMap<unsigned> names;
};

struct OutlineKernelsPass : tenon::impl::OutlineKernelsPassBase<OutlineKernelsPass> {
  using Base::Base;

  void runOnOperation() override {
    Outliner outliner(getOperation(), minShared, minSingle);
    if (failed(outliner.run()))
      return signalPassFailure();
    numKernels += outliner.numKernels;
    numFunctions += outliner.numFunctions;
    numShared += outliner.numShared;
  }
};
} // namespace

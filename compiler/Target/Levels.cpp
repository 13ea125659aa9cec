// Lowers a module once for each CPU level and joins the results.
#include "compiler/Target/Levels.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace mlir::tenon;

/// What the names of a level's functions end in, where there are several.
static std::string getSuffix(const Target &level) { return "." + level.getCPU().str(); }

namespace {
/// One level's module, lowered, and what becomes of its symbols.
class Joiner {
public:
  explicit Joiner(ModuleOp module) : module(module), symbols(module) {}

  /// Marks and renames the functions of a module that was lowered for `level`, and moves what `module` lacks into it.
  LogicalResult add(ModuleOp lowered, const Target &level);
  /// Writes the sizes that hold for all levels.
  void finish();

private:
  /// A function of the program at one level.
  struct Part {
    LLVM::LLVMFuncOp body, workspace;
    FunctionSignature signature;
  };

  void moveGlobal(LLVM::GlobalOp global, StringRef suffix, llvm::DenseMap<StringAttr, StringAttr> &names);
  void emitWorkspace(StringRef name, MutableArrayRef<Part> parts);

  ModuleOp module;
  SymbolTable symbols;
  /// Constants of the module by type and value.
  llvm::DenseMap<std::pair<Type, Attribute>, LLVM::GlobalOp> constants;
  llvm::MapVector<StringAttr, std::vector<Part>> functions; // by the program's name
};
} // namespace

/// The constant's place is taken by an equal one, if there is.
void Joiner::moveGlobal(LLVM::GlobalOp global, StringRef suffix, llvm::DenseMap<StringAttr, StringAttr> &names) {
  const bool isPlain = global.getConstant() && global.getValueOrNull();
  if (isPlain) {
    auto [it, isNew] = constants.try_emplace({global.getGlobalType(), global.getValueOrNull()}, global);
    if (!isNew) {
      LLVM::GlobalOp known = it->second;
      known.setAlignment(std::max(known.getAlignment().value_or(1), global.getAlignment().value_or(1)));
      names[global.getSymNameAttr()] = known.getSymNameAttr();
      global.erase();
      return;
    }
  }
  StringAttr old = global.getSymNameAttr();
  global->remove();
  if (symbols.lookup(old))
    global.setSymName((old.getValue() + suffix).str());
  names[old] = symbols.insert(global, module.getBody()->begin());
}

LogicalResult Joiner::add(ModuleOp lowered, const Target &level) {
  MLIRContext *context = module.getContext();
  const std::string suffix = getSuffix(level);
  llvm::DenseMap<StringAttr, StringAttr> names;
  SmallVector<Operation *> moved;
  for (Operation &op : llvm::make_early_inc_range(*lowered.getBody())) {
    if (auto global = dyn_cast<LLVM::GlobalOp>(op)) {
      moveGlobal(global, suffix, names);
      continue;
    }
    auto function = dyn_cast<LLVM::LLVMFuncOp>(op);
    if (!function)
      continue; // variables, which `module` has
    if (function.isExternal()) {
      if (!symbols.lookup(function.getSymNameAttr())) {
        function->remove();
        symbols.insert(function);
      }
      continue;
    }
    // Sizes of outputs have nothing to do with the CPU: the first level's function answers for all.
    StringAttr old = function.getSymNameAttr();
    if (old.getValue().ends_with(".shapes") && symbols.lookup(old))
      continue;
    function->remove();
    if (!old.getValue().ends_with(".shapes")) {
      function.setSymName((old.getValue() + suffix).str());
      function.setTargetCpuAttr(StringAttr::get(context, level.getCPU()));
      SmallVector<StringRef> features;
      level.getFeatures().split(features, ',', -1, /*KeepEmpty=*/false);
      if (!features.empty())
        function.setTargetFeaturesAttr(LLVM::TargetFeaturesAttr::get(context, features));
    }
    names[old] = symbols.insert(function);
    moved.push_back(function);
    if (!function->hasAttr(FunctionSignature::attributeName))
      continue;
    FailureOr<FunctionSignature> signature = FunctionSignature::get(function);
    if (failed(signature))
      return failure();
    StringAttr name = StringAttr::get(context, signature->name);
    functions[name].push_back({function, LLVM::LLVMFuncOp(), std::move(*signature)});
  }
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](FlatSymbolRefAttr reference) -> std::optional<Attribute> {
    auto it = names.find(reference.getAttr());
    return it == names.end() ? reference : FlatSymbolRefAttr::get(it->second);
  });
  for (Operation *op : moved) replacer.recursivelyReplaceElementsIn(op);
  for (auto &[name, parts] : functions)
    parts.back().workspace = symbols.lookup<LLVM::LLVMFuncOp>((name.getValue() + ".workspace" + suffix).str());
  return success();
}

/// `@f.workspace(dims...)`: the largest of what the levels' functions say, and of the sizes that are not open.
void Joiner::emitWorkspace(StringRef name, MutableArrayRef<Part> parts) {
  OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
  int64_t fixed = 0;
  LLVM::LLVMFunctionType type;
  for (Part &part : parts) {
    fixed = std::max(fixed, part.signature.workspaceBytes.value_or(0));
    if (part.workspace)
      type = part.workspace.getFunctionType();
  }
  auto function = LLVM::LLVMFuncOp::create(b, module.getLoc(), (name + ".workspace").str(), type);
  b.setInsertionPointToStart(function.addEntryBlock(b));
  Location loc = function.getLoc();
  Value bytes = LLVM::ConstantOp::create(b, loc, b.getIntegerAttr(type.getReturnType(), fixed));
  for (Part &part : parts) {
    if (!part.workspace)
      continue;
    // They answer before a CPU is chosen.
    part.workspace->removeAttr(part.workspace.getTargetCpuAttrName());
    part.workspace->removeAttr(part.workspace.getTargetFeaturesAttrName());
    Value size = LLVM::CallOp::create(b, loc, part.workspace, function.getArguments()).getResult();
    bytes = LLVM::UMaxOp::create(b, loc, bytes, size);
    part.workspace.setLinkage(LLVM::Linkage::Internal);
    part.workspace.setAlwaysInline(true);
  }
  LLVM::ReturnOp::create(b, loc, bytes);
}

void Joiner::finish() {
  for (auto &[name, parts] : functions) {
    std::optional<int64_t> largest = 0;
    for (const Part &part : parts)
      largest = largest && part.signature.workspaceBytes
                    ? std::optional<int64_t>(std::max(*largest, *part.signature.workspaceBytes))
                    : std::nullopt;
    if (!largest)
      emitWorkspace(name.getValue(), parts);
    for (Part &part : parts) {
      part.signature.workspaceBytes = largest;
      part.signature.set(part.body);
    }
  }
}

LogicalResult mlir::tenon::joinLevels(ModuleOp module, MutableArrayRef<OwningOpRef<ModuleOp>> lowered,
                                      ArrayRef<Target> levels) {
  Joiner joiner(module);
  for (auto [one, level] : llvm::zip_equal(lowered, levels))
    if (failed(joiner.add(*one, level)))
      return failure();
  joiner.finish();
  return success();
}

LogicalResult mlir::tenon::lowerLevels(ModuleOp module, ArrayRef<Target> levels, const CompileSettings &settings,
                                       std::vector<PhaseTime> *times, function_ref<void(ModuleOp, StringRef)> atVectors) {
  auto lower = [&](ModuleOp one, const Target &level, const CompileSettings &settings) {
    const size_t first = times ? times->size() : 0;
    if (failed(lowerFurther(one, level, settings, Stage::Buffers, Stage::Vectors, times)))
      return failure();
    atVectors(one, levels.size() > 1 ? getSuffix(level) : "");
    if (failed(lowerFurther(one, level, settings, Stage::Vectors, Stage::LLVM, times)))
      return failure();
    if (times && levels.size() > 1)
      for (PhaseTime &time : MutableArrayRef(*times).drop_front(first)) time.phase += " " + level.getCPU().str();
    return success();
  };
  if (levels.size() == 1)
    return lower(module, levels.front(), settings);

  // Each level has tiles of its own, and a packed constant lies in the order of one of them: three levels would have three.
  CompileSettings shared = settings;
  shared.packConstants = false;
  SmallVector<OwningOpRef<ModuleOp>> lowered;
  for (const Target &level : levels) {
    lowered.push_back(module.clone());
    if (failed(lower(*lowered.back(), level, shared)))
      return failure();
  }
  // What the module is there for beside that are its variables.
  for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
    if (isa<func::FuncOp, memref::GlobalOp>(op))
      op.erase();
  return joinLevels(module, lowered, levels);
}

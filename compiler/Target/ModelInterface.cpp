// Collects a module's signatures and variables, and checks that they can be C symbols.
#include "compiler/Target/ModelInterface.h"

#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace mlir::tenon;

bool mlir::tenon::isCIdentifier(StringRef text) {
  static const llvm::StringSet<> keywords = {
      "alignas",  "alignof",  "and",      "and_eq",    "asm",       "auto",     "bitand",   "bitor",    "bool",
      "break",    "case",     "catch",    "char",      "class",     "compl",    "concept",  "const",    "constexpr",
      "continue", "decltype", "default",  "delete",    "do",        "double",   "else",     "enum",     "explicit",
      "export",   "extern",   "false",    "float",     "for",       "friend",   "goto",     "if",       "inline",
      "int",      "long",     "mutable",  "namespace", "new",       "noexcept", "not",      "not_eq",   "nullptr",
      "operator", "or",       "or_eq",    "private",   "protected", "public",   "register", "requires", "restrict",
      "return",   "short",    "signed",   "sizeof",    "static",    "struct",   "switch",   "template", "this",
      "throw",    "true",     "try",      "typedef",   "typeid",    "typename", "union",    "unsigned", "using",
      "virtual",  "void",     "volatile", "while",     "xor",       "xor_eq"};
  if (text.empty() || llvm::isDigit(text[0]) || keywords.contains(text))
    return false;
  return llvm::all_of(text, [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

const VariableLayout *ModelInterface::findVariable(StringRef name) const {
  auto it = llvm::find_if(variables, [&](const VariableLayout &variable) { return variable.argument.name == name; });
  return it == variables.end() ? nullptr : &*it;
}

/// Every symbol that the model will define is a C identifier, and no two are the same.
static LogicalResult checkSymbols(ModuleOp module, const ModelInterface &model) {
  if (!isCIdentifier(model.name))
    return module.emitError()
           << "the model's name is the prefix of its C symbols, so it must be a C identifier (`module @digits`), "
           << "but it is '" << model.name << "'";
  llvm::StringMap<std::string> owners;
  auto claim = [&](const std::string &symbol, const std::string &owner) -> LogicalResult {
    auto [it, isNew] = owners.try_emplace(symbol, owner);
    if (isNew)
      return success();
    return module.emitError() << "the symbol '" << symbol << "' would be both " << it->second << " and " << owner
                              << "; rename one of them";
  };
  if (failed(claim(model.name + "_describe", "the model's description")) ||
      failed(claim(model.name + "_state", "the type of the model's state")) ||
      failed(claim(model.name + "_state_init", "the function that gives the state its first value")) ||
      failed(claim(model.name + "_state_save", "the function that saves the state")) ||
      failed(claim(model.name + "_state_load", "the function that loads the state")))
    return failure();
  for (const FunctionSignature &function : model.functions) {
    std::string owner = "the function '" + function.name + "'";
    if (!isCIdentifier("_" + function.name))
      return module.emitError() << "function '" << function.name
                                << "' is part of a C symbol, so its name must be made of letters, "
                                << "digits and underscores";
    if (failed(claim(model.getSymbol(function), owner)) ||
        (!function.workspaceBytes &&
         failed(claim(model.getSymbol(function, "_workspace_bytes"), "the workspace's size of " + owner))) ||
        (function.getNumComputedDims() &&
         failed(claim(model.getSymbol(function, "_output_dims"), "the output sizes of " + owner))))
      return failure();
  }
  return success();
}

int64_t VariableLayout::getMemberBytes() const {
  return std::max<int64_t>(argument.getStaticBytes(), getBytes(argument.dtype));
}

/// A member for each variable: an identifier that no other has, which depends on the variables before it alone.
static std::string makeMemberName(StringRef variable, llvm::StringSet<> &taken) {
  std::string name;
  for (char c : variable) name += llvm::isAlnum(c) || c == '_' ? c : '_';
  if (!isCIdentifier(name))
    name = "variable_" + name;
  std::string unique = name;
  for (unsigned i = 2; !taken.insert(unique).second; ++i) unique = name + "_" + llvm::utostr(i);
  return unique;
}

/// Places the variables in the state and in the bytes of a saved one.
static void layOut(ModelInterface &model) {
  constexpr int64_t cacheLine = 64;
  llvm::StringSet<> taken;
  std::string description;
  llvm::raw_string_ostream os(description);
  for (VariableLayout &variable : model.variables) {
    const ArgumentSignature &argument = variable.argument;
    int64_t bytes = argument.getStaticBytes(), alignment = getBytes(argument.dtype);
    variable.member = makeMemberName(argument.name, taken);
    variable.offset = llvm::alignTo(model.stateBytes, bytes >= cacheLine ? cacheLine : alignment);
    model.stateBytes = variable.offset + variable.getMemberBytes();
    model.stateAlignment = std::max(model.stateAlignment, alignment);
    model.savedBytes += bytes;
    os << argument.name << '\0' << getName(argument.dtype);
    for (const Dimension &dim : argument.dims) os << ' ' << dim.value;
    os << '\0';
  }
  model.stateBytes = llvm::alignTo(model.stateBytes, model.stateAlignment);
  model.savedBytes += 32; // the header
  model.stateHash = llvm::xxh3_64bits(description);
}

FailureOr<ModelInterface> ModelInterface::get(ModuleOp module, bool aheadOfTime) {
  ModelInterface model;
  model.name = module.getName().value_or("").str();
  for (auto variable : module.getOps<VariableOp>()) {
    auto type = cast<RankedTensorType>(variable.getType());
    FailureOr<DType> dtype = getDType(type.getElementType());
    if (failed(dtype) || !type.hasStaticShape())
      return variable.emitError()
             << "the state of a compiled model is made of static tensors of Tenon's dtypes, but got " << type;
    VariableLayout layout;
    layout.argument.name = variable.getSymName().str();
    layout.argument.dtype = *dtype;
    layout.argument.assigned = true;
    for (int64_t size : type.getShape()) layout.argument.dims.push_back(Dimension::ofSize(size));
    layout.initial = variable.getInitAttr();
    model.variables.push_back(std::move(layout));
  }
  layOut(model);

  for (Operation &op : *module.getBody()) {
    if (!op.hasAttr(FunctionSignature::attributeName))
      continue;
    FailureOr<FunctionSignature> function = FunctionSignature::get(&op);
    if (failed(function))
      return failure();
    // Bodies of one function for several CPUs have one signature.
    if (llvm::is_contained(model.functions, *function))
      continue;
    for (const ArgumentSignature &variable : function->variables)
      if (aheadOfTime && !model.findVariable(variable.name))
        return op.emitError() << "function '" << function->name << "' uses variable '" << variable.name
                              << "', which the module does not define";
    model.functions.push_back(std::move(*function));
  }
  if (aheadOfTime && failed(checkSymbols(module, model)))
    return failure();
  return model;
}

// Writes the C header of a model.
#include "compiler/Target/Header.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::tenon;

StringRef mlir::tenon::getCType(DType dtype) {
  static constexpr StringLiteral types[] = {"float",   "double",  "uint16_t", "uint16_t", "int8_t",
                                            "int16_t", "int32_t", "int64_t",  "uint8_t",  "uint8_t"};
  return types[static_cast<int>(dtype)];
}

/// What a reader of the header has to know of an element beyond its C type.
static StringRef getElementNote(DType dtype) {
  switch (dtype) {
  case DType::F16: return " (IEEE binary16 bits)";
  case DType::BF16: return " (bfloat16 bits)";
  case DType::I1: return " (bool: 0 or 1)";
  default: return "";
  }
}

ParameterNames mlir::tenon::getParameterNames(const FunctionSignature &function) {
  llvm::StringSet<> taken;
  for (StringRef name : {"context", "workspace", "workspace_bytes", "state", "weights", "output_dims"})
    taken.insert(name);
  auto make = [&](StringRef wanted) {
    std::string name;
    for (char c : wanted) name += llvm::isAlnum(c) || c == '_' ? c : '_';
    if (!isCIdentifier(name))
      name = "_" + name == "_" ? "argument" : name + "_";
    if (llvm::isDigit(name[0]))
      name = "argument_" + name;
    std::string unique = name;
    for (unsigned i = 2; !taken.insert(unique).second; ++i) unique = name + "_" + llvm::utostr(i);
    return unique;
  };
  ParameterNames names;
  for (const std::string &dim : function.dims) names.dims.push_back(make(dim));
  for (const ArgumentSignature &input : function.inputs) names.inputs.push_back(make(input.name));
  for (const ArgumentSignature &output : function.outputs) names.outputs.push_back(make(output.name));
  return names;
}

static std::string describeDims(ArrayRef<std::string> dimNames, const ArgumentSignature &argument) {
  std::string text = "[";
  for (auto [i, dim] : llvm::enumerate(argument.dims)) {
    text += i ? ", " : "";
    if (dim.isStatic())
      text += std::to_string(dim.value);
    else if (dim.kind == Dimension::Kind::Named)
      text += dimNames[dim.value];
    else
      text += "output_dims[" + std::to_string(dim.value) + "]";
  }
  return text + "]";
}

std::string mlir::tenon::describeShape(const FunctionSignature &function, const ArgumentSignature &argument) {
  ParameterNames names = getParameterNames(function);
  if (argument.dims.empty())
    return getCType(argument.dtype).str() + ", a scalar";
  return getCType(argument.dtype).str() + " " + describeDims(names.dims, argument);
}

/// "24 bytes", or "4 * batch * 64 bytes".
static std::string describeBytes(const FunctionSignature &function, const ArgumentSignature &argument) {
  if (argument.isStatic())
    return std::to_string(argument.getStaticBytes()) + " bytes";
  ParameterNames names = getParameterNames(function);
  std::string text = std::to_string(getBytes(argument.dtype));
  for (const Dimension &dim : argument.dims) {
    if (dim.isStatic())
      text += " * " + std::to_string(dim.value);
    else if (dim.kind == Dimension::Kind::Named)
      text += " * " + names.dims[dim.value];
    else
      text += " * output_dims[" + std::to_string(dim.value) + "]";
  }
  return text + " bytes";
}

/// Text of the program's own (names) must not end a comment.
static std::string inComment(StringRef text) {
  std::string result;
  for (char c : text) result += (c == '/' && !result.empty() && result.back() == '*') || c == '\n' ? ' ' : c;
  return result;
}

/// The members with the gaps between them: `float kernel[64][10];`, `uint8_t reserved_1[24];`.
static void writeStateMembers(raw_ostream &os, const ModelInterface &model) {
  llvm::StringSet<> taken;
  for (const VariableLayout &variable : model.variables) taken.insert(variable.member);
  int64_t position = 0;
  unsigned numGaps = 0;
  auto fill = [&](int64_t offset) {
    if (offset == position)
      return;
    std::string name;
    do name = "reserved_" + llvm::utostr(++numGaps);
    while (!taken.insert(name).second);
    os << "  uint8_t " << name << "[" << offset - position << "];\n";
  };
  for (const VariableLayout &variable : model.variables) {
    fill(variable.offset);
    os << "  " << getCType(variable.argument.dtype) << " " << variable.member;
    // An empty array has one element that nobody uses: C has no arrays of none.
    if (variable.argument.getStaticBytes() == 0)
      os << "[1]";
    else
      for (const Dimension &dim : variable.argument.dims) os << "[" << dim.value << "]";
    os << ";";
    std::string note = variable.member == variable.argument.name ? "" : " " + inComment(variable.argument.name);
    note += getElementNote(variable.argument.dtype);
    if (!note.empty())
      os << " /*" << note << " */";
    os << "\n";
    position = variable.offset + variable.getMemberBytes();
  }
  fill(model.stateBytes);
}

static void writeState(raw_ostream &os, const ModelInterface &model) {
  if (!model.hasState())
    return;
  std::string state = model.name + "_state", macro = StringRef(state).upper();
  os << "/* The state of the model: its variables. The caller owns it and keeps it between calls; one call at a time "
        "may write\n"
        " * one state. Any number of states may exist. A state is a plain struct at an address that is a multiple of "
     << model.stateAlignment << ", best\n"
     << " * of 64: copying it copies all of it. */\n"
     << "struct " << state << " {\n";
  writeStateMembers(os, model);
  os << "};\n\n/* Its bytes, and those of a saved one. */\n#define " << macro << "_BYTES " << model.stateBytes
     << "\n#define " << macro << "_SAVED_BYTES " << model.savedBytes << "\n\n"
     << "/* The object was compiled for this layout; a negative array size is C99's static assertion. */\n"
     << "typedef char " << state << "_has_the_compiled_layout[sizeof(struct " << state << ") == " << macro
     << "_BYTES ? 1 : -1];\n\n"
     << "/* Gives every variable its first value. */\nvoid " << state << "_init(struct " << state << " *state);\n\n"
     << "/* Writes the state as " << macro << "_SAVED_BYTES bytes that every target reads, into `size` or more. */\n"
     << "int32_t " << state << "_save(const struct tenon_context *context, const struct " << state
     << " *state, void *bytes, size_t size);\n\n"
     << "/* Reads them back. Bytes that are truncated, damaged, of another version or of a model with other variables "
        "are refused\n"
        " * (TENON_ERROR_STATE), and the state is as it was. Bytes behind the state's are not looked at. */\n"
     << "int32_t " << state << "_load(const struct tenon_context *context, struct " << state
     << " *state, const void *bytes, size_t size);\n\n";
}

static StringRef getStateOnError(FunctionSignature::StateOnError kind) {
  switch (kind) {
  case FunctionSignature::StateOnError::Kept: return "as it was";
  case FunctionSignature::StateOnError::KeptUnlessCancelled:
    return "as it was, or perhaps partly written where the call was cancelled";
  case FunctionSignature::StateOnError::PartlyWritten:
    return "as it was for codes up to 5, and perhaps partly written for others";
  }
  llvm_unreachable("one of the enumeration");
}

/// " *   state            in:  a, b", or "in, out: assigns c, reads b" and what an error leaves.
static void writeStateParameter(raw_ostream &os, const FunctionSignature &function) {
  std::string lists[2];
  for (const ArgumentSignature &variable : function.variables)
    lists[variable.assigned] += (lists[variable.assigned].empty() ? "" : ", ") + inComment(variable.name);
  os << " *   state            ";
  if (lists[1].empty()) {
    os << "in:  " << lists[0] << "\n";
    return;
  }
  os << "in, out: assigns " << lists[1];
  if (!lists[0].empty())
    os << "; reads " << lists[0];
  os << ".\n *                    After an error it is " << getStateOnError(function.stateOnError) << "\n";
}

static void writeFunction(raw_ostream &os, const ModelInterface &model, const FunctionSignature &function) {
  ParameterNames names = getParameterNames(function);
  std::string symbol = model.getSymbol(function), macro = StringRef(symbol).upper();
  bool needsWorkspace = function.workspaceBytes != 0;

  auto writeDims = [&](bool comma) {
    for (auto [i, name] : llvm::enumerate(names.dims)) os << (i || comma ? ", " : "") << "int64_t " << name;
  };
  if (function.workspaceBytes) {
    os << "/* Bytes of workspace for one call of " << symbol << ". */\n#define " << macro << "_WORKSPACE_BYTES "
       << *function.workspaceBytes << "\n\n";
  } else {
    os << "/* Bytes of workspace for one call of " << symbol
       << " with these dimensions, which must not be negative. */\nsize_t " << symbol << "_workspace_bytes(";
    writeDims(false);
    os << ");\n\n";
  }
  if (unsigned computed = function.getNumComputedDims()) {
    os << "/* The " << computed << " size" << (computed == 1 ? "" : "s") << " of outputs that follow"
       << (computed == 1 ? "s" : "") << " from the dimensions, in `output_dims[" << computed << "]`. */\nvoid "
       << symbol << "_output_dims(";
    writeDims(false);
    os << (names.dims.empty() ? "" : ", ") << "int64_t *output_dims);\n\n";
  }

  os << "/* Runs `" << inComment(function.name) << "`.\n";
  os << " *   context          null, or what the caller lends: threads, a message buffer, host services\n";
  auto pad = [](StringRef name) { return name.str() + std::string(name.size() < 16 ? 16 - name.size() : 0, ' '); };
  for (const std::string &dim : names.dims) os << " *   " << pad(dim) << " the size of a dimension, not negative\n";
  for (auto [name, argument] : llvm::zip_equal(names.inputs, function.inputs))
    os << " *   " << pad(name) << " in:  " << describeShape(function, argument) << getElementNote(argument.dtype)
       << "; " << describeBytes(function, argument) << "\n";
  if (function.weightsBytes)
    os << " *   " << pad("weights") << " in:  the contents of the file of weights, " << *function.weightsBytes
       << " bytes at an address that is a multiple of 64\n";
  if (takesState(function))
    writeStateParameter(os, function);
  for (auto [name, argument] : llvm::zip_equal(names.outputs, function.outputs))
    os << " *   " << pad(name) << " out: " << describeShape(function, argument) << getElementNote(argument.dtype)
       << "; " << describeBytes(function, argument) << "\n";
  if (needsWorkspace)
    os << " *   " << pad("workspace")
       << " scratch memory at an address that is a multiple of 64; what it holds does not matter\n";
  else
    os << " *   " << pad("workspace") << " not used: may be null, with 0 bytes\n";
  os << " */\n";
  os << "int32_t " << symbol << "(const struct tenon_context *context";
  writeDims(true);
  for (auto [name, argument] : llvm::zip_equal(names.inputs, function.inputs))
    os << ", const " << getCType(argument.dtype) << " *" << name;
  if (function.weightsBytes)
    os << ", const void *weights";
  if (takesState(function))
    os << (llvm::any_of(function.variables, [](auto &v) { return v.assigned; }) ? ", struct " : ", const struct ")
       << model.name << "_state *state";
  for (auto [name, argument] : llvm::zip_equal(names.outputs, function.outputs))
    os << ", " << getCType(argument.dtype) << " *" << name;
  os << ", void *workspace, size_t workspace_bytes);\n\n";
}

std::string mlir::tenon::emitCHeader(const ModelInterface &model, ArrayRef<Target> levels) {
  auto cpus = llvm::map_range(levels, [](const Target &level) { return level.getCPU(); });
  std::string text;
  llvm::raw_string_ostream os(text);
  std::string guard = "TENON_MODEL_" + StringRef(model.name).upper() + "_H";
  os << "/* The model `" << model.name << "`, compiled by Tenon " TENON_VERSION " for " << levels.front().getTriple().str()
     << " (" << llvm::join(cpus, ", ") << "). Generated: do not edit.\n"
     << " *\n"
        " * Every function returns 0, or a code of <tenon/runtime/abi.h> that says what was wrong; with a message "
        "buffer in the\n"
        " * context there is a sentence, too. Arrays are dense and row-major, at addresses that are multiples of their "
        "element's\n"
        " * size. What is written (outputs, state, workspace) must not overlap anything else of the call. Functions "
        "allocate\n"
        " * nothing, keep nothing between calls, and may run in any number of threads, each with its own outputs and "
        "workspace.\n"
        " */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n#include <stddef.h>\n#include <stdint.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "struct tenon_context;    /* <tenon/runtime/abi.h>; null will do */\n"
     << "struct tenon_model_info; /* <tenon/runtime/abi.h> */\n\n";
  writeState(os, model);
  for (const FunctionSignature &function : model.functions) writeFunction(os, model, function);
  os << "/* Names, dtypes, dims and entry points, for programs that were not compiled with this header. */\n"
     << "const struct tenon_model_info *" << model.name << "_describe(void);\n\n"
     << "#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

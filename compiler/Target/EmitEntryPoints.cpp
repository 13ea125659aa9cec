// Wraps function bodies in the entry points that programs call: argument checks, state, packed calls.
#include "compiler/Target/Describe.h"
#include "compiler/Target/EntryPointBuilder.h"
#include "compiler/Target/ModelInterface.h"
#include "compiler/Target/Passes.h"
#include "compiler/Target/Weights.h"

#include "dialects/Tenon/Dialect.h"

namespace mlir::tenon {
#define GEN_PASS_DEF_EMITENTRYPOINTSPASS
#include "compiler/Target/Passes.h.inc"
} // namespace mlir::tenon

using namespace mlir;
using namespace mlir::tenon;

namespace {

/// The buffers of a function in ABI order, the weights as one of them.
std::vector<ArgumentSignature> getBuffers(const FunctionSignature &signature) {
  std::vector<ArgumentSignature> buffers(signature.inputs.begin(), signature.inputs.end());
  if (signature.weightsBytes) {
    ArgumentSignature weights;
    weights.name = "weights";
    weights.dtype = DType::U8;
    weights.dims.push_back(Dimension::ofSize(*signature.weightsBytes));
    buffers.push_back(weights);
  }
  buffers.insert(buffers.end(), signature.variables.begin(), signature.variables.end());
  buffers.insert(buffers.end(), signature.outputs.begin(), signature.outputs.end());
  return buffers;
}

/// Emits the entry points of one function.
class FunctionEmitter {
public:
  FunctionEmitter(EntryPointBuilder &b, const ModelInterface &model, const FunctionSignature &signature,
                  const EmitEntryPointsPassOptions &options, ArrayRef<CPULevel> levels, LLVM::GlobalOp levelTable)
      : b(b), model(model), signature(signature), options(options), levels(levels), levelTable(levelTable),
        buffers(getBuffers(signature)) {
    module = b.getModule();
    for (const CPULevel &level : levels)
      bodies.push_back(module.lookupSymbol<LLVM::LLVMFuncOp>(getLevelName(".body", level)));
    shapes = module.lookupSymbol<LLVM::LLVMFuncOp>(signature.name + ".shapes");
    workspace = module.lookupSymbol<LLVM::LLVMFuncOp>(signature.name + ".workspace");
  }

  LogicalResult check();
  void emitAheadOfTime(DescribedFunction &described);
  void emitPackedOnly();

private:
  /// The name of a level's part of the function: with the CPU where there are several.
  std::string getLevelName(StringRef suffix, const CPULevel &level) const {
    return signature.name + suffix.str() + (levels.size() > 1 ? "." + level.cpu : "");
  }
  SmallVector<Type> getCallTypes();
  bool usesLists(LLVM::LLVMFuncOp body);
  LogicalResult checkBody(LLVM::LLVMFuncOp body);
  LLVM::LLVMFuncOp emitCall(StringRef symbol, LLVM::LLVMFuncOp body, bool isPublic, bool checks);
  void emitChecks(Value context, ValueRange dims, ValueRange pointers, Value workspacePointer, Value workspaceBytes);
  Value getNeededWorkspace(ValueRange dims);
  void emitStateEntry(StringRef symbol, ArrayRef<LLVM::LLVMFuncOp> callees);
  LLVM::LLVMFuncOp emitPacked(StringRef symbol, bool isPublic, ArrayRef<LLVM::LLVMFuncOp> callees, bool inlined);
  LLVM::LLVMFuncOp emitWorkspaceOfArray(StringRef symbol, bool isPublic);
  void emitShapesToArray(StringRef symbol, bool fromArray);
  Value checkCPU(Value context);
  void emitDispatch(Value level, ArrayRef<LLVM::LLVMFuncOp> callees, ValueRange operands);
  void checkWeights(Value frame, Value weights);
  Value narrow(Value dim) {
    return b.index.getWidth() == 64 ? dim : LLVM::TruncOp::create(b, b.index, dim).getResult();
  }
  Value widen(Value size) { return b.index.getWidth() == 64 ? size : LLVM::ZExtOp::create(b, b.i64, size).getResult(); }
  SmallVector<Value> narrow(ValueRange dims) {
    return llvm::map_to_vector(dims, [&](Value dim) { return narrow(dim); });
  }
  SmallVector<Value> loadDims(Value array);
  SmallVector<Value> callShapes(ValueRange dims);
  Value symbolString() { return b.addressOf(b.getString(model.getSymbol(signature))); }
  Value nameString(StringRef name) { return b.addressOf(b.getString(name)); }
  void markBaseline(LLVM::LLVMFuncOp function);

  EntryPointBuilder &b;
  const ModelInterface &model;
  const FunctionSignature &signature;
  const EmitEntryPointsPassOptions &options;
  ArrayRef<CPULevel> levels;
  LLVM::GlobalOp levelTable;
  std::vector<ArgumentSignature> buffers;
  ModuleOp module;
  SmallVector<LLVM::LLVMFuncOp> bodies;
  LLVM::LLVMFuncOp shapes, workspace;
};

} // namespace

//===----------------------------------------------------------------------===//
// What the entry points are made of
//===----------------------------------------------------------------------===//

LogicalResult FunctionEmitter::checkBody(LLVM::LLVMFuncOp body) {
  unsigned expected = 1 + 5; // the frame, the workspace's descriptor
  for (const ArgumentSignature &buffer : buffers) expected += 3 + 2 * buffer.dims.size();
  if (signature.weightsBytes)
    expected -= 4; // a plain pointer
  if (body.getNumArguments() != expected)
    return body.emitError() << "expected " << expected
                            << " arguments, which the signature's buffers take as memref descriptors, but got "
                            << body.getNumArguments();
  return success();
}

LogicalResult FunctionEmitter::check() {
  for (auto [level, body] : llvm::zip_equal(levels, bodies)) {
    if (!body)
      return module.emitError() << "expected the function '" << getLevelName(".body", level)
                                << "' beside its signature";
    if (failed(checkBody(body)))
      return failure();
  }
  LLVM::LLVMFuncOp body = bodies.front();
  if (!signature.workspaceBytes && !workspace)
    return body.emitError() << "expected the function '" << signature.name
                            << ".workspace', because the workspace's size is open";
  if (signature.getNumComputedDims() && !shapes)
    return body.emitError() << "expected the function '" << signature.name
                            << ".shapes', because an output has a computed size";

  SmallVector<LLVM::LLVMFuncOp> parts(bodies);
  parts.append({shapes, workspace});
  for (LLVM::LLVMFuncOp function : parts) {
    if (!function)
      continue;
    function.setLinkage(LLVM::Linkage::Internal);
    function.setDsoLocal(true);
    function.setNoUnwind(true);
    function.setAlwaysInline(true);
    function.removeSymVisibilityAttr();
  }
  // These answer before any check of the CPU.
  for (LLVM::LLVMFuncOp function : {shapes, workspace})
    if (function)
      markBaseline(function);
  return success();
}

void FunctionEmitter::markBaseline(LLVM::LLVMFuncOp function) {
  if (options.baselineCPU.empty())
    return;
  function.setPassthroughAttr(
      b.getArrayAttr({b.getStrArrayAttr({"target-cpu", options.baselineCPU}),
                      b.getStrArrayAttr({"target-features", options.baselineFeatures})}));
}

SmallVector<Value> FunctionEmitter::callShapes(ValueRange dims) {
  unsigned count = signature.getNumComputedDims();
  if (!count)
    return {};
  Value result = LLVM::CallOp::create(b, shapes, narrow(dims)).getResult();
  if (count == 1)
    return {result};
  SmallVector<Value> sizes;
  for (unsigned i = 0; i < count; ++i) sizes.push_back(LLVM::ExtractValueOp::create(b, result, i));
  return sizes;
}

Value FunctionEmitter::getNeededWorkspace(ValueRange dims) {
  if (signature.workspaceBytes)
    return b.constant(b.index, *signature.workspaceBytes);
  return LLVM::CallOp::create(b, workspace, narrow(dims)).getResult();
}

SmallVector<Value> FunctionEmitter::loadDims(Value array) {
  SmallVector<Value> dims;
  for (size_t i = 0; i < signature.dims.size(); ++i) dims.push_back(b.load(b.i64, b.advance(array, 8 * i)));
  return dims;
}

/// Whether the body asks the host for memory.
bool FunctionEmitter::usesLists(LLVM::LLVMFuncOp body) {
  auto isCreate = [](LLVM::CallOp call) {
    return call.getCallee() == "tenon_runtime_list_create" ? WalkResult::interrupt() : WalkResult::advance();
  };
  return body.walk(isCreate).wasInterrupted();
}

/// context, dims, a pointer per buffer, workspace, bytes of workspace.
SmallVector<Type> FunctionEmitter::getCallTypes() {
  SmallVector<Type> types{b.pointer};
  types.append(signature.dims.size(), b.i64);
  types.append(buffers.size() + 1, b.pointer);
  types.push_back(b.index);
  return types;
}

/// The tests in the order of the parameters; what fails is told by the runtime, out of the way of what does not.
void FunctionEmitter::emitChecks(Value context, ValueRange dims, ValueRange pointers, Value workspacePointer,
                                 Value workspaceBytes) {
  auto callRuntime = [&](StringRef name, ArrayRef<Value> arguments) -> Value {
    SmallVector<Value> all{context, symbolString()};
    all.append(arguments.begin(), arguments.end());
    return LLVM::CallOp::create(
               b, b.declare(name, b.i32, llvm::map_to_vector(all, [](Value v) { return v.getType(); })), all)
        .getResult();
  };
  auto badDimension = [&](int64_t dim, Value maximum) {
    // Unsigned, a negative size is larger than any.
    b.returnIf(b.compare(LLVM::ICmpPredicate::ugt, dims[dim], maximum), [&] {
      return callRuntime("tenon_runtime_bad_dimension",
                         {nameString(signature.dims[dim]), dims[dim], b.constant(b.i64, 0), maximum});
    });
  };

  // No buffer may have more bytes than the machine can address.
  const int64_t addressable = b.pointerBytes == 8 ? int64_t(1) << 47 : std::numeric_limits<int32_t>::max();
  SmallVector<int64_t> maxima(signature.dims.size(), addressable);
  SmallVector<std::pair<SmallVector<int64_t>, int64_t>> products; // dims of a buffer with several, and their bound
  for (const ArgumentSignature &buffer : buffers) {
    int64_t bytes = getBytes(buffer.dtype);
    SmallVector<int64_t> open;
    for (const Dimension &dim : buffer.dims) {
      if (dim.isStatic())
        bytes *= std::max<int64_t>(dim.value, 1);
      else if (dim.kind == Dimension::Kind::Named)
        open.push_back(dim.value);
    }
    int64_t bound = std::max<int64_t>(addressable / bytes, 1);
    if (open.size() == 1)
      maxima[open[0]] = std::min(maxima[open[0]], bound);
    else if (open.size() > 1 && !llvm::is_contained(products, std::make_pair(open, bound)))
      products.push_back({open, bound});
  }
  for (size_t i = 0; i < maxima.size(); ++i) badDimension(i, b.constant(b.i64, maxima[i]));
  // Some machines with 32-bit addresses have no instruction for it, but there both are less than 2^31: the quotient in
  // f64 has room for every fraction.
  auto divide = [&](Value lhs, Value rhs) -> Value {
    if (b.pointerBytes == 8)
      return LLVM::UDivOp::create(b, lhs, rhs);
    Type i32 = b.getI32Type(), f64 = b.getF64Type();
    auto real = [&](Value x) { return LLVM::UIToFPOp::create(b, f64, LLVM::TruncOp::create(b, i32, x)); };
    Value quotient = LLVM::FDivOp::create(b, real(lhs), real(rhs));
    return LLVM::ZExtOp::create(b, b.i64, LLVM::FPToUIOp::create(b, i32, quotient));
  };
  for (auto &[open, bound] : products) {
    Value left = b.constant(b.i64, bound);
    for (auto [i, dim] : llvm::enumerate(open)) {
      badDimension(dim, left);
      if (i + 1 < open.size())
        left = divide(left, LLVM::UMaxOp::create(b, dims[dim], b.constant(b.i64, 1)));
    }
  }

  for (auto [buffer, pointer] : llvm::zip_equal(buffers, pointers)) {
    // An empty array may be null.
    bool isEmpty = llvm::any_of(buffer.dims, [](const Dimension &dim) { return dim.isStatic() && dim.value == 0; });
    Value bad = b.compare(LLVM::ICmpPredicate::eq, pointer, b.null());
    for (const Dimension &dim : buffer.dims)
      if (dim.kind == Dimension::Kind::Named)
        bad = LLVM::AndOp::create(b, bad, b.compare(LLVM::ICmpPredicate::ne, dims[dim.value], b.constant(b.i64, 0)));
    if (!isEmpty)
      b.returnIf(bad, [&] { return callRuntime("tenon_runtime_null_pointer", {nameString(buffer.name)}); });
    bool isWeights = signature.weightsBytes && &buffer == &buffers[signature.inputs.size()];
    int64_t alignment = isWeights ? 64 : getBytes(buffer.dtype);
    if (alignment == 1)
      continue;
    Value address = LLVM::PtrToIntOp::create(b, b.index, pointer);
    Value low = LLVM::AndOp::create(b, address, b.constant(b.index, alignment - 1));
    b.returnIf(b.compare(LLVM::ICmpPredicate::ne, low, b.constant(b.index, 0)), [&] {
      return callRuntime("tenon_runtime_misaligned",
                         {nameString(buffer.name), pointer, b.constant(b.index, alignment)});
    });
  }

  if (signature.workspaceBytes == 0)
    return;
  Value needed = getNeededWorkspace(dims);
  b.returnIf(b.compare(LLVM::ICmpPredicate::ult, workspaceBytes, needed),
             [&] { return callRuntime("tenon_runtime_workspace_too_small", {needed, workspaceBytes}); });
  Value isNull = b.compare(LLVM::ICmpPredicate::eq, workspacePointer, b.null());
  if (!signature.workspaceBytes)
    isNull = LLVM::AndOp::create(b, isNull, b.compare(LLVM::ICmpPredicate::ne, needed, b.constant(b.index, 0)));
  b.returnIf(isNull, [&] { return callRuntime("tenon_runtime_null_pointer", {nameString("workspace")}); });
  Value low = LLVM::AndOp::create(b, LLVM::PtrToIntOp::create(b, b.index, workspacePointer), b.constant(b.index, 63));
  b.returnIf(b.compare(LLVM::ICmpPredicate::ne, low, b.constant(b.index, 0)), [&] {
    return callRuntime("tenon_runtime_misaligned",
                       {nameString("workspace"), workspacePointer, b.constant(b.index, 64)});
  });
}

/// The function that makes a frame, checks and runs the body. Pointer attributes stand here and not on the body, which
/// is inlined: so they hold for the loops themselves, without alias scopes.
LLVM::LLVMFuncOp FunctionEmitter::emitCall(StringRef symbol, LLVM::LLVMFuncOp body, bool isPublic, bool checks) {
  LLVM::LLVMFuncOp function = b.startFunction(symbol, b.i32, getCallTypes(), isPublic);
  function.setTargetCpuAttr(body.getTargetCpuAttr());
  function.setTargetFeaturesAttr(body.getTargetFeaturesAttr());
  unsigned numDims = signature.dims.size();
  Value context = function.getArgument(0);
  ValueRange arguments = function.getArguments();
  ValueRange dims = arguments.slice(1, numDims), pointers = arguments.slice(1 + numDims, buffers.size());
  Value workspacePointer = arguments[1 + numDims + buffers.size()], workspaceBytes = arguments.back();

  unsigned firstOutput = buffers.size() - signature.outputs.size();
  for (auto [i, buffer] : llvm::enumerate(buffers)) {
    unsigned argument = 1 + numDims + i;
    function.setArgAttr(argument, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
    bool isVariable = i + signature.variables.size() >= firstOutput && i < firstOutput;
    if (i < firstOutput && !(isVariable && buffer.assigned))
      function.setArgAttr(argument, LLVM::LLVMDialect::getReadonlyAttrName(), b.getUnitAttr());
  }
  function.setArgAttr(1 + numDims + buffers.size(), LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());

  if (checks)
    emitChecks(context, dims, pointers, workspacePointer, workspaceBytes);

  // struct tenon_frame of tenon/runtime/compiled.h
  auto frameType = LLVM::LLVMStructType::getLiteral(b.getContext(), {b.pointer, b.i32, b.i32, b.pointer, b.pointer});
  Value frame;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&function.front());
    frame = LLVM::AllocaOp::create(b, b.pointer, frameType, b.constant(b.i32, 1), /*alignment=*/8);
  }
  Value status = b.advance(frame, b.pointerBytes);
  LLVM::StoreOp::create(b, context, frame);
  LLVM::StoreOp::create(b, b.constant(b.i64, 0), status, /*alignment=*/4); // TENON_OK, and the reserved field
  LLVM::StoreOp::create(b, symbolString(), b.advance(frame, b.pointerBytes + 8));
  if (usesLists(body))
    LLVM::StoreOp::create(b, b.null(), b.advance(frame, 2 * b.pointerBytes + 8));

  if (checks && signature.weightsBytes)
    checkWeights(frame, pointers[signature.inputs.size()]);

  SmallVector<Value> computed = callShapes(dims);
  Value zero = b.constant(b.index, 0), one = b.constant(b.index, 1);
  SmallVector<Value> operands{frame};
  auto addDescriptor = [&](Value pointer, ArrayRef<Value> sizes) {
    operands.append({pointer, pointer, zero});
    operands.append(sizes.begin(), sizes.end());
    SmallVector<Value> strides(sizes.size());
    Value stride = one;
    for (int64_t d = static_cast<int64_t>(sizes.size()) - 1; d >= 0; --d) {
      strides[d] = stride;
      if (d)
        stride = LLVM::MulOp::create(b, stride, sizes[d]);
    }
    operands.append(strides);
  };
  for (auto [i, buffer, pointer] : llvm::enumerate(buffers, pointers)) {
    if (signature.weightsBytes && i == signature.inputs.size()) {
      operands.push_back(pointer);
      continue;
    }
    SmallVector<Value> sizes;
    for (const Dimension &dim : buffer.dims) {
      if (dim.isStatic())
        sizes.push_back(b.constant(b.index, dim.value));
      else
        sizes.push_back(dim.kind == Dimension::Kind::Named ? narrow(dims[dim.value]) : computed[dim.value]);
    }
    addDescriptor(pointer, sizes);
  }
  addDescriptor(workspacePointer, {workspaceBytes});
  LLVM::CallOp::create(b, body, operands);
  // The body has one way in and, whatever goes wrong in it, this one out.
  if (usesLists(body))
    LLVM::CallOp::create(b, b.declare("tenon_runtime_lists_free", b.none, {b.pointer}), frame);
  LLVM::ReturnOp::create(b, b.load(b.i32, status));
  return function;
}

/// The file is this model's: WeightsHeader's magic, hash and size.
void FunctionEmitter::checkWeights(Value frame, Value weights) {
  uint64_t magic;
  std::memcpy(&magic, weightsMagic, sizeof magic);
  Value different;
  for (auto [offset, expected] : {std::pair<int64_t, uint64_t>{offsetof(WeightsHeader, magic), magic},
                                  {offsetof(WeightsHeader, hash), options.hash},
                                  {offsetof(WeightsHeader, bytes), *signature.weightsBytes}}) {
    Value field = b.load(b.i64, b.advance(weights, offset));
    Value differs = b.compare(LLVM::ICmpPredicate::ne, field, b.constant(b.i64, static_cast<int64_t>(expected)));
    different = different ? LLVM::OrOp::create(b, different, differs).getResult() : differs;
  }
  b.returnIf(different, [&]() -> Value {
    constexpr int32_t code = 12; // TENON_ERROR_WEIGHTS
    auto raise = b.declare("tenon_runtime_raise", b.none, {b.pointer, b.i32, b.pointer, b.i32, b.pointer});
    LLVM::CallOp::create(b, raise,
                         ValueRange{frame, b.constant(b.i32, code),
                                    nameString("`weights` is not the file that was written with this object"),
                                    b.constant(b.i32, 0), b.null()});
    return b.constant(b.i32, code);
  });
}

/// The number of the level that this CPU runs; null where there is one. Where it runs none the entry point returns.
Value FunctionEmitter::checkCPU(Value context) {
  const uint64_t least = levels.back().features;
  Value features = b.constant(b.i64, static_cast<int64_t>(least));
  auto unsupported = [&]() -> Value {
    auto function = b.declare("tenon_runtime_cpu_unsupported", b.i32, {b.pointer, b.pointer, b.i64});
    return LLVM::CallOp::create(b, function, ValueRange{context, symbolString(), features}).getResult();
  };
  if (levels.size() > 1) {
    auto function = b.declare("tenon_runtime_cpu_level", b.i32, {b.pointer, b.i32});
    Value count = b.constant(b.i32, levels.size());
    Value level = LLVM::CallOp::create(b, function, ValueRange{b.addressOf(levelTable), count}).getResult();
    if (least)
      b.returnIf(b.compare(LLVM::ICmpPredicate::eq, level, count), unsupported);
    return level;
  }
  if (least) {
    auto supported = LLVM::CallOp::create(b, b.declare("tenon_runtime_cpu_supported", b.i32, {b.i64}), features);
    b.returnIf(b.compare(LLVM::ICmpPredicate::eq, supported.getResult(), b.constant(b.i32, 0)), unsupported);
  }
  return Value();
}

/// Returns what the function for `level` returns.
void FunctionEmitter::emitDispatch(Value level, ArrayRef<LLVM::LLVMFuncOp> callees, ValueRange operands) {
  auto returnCall = [&](LLVM::LLVMFuncOp callee) {
    auto call = LLVM::CallOp::create(b, callee, operands);
    call.setTailCallKind(LLVM::tailcallkind::TailCallKind::Tail);
    LLVM::ReturnOp::create(b, call.getResult());
  };
  Block *here = b.getInsertionBlock();
  SmallVector<Block *> blocks;
  SmallVector<int32_t> numbers;
  for (auto [i, callee] : llvm::enumerate(callees.drop_back())) {
    blocks.push_back(b.createBlock(here->getParent(), here->getParent()->end()));
    numbers.push_back(i);
    returnCall(callee);
  }
  b.setInsertionPointToEnd(here);
  if (!blocks.empty()) {
    Block *last = b.createBlock(here->getParent(), here->getParent()->end());
    b.setInsertionPointToEnd(here);
    LLVM::SwitchOp::create(b, level, last, ValueRange(), numbers, blocks,
                           SmallVector<ValueRange>(blocks.size(), ValueRange()));
    b.setInsertionPointToEnd(last);
  }
  returnCall(callees.back());
}

//===----------------------------------------------------------------------===//
// The entry points
//===----------------------------------------------------------------------===//

/// The C function in front of `callees`, one for each level: checks the CPU, and takes the state as one pointer.
void FunctionEmitter::emitStateEntry(StringRef symbol, ArrayRef<LLVM::LLVMFuncOp> callees) {
  unsigned numDims = signature.dims.size(), numVariables = signature.variables.size();
  unsigned numInputs = buffers.size() - numVariables - signature.outputs.size();
  SmallVector<Type> types{b.pointer};
  types.append(numDims, b.i64);
  types.append(numInputs + (numVariables ? 1 : 0) + signature.outputs.size() + 1, b.pointer);
  types.push_back(b.index);
  LLVM::LLVMFuncOp function = b.startFunction(symbol, b.i32, types, /*isPublic=*/true);
  markBaseline(function);
  Value context = function.getArgument(0);
  Value level = checkCPU(context);
  SmallVector<Value> operands(function.getArguments());
  if (numVariables) {
    unsigned position = 1 + numDims + numInputs;
    Value state = operands[position];
    b.returnIf(b.compare(LLVM::ICmpPredicate::eq, state, b.null()), [&]() -> Value {
      auto error = b.declare("tenon_runtime_null_pointer", b.i32, {b.pointer, b.pointer, b.pointer});
      return LLVM::CallOp::create(b, error, ValueRange{context, symbolString(), nameString("state")}).getResult();
    });
    SmallVector<Value> fields;
    for (const ArgumentSignature &variable : signature.variables)
      fields.push_back(b.advance(state, model.findVariable(variable.name)->offset));
    operands.erase(operands.begin() + position);
    operands.insert(operands.begin() + position, fields.begin(), fields.end());
  }
  emitDispatch(level, callees, operands);
}

/// `tenon_packed_fn` of tenon/runtime/abi.h.
LLVM::LLVMFuncOp FunctionEmitter::emitPacked(StringRef symbol, bool isPublic, ArrayRef<LLVM::LLVMFuncOp> callees,
                                             bool inlined) {
  LLVM::LLVMFuncOp function =
      b.startFunction(symbol, b.i32, {b.pointer, b.pointer, b.pointer, b.pointer, b.index}, isPublic);
  Value level;
  if (!inlined) {
    markBaseline(function);
    level = checkCPU(function.getArgument(0));
  }
  SmallVector<Value> operands{function.getArgument(0)};
  llvm::append_range(operands, loadDims(function.getArgument(2)));
  for (size_t i = 0; i < buffers.size(); ++i)
    operands.push_back(b.load(b.pointer, b.advance(function.getArgument(1), b.pointerBytes * i)));
  operands.append({function.getArgument(3), function.getArgument(4)});
  emitDispatch(level, callees, operands);
  return function;
}

/// `size_t f(const int64_t *dims)`.
LLVM::LLVMFuncOp FunctionEmitter::emitWorkspaceOfArray(StringRef symbol, bool isPublic) {
  LLVM::LLVMFuncOp function = b.startFunction(symbol, b.index, {b.pointer}, isPublic);
  markBaseline(function);
  LLVM::ReturnOp::create(b, getNeededWorkspace(loadDims(function.getArgument(0))));
  return function;
}

/// `void f(dims..., int64_t *sizes)`, or `void f(const int64_t *dims, int64_t *sizes)`.
void FunctionEmitter::emitShapesToArray(StringRef symbol, bool fromArray) {
  SmallVector<Type> types(fromArray ? 1 : signature.dims.size(), fromArray ? Type(b.pointer) : Type(b.i64));
  types.push_back(b.pointer);
  LLVM::LLVMFuncOp function = b.startFunction(symbol, b.none, types, /*isPublic=*/true);
  markBaseline(function);
  SmallVector<Value> dims(function.getArguments().drop_back());
  if (fromArray)
    dims = loadDims(function.getArgument(0));
  for (auto [i, size] : llvm::enumerate(callShapes(dims)))
    LLVM::StoreOp::create(b, widen(size), b.advance(function.getArguments().back(), 8 * i));
  LLVM::ReturnOp::create(b, ValueRange());
}

void FunctionEmitter::emitAheadOfTime(DescribedFunction &described) {
  std::string symbol = model.getSymbol(signature);
  bool direct = !takesState(signature) && levels.size() == 1 && !levels.front().features;
  SmallVector<LLVM::LLVMFuncOp> calls;
  for (auto [level, body] : llvm::zip_equal(levels, bodies))
    calls.push_back(emitCall(direct ? symbol : getLevelName(".call", level), body, /*isPublic=*/direct,
                             /*checks=*/true));
  if (!direct)
    emitStateEntry(symbol, calls);
  if (!signature.workspaceBytes) {
    LLVM::LLVMFuncOp function = b.startFunction(model.getSymbol(signature, "_workspace_bytes"), b.index,
                                                SmallVector<Type>(signature.dims.size(), b.i64), /*isPublic=*/true);
    markBaseline(function);
    LLVM::ReturnOp::create(b, getNeededWorkspace(function.getArguments()));
  }
  if (signature.getNumComputedDims())
    emitShapesToArray(model.getSymbol(signature, "_output_dims"), /*fromArray=*/false);

  described.signature = &signature;
  described.arguments = buffers;
  described.packed = emitPacked(signature.name + ".packed", /*isPublic=*/false, calls, /*inlined=*/false);
  if (signature.workspaceBytes != 0)
    described.workspace = emitWorkspaceOfArray(signature.name + ".workspace_of", /*isPublic=*/false);
}

void FunctionEmitter::emitPackedOnly() {
  LLVM::LLVMFuncOp call = emitCall(signature.name + ".call", bodies.front(), /*isPublic=*/false, /*checks=*/false);
  call.setAlwaysInline(true);
  emitPacked(signature.name, /*isPublic=*/true, call, /*inlined=*/true);
  if (!signature.workspaceBytes)
    emitWorkspaceOfArray(signature.name + "_workspace", /*isPublic=*/true);
  if (signature.getNumComputedDims())
    emitShapesToArray(signature.name + "_shapes", /*fromArray=*/true);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct EmitEntryPointsPass : tenon::impl::EmitEntryPointsPassBase<EmitEntryPointsPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<ModelInterface> model = ModelInterface::get(module, /*aheadOfTime=*/!packedOnly);
    if (failed(model))
      return signalPassFailure();
    EmitEntryPointsPassOptions options;
    options.packedOnly = packedOnly;
    options.baselineCPU = baselineCPU;
    options.baselineFeatures = baselineFeatures;
    options.hash = hash;
    FailureOr<SmallVector<CPULevel>> levels = parseLevels();
    if (failed(levels))
      return signalPassFailure();

    auto width = DataLayout(module).getTypeSizeInBits(IndexType::get(&getContext()));
    EntryPointBuilder b(module, width.getFixedValue());
    // What was there before is nobody else's business.
    for (auto function : module.getOps<LLVM::LLVMFuncOp>())
      if (!function.isExternal())
        function.setLinkage(LLVM::Linkage::Internal);
    for (auto global : module.getOps<LLVM::GlobalOp>()) global.setLinkage(LLVM::Linkage::Internal);

    LLVM::GlobalOp levelTable = packedOnly ? LLVM::GlobalOp() : emitLevels(b, *levels);
    SmallVector<DescribedFunction> described(model->functions.size());
    for (auto [i, signature] : llvm::enumerate(model->functions)) {
      FunctionEmitter emitter(b, *model, signature, options, *levels, levelTable);
      if (failed(emitter.check()))
        return signalPassFailure();
      if (packedOnly)
        emitter.emitPackedOnly();
      else
        emitter.emitAheadOfTime(described[i]);
    }
    if (!packedOnly)
      emitDescription(b, *model, described, *levels, levelTable, hash);
    for (auto variable : llvm::make_early_inc_range(module.getOps<VariableOp>())) variable.erase();
    for (auto function : module.getOps<LLVM::LLVMFuncOp>()) function->removeAttr(FunctionSignature::attributeName);
  }

  /// At least one level; the JIT's has no name.
  FailureOr<SmallVector<CPULevel>> parseLevels() {
    SmallVector<CPULevel> result;
    for (StringRef text : levels) {
      auto [name, number] = text.rsplit(':');
      CPULevel level{name.str()};
      if (name.empty() || number.getAsInteger(0, level.features))
        return getOperation().emitError()
               << "expected `levels` to be names with features, as x86-64-v3:0x7fff, but got '" << text << "'";
      result.push_back(level);
    }
    if (result.empty())
      result.emplace_back();
    return result;
  }
};
} // namespace

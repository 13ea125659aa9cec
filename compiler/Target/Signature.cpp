// Signatures from traced functions, and to and from the attribute that carries them through the pipeline.
#include "compiler/Target/Signature.h"

#include "dialects/Tenon/Dialect.h"
#include "dialects/Tenon/Shapes.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::tenon;

FailureOr<DType> mlir::tenon::getDType(Type type) {
  if (type.isF32())
    return DType::F32;
  if (type.isF64())
    return DType::F64;
  if (type.isF16())
    return DType::F16;
  if (type.isBF16())
    return DType::BF16;
  if (type.isUnsignedInteger(8))
    return DType::U8;
  if (type.isSignlessInteger(8))
    return DType::I8;
  if (type.isSignlessInteger(16))
    return DType::I16;
  if (type.isSignlessInteger(32))
    return DType::I32;
  if (type.isSignlessInteger(64))
    return DType::I64;
  if (type.isSignlessInteger(1))
    return DType::I1;
  return failure();
}

Type mlir::tenon::getElementType(DType dtype, MLIRContext *context) {
  Builder b(context);
  switch (dtype) {
  case DType::F32: return b.getF32Type();
  case DType::F64: return b.getF64Type();
  case DType::F16: return b.getF16Type();
  case DType::BF16: return b.getBF16Type();
  case DType::I8: return b.getI8Type();
  case DType::I16: return b.getI16Type();
  case DType::I32: return b.getI32Type();
  case DType::I64: return b.getI64Type();
  case DType::U8: return b.getIntegerType(8, /*isSigned=*/false);
  case DType::I1: return b.getI1Type();
  }
  llvm_unreachable("a dtype is one of the enumeration");
}

static constexpr StringLiteral dtypeNames[] = {"f32", "f64", "f16", "bf16", "i8", "i16", "i32", "i64", "u8", "i1"};
static constexpr unsigned dtypeBytes[] = {4, 8, 2, 2, 1, 2, 4, 8, 1, 1};

StringRef mlir::tenon::getName(DType dtype) { return dtypeNames[static_cast<int>(dtype)]; }
unsigned mlir::tenon::getBytes(DType dtype) { return dtypeBytes[static_cast<int>(dtype)]; }

static std::optional<DType> parseDType(StringRef name) {
  for (auto [i, candidate] : llvm::enumerate(dtypeNames))
    if (name == candidate)
      return static_cast<DType>(i);
  return std::nullopt;
}

int64_t ArgumentSignature::getStaticBytes() const {
  int64_t bytes = getBytes(dtype);
  for (const Dimension &dim : dims) bytes *= dim.value;
  return bytes;
}

unsigned FunctionSignature::getNumComputedDims() const {
  unsigned count = 0;
  for (const ArgumentSignature &output : outputs)
    count += llvm::count_if(output.dims, [](const Dimension &dim) { return dim.kind == Dimension::Kind::Computed; });
  return count;
}

//===----------------------------------------------------------------------===//
// From a traced function
//===----------------------------------------------------------------------===//

/// The name that `tenon.dims` gives dimension `i`; empty where it gives none.
static StringRef getDimName(ArrayAttr names, unsigned i) {
  if (!names || i >= names.size())
    return "";
  auto name = dyn_cast<StringAttr>(names[i]);
  return name ? name.getValue() : StringRef();
}

/// The name of the argument's dimension that an open dimension of a body's value repeats; empty where it is computed.
static StringRef getDimName(func::FuncOp function, Value value, int64_t axis) {
  while (auto result = dyn_cast<OpResult>(value)) {
    if (!isa<TenonDialect>(result.getOwner()->getDialect()))
      return "";
    DimSource source = sourceOfDim(result, axis);
    if (source.scalar) {
      auto dim = source.scalar.getDefiningOp<DimOp>();
      if (!dim)
        return "";
      source = {dim.getInput(), static_cast<int64_t>(dim.getAxis()), {}};
    }
    if (!source.tensor)
      return "";
    value = source.tensor;
    axis = source.axis;
  }
  auto argument = cast<BlockArgument>(value);
  if (argument.getOwner() != &function.front())
    return "";
  return getDimName(function.getArgAttrOfType<ArrayAttr>(argument.getArgNumber(), "tenon.dims"), axis);
}

FailureOr<FunctionSignature> FunctionSignature::fromFunction(func::FuncOp function) {
  FunctionSignature signature;
  signature.name = function.getSymName().str();
  auto start = [&](Type type, Twine what) -> FailureOr<ArgumentSignature> {
    auto tensor = dyn_cast<RankedTensorType>(type);
    FailureOr<DType> dtype = tensor ? getDType(tensor.getElementType()) : FailureOr<DType>();
    if (failed(dtype))
      return function.emitError() << "an entry point takes and returns ranked tensors of Tenon's dtypes, but " << what
                                  << " of '" << function.getSymName() << "' is " << type;
    ArgumentSignature argument;
    argument.dtype = *dtype;
    return argument;
  };
  auto findDim = [&](StringRef name) -> std::optional<int64_t> {
    for (auto [i, known] : llvm::enumerate(signature.dims))
      if (known == name)
        return i;
    return std::nullopt;
  };

  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    FailureOr<ArgumentSignature> argument = start(type, "argument " + Twine(i));
    if (failed(argument))
      return failure();
    auto name = function.getArgAttrOfType<StringAttr>(i, "tenon.name");
    argument->name = name ? name.str() : ("input" + Twine(i)).str();
    argument->captured = static_cast<bool>(function.getArgAttr(i, "tenon.capture"));
    auto names = function.getArgAttrOfType<ArrayAttr>(i, "tenon.dims");
    for (auto [d, size] : llvm::enumerate(cast<RankedTensorType>(type).getShape())) {
      if (!ShapedType::isDynamic(size)) {
        argument->dims.push_back(Dimension::ofSize(size));
        continue;
      }
      std::string dim = getDimName(names, d).str();
      if (dim.empty())
        dim = (argument->name + "_dim" + Twine(d)).str();
      std::optional<int64_t> index = findDim(dim);
      if (!index) {
        index = signature.dims.size();
        signature.dims.push_back(dim);
      }
      argument->dims.push_back(Dimension::named(*index));
    }
    signature.inputs.push_back(std::move(*argument));
  }

  auto returned = function.isExternal() ? nullptr : dyn_cast<func::ReturnOp>(function.back().getTerminator());
  int64_t numComputed = 0;
  for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
    FailureOr<ArgumentSignature> argument = start(type, "result " + Twine(i));
    if (failed(argument))
      return failure();
    auto name = function.getResultAttrOfType<StringAttr>(i, "tenon.name");
    argument->name = name ? name.str() : ("output" + Twine(i)).str();
    auto names = function.getResultAttrOfType<ArrayAttr>(i, "tenon.dims");
    for (auto [d, size] : llvm::enumerate(cast<RankedTensorType>(type).getShape())) {
      if (!ShapedType::isDynamic(size)) {
        argument->dims.push_back(Dimension::ofSize(size));
        continue;
      }
      StringRef dim = getDimName(names, d);
      if (dim.empty() && returned)
        dim = getDimName(function, returned->getOperand(i), d);
      std::optional<int64_t> index = dim.empty() ? std::nullopt : findDim(dim);
      argument->dims.push_back(index ? Dimension::named(*index) : Dimension::computed(numComputed++));
    }
    signature.outputs.push_back(std::move(*argument));
  }

  // The module's order of variables, not the body's: functions of one model that use the same variables agree on it.
  llvm::DenseMap<StringAttr, bool> used; // name -> assigned
  function.walk([&](Operation *op) {
    if (auto read = dyn_cast<ReadOp>(op))
      used.try_emplace(read.getVariableAttr().getAttr(), false);
    else if (auto assign = dyn_cast<AssignOp>(op))
      used[assign.getVariableAttr().getAttr()] = true;
  });
  auto module = function->getParentOfType<ModuleOp>();
  if (!module)
    return signature;
  for (auto variable : module.getOps<VariableOp>()) {
    auto it = used.find(variable.getSymNameAttr());
    if (it == used.end())
      continue;
    auto type = cast<RankedTensorType>(variable.getType());
    if (!type.hasStaticShape())
      return variable.emitError() << "variable '" << variable.getSymName() << "' has an open dimension: " << type
                                  << "; the state of an entry point has static shapes";
    FailureOr<ArgumentSignature> argument = start(type, "variable '" + variable.getSymName() + "'");
    if (failed(argument))
      return failure();
    argument->name = variable.getSymName().str();
    argument->assigned = it->second;
    for (int64_t size : type.getShape()) argument->dims.push_back(Dimension::ofSize(size));
    signature.variables.push_back(std::move(*argument));
  }
  return signature;
}

//===----------------------------------------------------------------------===//
// To and from the attribute
//===----------------------------------------------------------------------===//

// A dimension is written as its size (64), as its name ("batch"), or as a result of the shape function ([0]).
static ArrayAttr argumentsToAttribute(Builder &b, ArrayRef<ArgumentSignature> arguments,
                                      ArrayRef<std::string> dimNames) {
  SmallVector<Attribute> result;
  for (const ArgumentSignature &argument : arguments) {
    SmallVector<Attribute> dims;
    for (const Dimension &dim : argument.dims) {
      if (dim.kind == Dimension::Kind::Named)
        dims.push_back(b.getStringAttr(dimNames[dim.value]));
      else if (dim.isStatic())
        dims.push_back(b.getI64IntegerAttr(dim.value));
      else
        dims.push_back(b.getI64ArrayAttr({dim.value}));
    }
    SmallVector<NamedAttribute> fields{b.getNamedAttr("name", b.getStringAttr(argument.name)),
                                       b.getNamedAttr("dtype", b.getStringAttr(getName(argument.dtype))),
                                       b.getNamedAttr("dims", b.getArrayAttr(dims))};
    if (argument.captured)
      fields.push_back(b.getNamedAttr("captured", b.getUnitAttr()));
    if (argument.assigned)
      fields.push_back(b.getNamedAttr("assigned", b.getUnitAttr()));
    result.push_back(b.getDictionaryAttr(fields));
  }
  return b.getArrayAttr(result);
}

DictionaryAttr FunctionSignature::toAttribute(MLIRContext *context) const {
  Builder b(context);
  SmallVector<Attribute> names;
  for (const std::string &dim : dims) names.push_back(b.getStringAttr(dim));
  Attribute workspace = b.getUnitAttr();
  if (workspaceBytes)
    workspace = b.getI64IntegerAttr(*workspaceBytes);
  SmallVector<NamedAttribute> fields{b.getNamedAttr("name", b.getStringAttr(name)),
                                     b.getNamedAttr("dims", b.getArrayAttr(names)),
                                     b.getNamedAttr("inputs", argumentsToAttribute(b, inputs, dims)),
                                     b.getNamedAttr("variables", argumentsToAttribute(b, variables, dims)),
                                     b.getNamedAttr("outputs", argumentsToAttribute(b, outputs, dims)),
                                     b.getNamedAttr("workspace", workspace)};
  if (weightsBytes)
    fields.push_back(b.getNamedAttr("weights", b.getI64IntegerAttr(*weightsBytes)));
  if (stateOnError != StateOnError::PartlyWritten)
    fields.push_back(b.getNamedAttr("keeps_state", b.getBoolAttr(stateOnError == StateOnError::Kept)));
  return b.getDictionaryAttr(fields);
}

static LogicalResult argumentsFromAttribute(Attribute attribute, ArrayRef<std::string> dimNames,
                                            SmallVectorImpl<ArgumentSignature> &arguments,
                                            function_ref<InFlightDiagnostic()> emitError) {
  auto array = dyn_cast_or_null<ArrayAttr>(attribute);
  if (!array)
    return emitError() << "tenon.signature: expected an array of arguments";
  for (Attribute element : array) {
    auto fields = dyn_cast<DictionaryAttr>(element);
    auto name = fields ? fields.getAs<StringAttr>("name") : StringAttr();
    auto dtypeName = fields ? fields.getAs<StringAttr>("dtype") : StringAttr();
    auto dims = fields ? fields.getAs<ArrayAttr>("dims") : ArrayAttr();
    std::optional<DType> dtype = dtypeName ? parseDType(dtypeName) : std::nullopt;
    if (!name || !dtype || !dims)
      return emitError()
             << "tenon.signature: an argument is {name = \"x\", dtype = \"f32\", dims = [64, \"batch\"]}, but got "
             << element;
    ArgumentSignature argument;
    argument.name = name.str();
    argument.dtype = *dtype;
    argument.captured = fields.contains("captured");
    argument.assigned = fields.contains("assigned");
    for (Attribute dim : dims) {
      if (auto size = dyn_cast<IntegerAttr>(dim); size && size.getInt() >= 0) {
        argument.dims.push_back(Dimension::ofSize(size.getInt()));
      } else if (auto dimName = dyn_cast<StringAttr>(dim)) {
        auto *it = llvm::find(dimNames, dimName.getValue());
        if (it == dimNames.end())
          return emitError() << "tenon.signature: " << name << " has dimension " << dimName
                             << ", which `dims` does not list";
        argument.dims.push_back(Dimension::named(it - dimNames.begin()));
      } else if (auto computed = dyn_cast<ArrayAttr>(dim);
                 computed && computed.size() == 1 && isa<IntegerAttr>(computed[0])) {
        argument.dims.push_back(Dimension::computed(cast<IntegerAttr>(computed[0]).getInt()));
      } else {
        return emitError() << "tenon.signature: a dimension is a size, a name or [result of the shape function], but "
                           << name << " has " << dim;
      }
    }
    arguments.push_back(std::move(argument));
  }
  return success();
}

FailureOr<FunctionSignature> FunctionSignature::fromAttribute(Attribute attribute,
                                                              function_ref<InFlightDiagnostic()> emitError) {
  auto fields = dyn_cast_or_null<DictionaryAttr>(attribute);
  auto name = fields ? fields.getAs<StringAttr>("name") : StringAttr();
  auto dims = fields ? fields.getAs<ArrayAttr>("dims") : ArrayAttr();
  if (!name || !dims)
    return emitError() << "tenon.signature: expected {name, dims, inputs, variables, outputs, workspace}, but got "
                       << attribute;
  FunctionSignature signature;
  signature.name = name.str();
  for (Attribute dim : dims) {
    auto dimName = dyn_cast<StringAttr>(dim);
    if (!dimName)
      return emitError() << "tenon.signature: `dims` holds names, but got " << dim;
    signature.dims.push_back(dimName.str());
  }
  if (failed(argumentsFromAttribute(fields.get("inputs"), signature.dims, signature.inputs, emitError)) ||
      failed(argumentsFromAttribute(fields.get("variables"), signature.dims, signature.variables, emitError)) ||
      failed(argumentsFromAttribute(fields.get("outputs"), signature.dims, signature.outputs, emitError)))
    return failure();
  if (auto bytes = fields.getAs<IntegerAttr>("workspace"))
    signature.workspaceBytes = bytes.getInt();
  else
    signature.workspaceBytes = std::nullopt;
  if (auto bytes = fields.getAs<IntegerAttr>("weights"))
    signature.weightsBytes = bytes.getInt();
  if (auto always = fields.getAs<BoolAttr>("keeps_state"))
    signature.stateOnError = always.getValue() ? StateOnError::Kept : StateOnError::KeptUnlessCancelled;
  return signature;
}

FailureOr<FunctionSignature> FunctionSignature::get(Operation *function) {
  Attribute attribute = function->getAttr(attributeName);
  if (!attribute)
    return function->emitError() << "expected the attribute `" << attributeName << "`, which entry points carry after "
                                 << "--tenon-prepare-entry-points";
  return fromAttribute(attribute, [&] { return function->emitError(); });
}

// Writes the structs of tenon/runtime/abi.h as constants: names, dtypes, dims, entry points.
#include "compiler/Target/Describe.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace mlir::tenon;

// tenon/runtime/abi.h
static constexpr uint32_t abiVersion = 0x00010002;
enum ArgumentKind { Input = 0, State = 1, Output = 2 };
static int32_t getABIDType(DType dtype) { return static_cast<int32_t>(dtype) + 1; }
/// What stands for the size of a dimension that is computed from the others.
static constexpr int64_t computedDim = std::numeric_limits<int64_t>::min();

namespace {
/// A variable's first value as a constant; null where it is zeros.
struct InitialValue {
  LLVM::GlobalOp global;
  /// Of the variable, or of one element, which all of them equal.
  int64_t bytes = 0;
};
} // namespace

static InitialValue getInitialValue(EntryPointBuilder &b, const VariableLayout &variable) {
  const int64_t bytes = variable.argument.getStaticBytes(), elementBytes = getBytes(variable.argument.dtype);
  if (!variable.initial || bytes == 0)
    return {};
  ElementsAttr value = variable.initial;
  const bool isRepeated = bytes > elementBytes && value.isSplat();
  std::string name = "tenon.initial." + variable.argument.name;
  if (auto known = b.getModule().lookupSymbol<LLVM::GlobalOp>(name))
    return {known, isRepeated ? elementBytes : bytes};
  if (auto dense = dyn_cast<DenseElementsAttr>(value); dense && dense.isSplat()) {
    Attribute element = dense.getSplatValue<Attribute>();
    bool isZero = false;
    if (auto integer = dyn_cast<IntegerAttr>(element))
      isZero = integer.getValue().isZero();
    else if (auto real = dyn_cast<FloatAttr>(element))
      isZero = real.getValue().isPosZero();
    if (isZero)
      return {};
  }
  if (isRepeated)
    value = cast<DenseElementsAttr>(value).resizeSplat(RankedTensorType::get({}, value.getElementType()));
  // u8 and i1 are bytes in memory.
  auto type = cast<RankedTensorType>(value.getType());
  Type elementType = type.getElementType();
  if (elementType.isUnsignedInteger(8) || elementType.isInteger(1)) {
    SmallVector<uint8_t> bytes;
    for (const APInt &element : value.getValues<APInt>()) bytes.push_back(static_cast<uint8_t>(element.getZExtValue()));
    elementType = b.i8;
    value = DenseElementsAttr::get(RankedTensorType::get({static_cast<int64_t>(bytes.size())}, b.i8),
                                   ArrayRef<uint8_t>(bytes));
  }
  Type arrayType = elementType;
  for (int64_t size : llvm::reverse(cast<RankedTensorType>(value.getType()).getShape()))
    arrayType = LLVM::LLVMArrayType::get(arrayType, size);
  if (type.getRank() == 0)
    return {b.createConstant(name, elementType, *value.value_begin<Attribute>(), elementBytes), elementBytes};
  return {b.createConstant(name, arrayType, value, 64), bytes};
}

/// `<model>_state_init`: the runtime does it, by the table.
static void emitStateInit(EntryPointBuilder &b, const ModelInterface &model, LLVM::GlobalOp info) {
  LLVM::LLVMFuncOp function = b.startFunction(model.name + "_state_init", b.none, {b.pointer}, /*isPublic=*/true);
  auto callee = b.declare("tenon_runtime_state_init", b.none, {b.pointer, b.pointer});
  LLVM::CallOp::create(b, callee, ValueRange{b.addressOf(info), function.getArgument(0)});
  LLVM::ReturnOp::create(b, ValueRange());
}

/// `<model>_state_save` or `_load`: the runtime does it, by the table.
static void emitStateCopy(EntryPointBuilder &b, const ModelInterface &model, StringRef what, LLVM::GlobalOp info) {
  std::string symbol = (model.name + "_state_" + what).str();
  LLVM::LLVMFuncOp function =
      b.startFunction(symbol, b.i32, {b.pointer, b.pointer, b.pointer, b.index}, /*isPublic=*/true);
  auto callee = b.declare(("tenon_runtime_state_" + what).str(), b.i32,
                          {b.pointer, b.pointer, b.pointer, b.pointer, b.pointer, b.index});
  ValueRange arguments = function.getArguments();
  LLVM::ReturnOp::create(b,
                         LLVM::CallOp::create(b, callee,
                                              ValueRange{arguments[0], b.addressOf(b.getString(symbol)),
                                                         b.addressOf(info), arguments[1], arguments[2], arguments[3]})
                             .getResult());
}

/// The constant array of sizes, one for all arguments that have the same; null for none.
static LLVM::GlobalOp getDims(EntryPointBuilder &b, ArrayRef<int64_t> sizes) {
  if (sizes.empty())
    return nullptr;
  std::string name = "tenon.dims";
  for (int64_t size : sizes) name += "." + std::to_string(size);
  if (auto known = b.getModule().lookupSymbol<LLVM::GlobalOp>(name))
    return known;
  return b.createConstant(name, LLVM::LLVMArrayType::get(b.i64, sizes.size()), b.getI64TensorAttr(sizes), 8);
}

/// The table of struct tenon_state_info, and the functions that it lists.
static LLVM::GlobalOp emitState(EntryPointBuilder &b, const ModelInterface &model) {
  MLIRContext *context = b.getContext();
  auto ptr = b.pointer;
  auto variableType = LLVM::LLVMStructType::getLiteral(context, {ptr, b.i32, b.i32, ptr, ptr, b.i64, b.i64, b.i64});
  auto stateType = LLVM::LLVMStructType::getLiteral(context, {b.i32, b.i32, ptr, b.i64, b.i64, b.i64, ptr, ptr, ptr});
  SmallVector<LLVM::GlobalOp> dims;
  SmallVector<InitialValue> initial;
  for (const VariableLayout &variable : model.variables) {
    dims.push_back(getDims(b, llvm::map_to_vector(variable.argument.dims, [](Dimension d) { return d.value; })));
    initial.push_back(getInitialValue(b, variable));
  }
  auto addressOrNull = [&](LLVM::GlobalOp global) { return global ? b.addressOf(global) : b.null(); };
  auto variables =
      b.createTable("tenon.state.variables", LLVM::LLVMArrayType::get(variableType, model.variables.size()), [&] {
        SmallVector<Value> rows;
        for (auto [i, variable] : llvm::enumerate(model.variables)) {
          const ArgumentSignature &argument = variable.argument;
          rows.push_back(b.makeStruct(
              variableType, {b.addressOf(b.getString(argument.name)), b.constant(b.i32, getABIDType(argument.dtype)),
                             b.constant(b.i32, argument.dims.size()), addressOrNull(dims[i]),
                             addressOrNull(initial[i].global), b.constant(b.i64, initial[i].bytes),
                             b.constant(b.i64, variable.offset), b.constant(b.i64, argument.getStaticBytes())}));
        }
        return b.makeArray(variableType, rows);
      });
  // The table names the functions, which name the table.
  auto info = b.createTable("tenon.state", stateType, [&] {
    int64_t structBytes = llvm::alignTo(40 + 3 * b.pointerBytes, 8);
    SmallVector<Value> fields{b.constant(b.i32, structBytes),
                              b.constant(b.i32, model.variables.size()),
                              b.addressOf(variables),
                              b.constant(b.i64, model.stateBytes),
                              b.constant(b.i64, model.savedBytes),
                              b.constant(b.i64, static_cast<int64_t>(model.stateHash))};
    for (const char *what : {"_state_init", "_state_save", "_state_load"})
      fields.push_back(LLVM::AddressOfOp::create(b, ptr, model.name + what));
    return b.makeStruct(stateType, fields);
  });
  emitStateInit(b, model, info);
  for (const char *what : {"save", "load"}) emitStateCopy(b, model, what, info);
  return info;
}

LLVM::GlobalOp mlir::tenon::emitLevels(EntryPointBuilder &b, ArrayRef<CPULevel> levels) {
  auto type = LLVM::LLVMStructType::getLiteral(b.getContext(), {b.pointer, b.i64});
  return b.createTable("tenon.levels", LLVM::LLVMArrayType::get(type, levels.size()), [&] {
    SmallVector<Value> rows;
    for (const CPULevel &level : levels)
      rows.push_back(b.makeStruct(type, {b.addressOf(b.getString(level.cpu)),
                                         b.constant(b.i64, static_cast<int64_t>(level.features))}));
    return b.makeArray(type, rows);
  });
}

void mlir::tenon::emitDescription(EntryPointBuilder &b, const ModelInterface &model,
                                  ArrayRef<DescribedFunction> functions, ArrayRef<CPULevel> levels,
                                  LLVM::GlobalOp levelTable, uint64_t modelHash) {
  MLIRContext *context = b.getContext();
  ModuleOp module = b.getModule();
  auto literal = [&](ArrayRef<Type> fields) { return LLVM::LLVMStructType::getLiteral(context, fields); };
  auto ptr = b.pointer;
  auto argumentType = literal({ptr, b.i32, b.i32, b.i32, b.i32, ptr, ptr});
  auto functionType = literal({ptr, ptr, b.i32, b.i32, ptr, ptr, ptr, ptr, b.i64});
  auto modelType = literal({b.i32, b.i32, ptr, ptr, ptr, ptr, b.i64, b.i64, b.i32, b.i32, ptr, ptr, ptr, b.i32, b.i32});
  auto string = [&](StringRef text) { return b.addressOf(b.getString(text)); };
  auto number = [&](int64_t value) { return b.constant(b.i32, value); };

  LLVM::GlobalOp state = model.hasState() ? emitState(b, model) : LLVM::GlobalOp();

  // Tables of tables: the inner ones first, because an initializer can only name what exists.
  struct Tables {
    LLVM::GlobalOp arguments, dimNames;
  };
  SmallVector<Tables> tables;
  for (const DescribedFunction &described : functions) {
    const FunctionSignature &signature = *described.signature;
    Tables table;
    SmallVector<LLVM::GlobalOp> dims, initial;
    for (const ArgumentSignature &argument : described.arguments) {
      SmallVector<int64_t> sizes;
      for (const Dimension &dim : argument.dims)
        sizes.push_back(dim.isStatic() ? dim.value : dim.kind == Dimension::Kind::Named ? ~dim.value : computedDim);
      dims.push_back(getDims(b, sizes));
      const VariableLayout *variable =
          llvm::is_contained(signature.variables, argument) ? model.findVariable(argument.name) : nullptr;
      InitialValue value = variable ? getInitialValue(b, *variable) : InitialValue();
      initial.push_back(value.global && value.bytes == argument.getStaticBytes() ? value.global : LLVM::GlobalOp());
    }
    unsigned firstOutput = described.arguments.size() - signature.outputs.size();
    unsigned firstState = firstOutput - signature.variables.size();
    auto argumentArray = LLVM::LLVMArrayType::get(argumentType, described.arguments.size());
    table.arguments = b.createTable(signature.name + ".arguments", argumentArray, [&] {
      SmallVector<Value> rows;
      for (auto [i, argument] : llvm::enumerate(described.arguments))
        rows.push_back(b.makeStruct(argumentType, {string(argument.name),
                                                   number(i < firstState    ? Input
                                                          : i < firstOutput ? State
                                                                            : Output),
                                                   number(getABIDType(argument.dtype)), number(argument.dims.size()),
                                                   number(0), dims[i] ? b.addressOf(dims[i]) : b.null(),
                                                   initial[i] ? b.addressOf(initial[i]) : b.null()}));
      return b.makeArray(argumentType, rows);
    });
    if (!signature.dims.empty())
      table.dimNames =
          b.createTable(signature.name + ".dim_names", LLVM::LLVMArrayType::get(ptr, signature.dims.size()), [&] {
            SmallVector<Value> names;
            for (const std::string &dim : signature.dims) names.push_back(string(dim));
            return b.makeArray(ptr, names);
          });
    tables.push_back(table);
  }

  auto hash = [&](StringRef name) {
    return b.constant(b.i64, static_cast<int64_t>(modelHash ^ llvm::xxh3_64bits(name)));
  };
  LLVM::GlobalOp functionTable =
      b.createTable("tenon.functions", LLVM::LLVMArrayType::get(functionType, functions.size()), [&] {
        SmallVector<Value> rows;
        for (auto [described, table] : llvm::zip_equal(functions, tables)) {
          const FunctionSignature &signature = *described.signature;
          rows.push_back(b.makeStruct(functionType, {string(signature.name), string(model.getSymbol(signature)),
                                                     number(described.arguments.size()), number(signature.dims.size()),
                                                     b.addressOf(table.arguments),
                                                     table.dimNames ? b.addressOf(table.dimNames) : b.null(),
                                                     described.workspace ? b.addressOf(described.workspace) : b.null(),
                                                     b.addressOf(described.packed), hash(signature.name)}));
        }
        return b.makeArray(functionType, rows);
      });
  auto triple = module->getAttrOfType<StringAttr>(LLVM::LLVMDialect::getTargetTripleAttrName());
  LLVM::GlobalOp info = b.createTable("tenon.model", modelType, [&] {
    int64_t structBytes = 7 * b.pointerBytes + 8 + 16 + 8 + 8;
    return b.makeStruct(modelType, {number(abiVersion), number(llvm::alignTo(structBytes, 8)), string(model.name),
                                    string("tenon " TENON_VERSION), string(triple ? triple.getValue() : "unknown"),
                                    string(levels.back().cpu),
                                    b.constant(b.i64, static_cast<int64_t>(levels.back().features)),
                                    b.constant(b.i64, static_cast<int64_t>(modelHash)), number(functions.size()),
                                    number(0), b.addressOf(functionTable), state ? b.addressOf(state) : b.null(),
                                    b.addressOf(levelTable), number(levels.size()), number(0)});
  });
  b.startFunction(model.name + "_describe", ptr, {}, /*isPublic=*/true);
  LLVM::ReturnOp::create(b, b.addressOf(info));
}

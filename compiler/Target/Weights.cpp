// Moves constants from globals of the LLVM dialect into a block of bytes.
#include "compiler/Target/Weights.h"

#include "compiler/Target/Signature.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

using namespace mlir;
using namespace mlir::tenon;

static constexpr int64_t minimumBytes = 256;

/// The bytes of a constant as they lie in memory; nothing where it is no array of numbers, or a small one.
static std::optional<std::string> getBytesOf(LLVM::GlobalOp global) {
  Attribute value = global.getValueOrNull();
  if (!global.getConstant() || !value)
    return std::nullopt;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || static_cast<int64_t>(blob->getData().size()) < minimumBytes)
      return std::nullopt;
    return std::string(blob->getData().begin(), blob->getData().end());
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense || dense.getElementType().isInteger(1))
    return std::nullopt;
  ArrayRef<char> raw = dense.getRawData();
  int64_t repeats = dense.isSplat() ? dense.getNumElements() : 1;
  if (static_cast<int64_t>(raw.size()) * repeats < minimumBytes)
    return std::nullopt;
  std::string bytes;
  for (int64_t i = 0; i < repeats; ++i) bytes.append(raw.begin(), raw.end());
  return bytes;
}

LogicalResult mlir::tenon::externalizeWeights(ModuleOp module, uint64_t hash, std::string &file) {
  llvm::MapVector<StringAttr, uint64_t> offsets;
  file.assign(sizeof(WeightsHeader), '\0');
  for (auto global : llvm::make_early_inc_range(module.getOps<LLVM::GlobalOp>())) {
    std::optional<std::string> bytes = getBytesOf(global);
    if (!bytes)
      continue;
    offsets[global.getSymNameAttr()] = file.size();
    file += *bytes;
    file.resize(llvm::alignTo(file.size(), 64));
    global.erase();
  }
  WeightsHeader header = {};
  std::memcpy(header.magic, weightsMagic, sizeof header.magic);
  header.hash = hash;
  header.bytes = file.size();
  std::memcpy(file.data(), &header, sizeof header);

  OpBuilder b(module.getContext());
  auto pointer = LLVM::LLVMPointerType::get(module.getContext());
  struct User {
    LLVM::LLVMFuncOp function;
    FunctionSignature signature;
    SmallVector<LLVM::AddressOfOp> uses;
  };
  std::vector<User> bodies;
  llvm::StringSet<> users;
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    SmallVector<LLVM::AddressOfOp> uses;
    function.walk([&](LLVM::AddressOfOp use) {
      if (offsets.contains(use.getGlobalNameAttr().getAttr()))
        uses.push_back(use);
    });
    if (!function->hasAttr(FunctionSignature::attributeName)) {
      if (uses.empty())
        continue;
      return function.emitError("only the body of an entry point can use external weights");
    }
    FailureOr<FunctionSignature> signature = FunctionSignature::get(function);
    if (failed(signature))
      return failure();
    if (!uses.empty())
      users.insert(signature->name);
    bodies.push_back({function, std::move(*signature), std::move(uses)});
  }
  for (auto &[function, signature, uses] : bodies) {
    // The bodies of a function for several CPUs have one interface.
    if (!users.contains(signature.name))
      continue;
    // Behind the frame and the inputs' descriptors.
    unsigned position = 1;
    for (const ArgumentSignature &input : signature.inputs) position += 3 + 2 * input.dims.size();
    // By hand: a function type without a result is more than insertArgument() takes.
    SmallVector<Type> parameters(function.getFunctionType().getParams());
    parameters.insert(parameters.begin() + position, pointer);
    function.removeArgAttrsAttr();
    function.setFunctionType(LLVM::LLVMFunctionType::get(function.getFunctionType().getReturnType(), parameters));
    Value weights = function.front().insertArgument(position, pointer, function.getLoc());
    for (LLVM::AddressOfOp use : uses) {
      b.setInsertionPoint(use);
      Value offset =
          LLVM::ConstantOp::create(b, use.getLoc(), b.getI64IntegerAttr(offsets[use.getGlobalNameAttr().getAttr()]));
      use.replaceAllUsesWith(LLVM::GEPOp::create(b, use.getLoc(), pointer, b.getI8Type(), weights, ValueRange{offset},
                                                 LLVM::GEPNoWrapFlags::inbounds)
                                 .getResult());
      use.erase();
    }
    signature.weightsBytes = file.size();
    signature.set(function);
  }
  return success();
}

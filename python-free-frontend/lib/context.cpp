// The MLIR context of this process, and conversions between the frontend's types and MLIR's.
#include "context.h"

#include "compiler/Pipelines/Register.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace tenon::detail {

std::unique_ptr<mlir::MLIRContext> make_context() {
  mlir::DialectRegistry registry;
  mlir::tenon::registerDialects(registry);
  auto context = std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
  context->loadDialect<mlir::tenon::TenonDialect, mlir::func::FuncDialect>();
  return context;
}

mlir::MLIRContext &shared_context() {
  // Never freed: concrete functions in static objects may outlive any order of destruction.
  static mlir::MLIRContext *context = make_context().release();
  return *context;
}

std::recursive_mutex &compiler_mutex() {
  static auto *mutex = new std::recursive_mutex;
  return *mutex;
}

static mlir::Type element_type(DType dtype, mlir::MLIRContext *context) {
  mlir::Builder b(context);
  switch (dtype) {
  case DType::f32: return b.getF32Type();
  case DType::f64: return b.getF64Type();
  case DType::f16: return b.getF16Type();
  case DType::bf16: return b.getBF16Type();
  case DType::i8: return b.getI8Type();
  case DType::i16: return b.getI16Type();
  case DType::i32: return b.getI32Type();
  case DType::i64: return b.getI64Type();
  case DType::u8: return b.getIntegerType(8, /*isSigned=*/false);
  case DType::boolean: break;
  }
  return b.getI1Type();
}

static DType dtype_of_element(mlir::Type type) {
  if (type.isF32())
    return f32;
  if (type.isF64())
    return f64;
  if (type.isF16())
    return f16;
  if (type.isBF16())
    return bf16;
  switch (type.getIntOrFloatBitWidth()) {
  case 1: return boolean;
  case 8: return type.isUnsignedInteger() ? u8 : i8;
  case 16: return i16;
  case 32: return i32;
  default: return i64;
  }
}

mlir::RankedTensorType to_mlir(const TensorType &type, mlir::MLIRContext *context) {
  llvm::SmallVector<std::int64_t, 6> dims(type.dims);
  for (std::int64_t &n : dims)
    if (n == open)
      n = mlir::ShapedType::kDynamic;
  return mlir::RankedTensorType::get(dims, element_type(type.dtype, context));
}

TensorType from_mlir(mlir::Type type) {
  auto tensor = llvm::cast<mlir::RankedTensorType>(type);
  TensorType result{dtype_of_element(tensor.getElementType()), {}};
  for (std::int64_t n : tensor.getShape()) result.dims.push_back(mlir::ShapedType::isDynamic(n) ? open : n);
  return result;
}

mlir::Location to_mlir(Location location, mlir::MLIRContext *context) {
  if (!location.line())
    return mlir::UnknownLoc::get(context);
  return mlir::FileLineColLoc::get(context, location.file_name(), location.line(), location.column());
}

mlir::DenseElementsAttr to_mlir(const Buffer &value, mlir::MLIRContext *context) {
  auto type = to_mlir(TensorType::of(value), context);
  if (value.dtype == boolean)
    return mlir::DenseElementsAttr::get(type, llvm::ArrayRef(value.as<bool>(), std::size_t(value.count)));
  return mlir::DenseElementsAttr::getFromRawBuffer(type, llvm::ArrayRef(value.as<char>(), value.bytes()));
}

mlir::DenseElementsAttr to_mlir(Scalar value, DType dtype, mlir::MLIRContext *context) {
  auto type = to_mlir(TensorType{dtype, {}}, context);
  alignas(8) char element[8];
  store(value, dtype, element);
  if (dtype == boolean)
    return mlir::DenseElementsAttr::get(type, bool(element[0]));
  return mlir::DenseElementsAttr::getFromRawBuffer(type, llvm::ArrayRef(element, size_of(dtype)));
}

Diagnostics::Diagnostics(mlir::MLIRContext *context)
    : handler_(context, [this](mlir::Diagnostic &diagnostic) {
        if (!text_.empty())
          text_ += '\n';
        text_ += diagnostic.str();
        for (mlir::Diagnostic &note : diagnostic.getNotes()) text_ += "\n  note: " + note.str();
        return mlir::success();
      }) {}

} // namespace tenon::detail

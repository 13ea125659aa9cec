// The one builder: traced operations by name, with the dialect's own inference.
#include "apply.h"
#include "trace.h"

#include "dialects/Tenon/Dialect.h"

#include "mlir/Interfaces/InferTypeOpInterface.h"

namespace tenon::detail {

static mlir::Attribute to_mlir(const Attribute &attribute, mlir::Builder &b) {
  switch (attribute.kind) {
  case Attribute::integer: return b.getI64IntegerAttr(attribute.number);
  case Attribute::boolean: return b.getBoolAttr(attribute.number != 0);
  case Attribute::real: return b.getF64FloatAttr(attribute.floating);
  case Attribute::integers: return b.getDenseI64ArrayAttr(llvm::ArrayRef(attribute.list.data(), attribute.list.size()));
  case Attribute::predicate:
    return mlir::tenon::ComparePredicateAttr::get(b.getContext(), mlir::tenon::ComparePredicate(attribute.number));
  case Attribute::reduction:
    return mlir::tenon::ReduceKindAttr::get(b.getContext(), mlir::tenon::ReduceKind(attribute.number));
  case Attribute::scatter:
    return mlir::tenon::ScatterKindAttr::get(b.getContext(), mlir::tenon::ScatterKind(attribute.number));
  case Attribute::text: break;
  }
  return b.getStringAttr(llvm::StringRef(attribute.string.data(), attribute.string.size()));
}

// "'tenon.pad' op expected ...", "pad: expected ..." -> "expected ...": the message names the operation already.
static std::string without_prefix(std::string text, const Op &op) {
  for (const std::string &prefix : {"'" + std::string(op.name) + "' op ", std::string(op.shown()) + ": "})
    if (text.compare(0, prefix.size(), prefix) == 0)
      text.erase(0, prefix.size());
  return text;
}

[[noreturn]] static void refuse(const Op &op, const Diagnostics &diagnostics, llvm::ArrayRef<mlir::Value> operands,
                                Location where) {
  std::string problem = without_prefix(diagnostics.text(), op);
  if (problem.empty())
    problem = "the operands do not fit";
  if (problem.find('[') == problem.npos) // it speaks of one dimension only: say of which operands
    for (std::size_t i = 0; i < operands.size() && i < 4; ++i)
      problem += (i ? ", " : ": operands ") + from_mlir(operands[i].getType()).describe();
  throw Error(op.shown(), problem, where);
}

static bool infer(mlir::OperationState &state, mlir::RegisteredOperationName name) {
  auto *interface = name.getInterface<mlir::InferTypeOpInterface>();
  if (!interface)
    throw InternalError(std::string(state.name.getStringRef()) + " does not infer its result, and none was given");
  mlir::DictionaryAttr attributes = state.attributes.getDictionary(state.getContext());
  const auto types = [&](mlir::OpaqueProperties properties) {
    return mlir::succeeded(interface->inferReturnTypes(state.getContext(), state.location, state.operands, attributes,
                                                       properties, {}, state.types));
  };
  if (!name.getOpPropertyByteSize())
    return types(nullptr);
  auto storage =
      std::make_unique<std::max_align_t[]>(std::size_t(name.getOpPropertyByteSize()) / sizeof(std::max_align_t) + 1);
  mlir::OpaqueProperties properties(storage.get());
  name.initOpProperties(properties, mlir::OpaqueProperties(nullptr));
  const bool inferred = mlir::succeeded(name.setOpPropertiesFromAttribute(
                            state.name, properties, attributes, [&] { return mlir::emitError(state.location); })) &&
                        types(properties);
  name.destroyOpProperties(properties);
  return inferred;
}

mlir::Operation *build(mlir::OpBuilder &builder, const Op &op, llvm::ArrayRef<mlir::Value> operands,
                       std::span<const Attribute> attributes, std::span<const TensorType> types, Location where,
                       std::span<const std::int64_t> segments) {
  mlir::MLIRContext *context = builder.getContext();
  std::optional<mlir::RegisteredOperationName> name = mlir::RegisteredOperationName::lookup(op.name, context);
  if (!name)
    throw InternalError(std::string("the dialect has no operation ") + op.name);
  Diagnostics diagnostics(context);
  mlir::OperationState state(detail::to_mlir(where, context), *name);
  state.addOperands(operands);
  for (const Attribute &attribute : attributes) state.addAttribute(attribute.name, to_mlir(attribute, builder));
  if (!segments.empty()) {
    llvm::SmallVector<std::int32_t, 4> sizes(segments.begin(), segments.end());
    state.addAttribute("operandSegmentSizes", builder.getDenseI32ArrayAttr(sizes));
  }
  if (!types.empty()) {
    for (const TensorType &type : types) state.addTypes(detail::to_mlir(type, context));
  } else if (name->hasTrait<mlir::OpTrait::ZeroResults>()) {
  } else if (!infer(state, *name)) {
    refuse(op, diagnostics, operands, where);
  }
  mlir::Operation *operation = builder.create(state);
  if (mlir::failed(name->verifyInvariants(operation))) {
    operation->erase();
    refuse(op, diagnostics, operands, where);
  }
  return operation;
}

static mlir::Value traced(Trace &trace, const Operand &operand, const Op &op, Location where) {
  if (operand.tensor)
    return trace.read(*operand.tensor, op.shown(), where);
  return mlir::tenon::ConstantOp::create(trace.builder(), detail::to_mlir(where, trace.context()),
                                         detail::to_mlir(operand.scalar, operand.dtype, trace.context()));
}

void apply(const Op &op, std::span<const Operand> operands, std::span<const Attribute> attributes,
           std::span<const TensorType> types, std::span<Tensor> results, Location where,
           std::span<const std::int64_t> segments) {
  if (!is_tracing)
    return run(op, operands, attributes, types, results, where, segments);
  Trace &trace = *Trace::current();
  trace.step(where);
  llvm::SmallVector<mlir::Value, 4> values;
  for (const Operand &operand : operands) values.push_back(traced(trace, operand, op, where));
  mlir::Operation *operation = build(trace.builder(), op, values, attributes, types, where, segments);
  for (std::size_t i = 0; i < results.size(); ++i) results[i] = trace.bind(operation->getResult(unsigned(i)), where);
}

Tensor apply(const Op &op, std::span<const Operand> operands, std::span<const Attribute> attributes,
             const TensorType *type, Location where) {
  Tensor result = Access::empty();
  apply(op, operands, attributes, std::span(type, type ? 1 : 0), std::span(&result, 1), where);
  return result;
}

Tensor apply(const Op &op, std::initializer_list<Operand> operands, std::initializer_list<Attribute> attributes,
             Location where) {
  return apply(op, std::span(operands.begin(), operands.size()), std::span(attributes.begin(), attributes.size()),
               nullptr, where);
}

TensorType type_of(const Tensor &x, const char *operation, Location where) {
  if (Buffer *value = Access::buffer(x))
    return TensorType::of(*value);
  if (is_tracing)
    return Trace::current()->type(x, operation, where);
  if (Access::slot(x) >= 0)
    throw Error(operation, "this Tensor belongs to a function that is being or has been traced", where,
                "return it from that function, or keep it in a Variable");
  throw Error(operation, "use of a Tensor without a value", where);
}

std::int64_t normalize_axis(std::int64_t axis, std::size_t rank, const char *operation, Location where) {
  const std::int64_t n = std::int64_t(rank);
  if (axis < -n || axis >= n)
    throw Error(operation,
                n ? "expected an axis in [" + std::to_string(-n) + ", " + std::to_string(n) + "), but got " +
                        std::to_string(axis)
                  : "a scalar has no axis, but got " + std::to_string(axis),
                where);
  return axis < 0 ? axis + n : axis;
}

} // namespace tenon::detail

// Jacobians, and values with a pullback of the user's.
#include "tenon/gradients.h"
#include "merge.h"
#include "recorder.h"
#include "replay.h"
#include "tenon/control_flow.h"
#include "tenon/create.h"
#include "tenon/tensor_array.h"

#include "dialects/Tenon/Dialect.h"

namespace tenon {

using namespace detail;

Tensor GradientTape::jacobian_of(const Tensor &target, const Source &source, Location where) {
  if (!state_->options.persistent)
    throw Error("jacobian", "the tape is not persistent, but is asked for one gradient for each element of the target",
                where, "GradientTape tape({.persistent = true})");
  const TensorType y = type_of(target, "jacobian", where);
  const TensorType x = source.tensor ? type_of(*source.tensor, "jacobian", where)
                                     : TensorType::of(*Access::state(*source.variable)->value);
  if (!y.is_static() || !x.is_static())
    throw Error("jacobian", "expected static shapes, but got " + y.describe() + " by " + x.describe(), where,
                "give the dimensions sizes");
  const std::int64_t n = count_of(y.dims), m = count_of(x.dims);
  if (m < n) {
    // Column by column: along one element of the source after another.
    TensorArray columns(y.dtype, Arg(m, where), Shape(y.dims.begin(), y.dims.end()));
    for_range(Arg(m, where), [&](Tensor i) {
      const Tensor unit = reshape(Arg(one_hot(Arg(i, where), m, x.dtype), where), Shape(x.dims.begin(), x.dims.end()));
      columns.write(
          Arg(i, where),
          Arg(tangents_of(*this, Targets(target, where), std::span(&source, 1), std::span(&unit, 1))[0], where));
    });
    Shape shape(y.dims.begin(), y.dims.end());
    shape.insert(shape.end(), x.dims.begin(), x.dims.end());
    const Tensor flat = reshape(Arg(columns.stack(where), where), {m, n});
    return reshape(Arg(transpose(Arg(flat, where), {1, 0}), where), shape);
  }
  Shape shape(y.dims.begin(), y.dims.end());
  shape.insert(shape.end(), x.dims.begin(), x.dims.end());
  TensorArray rows(x.dtype, Arg(n, where), Shape(x.dims.begin(), x.dims.end()));
  for_range(Arg(n, where), [&](Tensor i) {
    const Tensor unit = reshape(Arg(one_hot(Arg(i, where), n, y.dtype), where), Shape(y.dims.begin(), y.dims.end()));
    const Source sources[] = {source};
    rows.write(Arg(i, where), Arg(gradients(Targets(target, where), sources, {.cotangents = {unit}})[0], where));
  });
  return reshape(Arg(rows.stack(where), where), shape);
}

llvm::SmallVector<mlir::Value> detail::pullback_values(Trace &trace, const std::vector<Tensor> &gradients,
                                                       llvm::ArrayRef<TensorType> types, Location where) {
  if (gradients.size() != types.size())
    throw Error("custom_gradient",
                "the pullback gives " + std::to_string(gradients.size()) + " gradients, but there are " +
                    std::to_string(types.size()) + " arguments",
                where, "return a tuple, an array or a std::vector with one for each");
  llvm::SmallVector<mlir::Value> values;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const TensorType type = trace.type(gradients[i], "custom_gradient", where);
    if (!(type == types[i]))
      throw Error("custom_gradient",
                  "the pullback gives " + type.describe() + " for argument " + std::to_string(i) + ", which is " +
                      types[i].describe(),
                  where);
    values.push_back(trace.read(gradients[i], "custom_gradient", where));
  }
  return values;
}

static Tensor traced_with_pullback(const Tensor &value, std::span<const Tensor> sources, AnyPullback &pullback,
                                   Location where) {
  Trace &trace = *Trace::current();
  trace.step(where);
  const mlir::Location location = to_mlir(where, trace.context());
  llvm::SmallVector<mlir::Value> xs;
  llvm::SmallVector<TensorType> types;
  for (const Tensor &x : sources) {
    xs.push_back(trace.read(x, "custom_gradient", where));
    types.push_back(from_mlir(xs.back().getType()));
  }
  const mlir::Value v = trace.read(value, "custom_gradient", where);
  Frame frame(Frame::branch, "custom_gradient", where, trace.top());
  const mlir::Value cotangent = frame.block->addArgument(v.getType(), location);
  run_region(trace, frame, [&] {
    const Tensor g = trace.bind(cotangent, where);
    const std::vector<Tensor> gradients = pullback(g);
    mlir::tenon::YieldOp::create(trace.builder(), location, pullback_values(trace, gradients, types, where));
  });
  if (!frame.assigned.empty())
    throw Error("custom_gradient",
                "the pullback assigns a Tensor from outside (declared at " +
                    in_file(trace.slot(*frame.assigned.begin()).born) + ")",
                where, "it may only return gradients");
  mlir::OperationState state(location, mlir::tenon::CustomGradientOp::getOperationName());
  state.addOperands(v);
  state.addOperands(xs);
  state.addTypes(v.getType());
  state.addAttribute("operandSegmentSizes", trace.builder().getDenseI32ArrayAttr({1, std::int32_t(xs.size())}));
  state.addRegion()->takeBody(frame.region);
  return trace.bind(trace.builder().create(state)->getResult(0), where);
}

Tensor detail::with_pullback(const Tensor &value, std::span<const Tensor> sources,
                             std::shared_ptr<AnyPullback> pullback, Location where) {
  const auto check = [&](const Tensor &x, const char *what) {
    if (const TensorType type = type_of(x, "custom_gradient", where); !is_floating(type.dtype))
      throw Error("custom_gradient", std::string(what) + type.describe() + ": integers and booleans have no gradient",
                  where, "let the function capture it");
  };
  check(value, "the value is ");
  for (const Tensor &x : sources) check(x, "an argument is ");
  if (is_tracing)
    return traced_with_pullback(value, sources, *pullback, where);
  Buffer *computed = Access::buffer(value);
  BufferRef result(view(computed, computed->shape())); // known to tapes by the pullback alone
  if (is_recording) {
    Record record;
    record.where = where;
    for (const Tensor &x : sources) record.operands.push_back({BufferRef::share(Access::buffer(x))});
    const bool depends =
        llvm::any_of(record.operands, [](const RecordedOperand &x) { return recorder().is_tracked(x.value.get()); });
    record.operands.push_back({BufferRef::share(computed)});
    record.results.push_back(result);
    record.pullback = std::move(pullback);
    if (depends)
      detail::record(std::move(record));
  }
  return Access::adopt(result.take());
}

} // namespace tenon

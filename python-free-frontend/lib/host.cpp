// Effects on the host: prints and checks, in program order.
#include "promote.h"
#include "tenon/ops.h"

namespace tenon {

using namespace detail;

void print(const std::string &format, std::initializer_list<Tensor> values, Location where) {
  static constexpr Op op{"tenon.print"};
  std::size_t places = 0;
  for (std::size_t at = format.find("{}"); at != format.npos; at = format.find("{}", at + 2)) ++places;
  if (places != values.size())
    throw Error("print",
                "the format has " + std::to_string(places) + " {}, but there are " + std::to_string(values.size()) +
                    " values",
                where);
  llvm::SmallVector<Operand, 4> operands;
  for (const Tensor &x : values) operands.emplace_back(x);
  const Attribute attribute("format", std::string_view(format));
  apply(op, operands, std::span(&attribute, 1), {}, std::span<Tensor>(), where);
}

void check(const Arg &condition, const std::string &message) {
  static constexpr Op op{"tenon.assert"};
  const Tensor holds = as_boolean(condition);
  const TensorType type = type_of(holds, "check", condition.where);
  if (!type.dims.empty())
    throw Error("check", "expected a scalar condition, but got " + type.describe(), condition.where,
                "reduce it with all() or any()");
  const Operand operand(holds);
  const Attribute attribute("message", std::string_view(message));
  apply(op, std::span(&operand, 1), std::span(&attribute, 1), {}, std::span<Tensor>(), condition.where);
}

} // namespace tenon

// Examples as batches: rows of Tensors, in order or shuffled, and whether the parts fit together.
#include "apply.h"
#include "at.h"
#include "tenon/create.h"
#include "training.h"

#include <numeric>

namespace tenon::nn {

using namespace tenon::detail;

namespace {

// The rows of x with these numbers, one after the other.
Tensor take_rows(const Tensor &x, std::span<const std::int64_t> rows) {
  const Buffer &from = *Access::buffer(x);
  Shape shape(from.shape().begin(), from.shape().end());
  const std::size_t row = shape[0] ? from.bytes() / std::size_t(shape[0]) : 0;
  shape[0] = std::int64_t(rows.size());
  Buffer *to = allocate(from.dtype, shape);
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::memcpy(static_cast<char *>(to->data) + i * row,
                static_cast<const char *>(from.data) + std::size_t(rows[i]) * row, row);
  return Access::adopt(to);
}

// SplitMix64 (Steele et al., 2014): the same order on every machine.
struct Mixer {
  std::uint64_t state;
  std::uint64_t operator()() {
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
};
void shuffle(std::vector<std::int64_t> &order, std::uint64_t seed, std::uint64_t epoch) {
  Mixer mix{seed * 0x9e3779b97f4a7c15 + epoch};
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[std::size_t((static_cast<unsigned __int128>(mix()) * i) >> 64)]);
}

bool is_number(const std::string &name) { return name.empty() || (name[0] >= '0' && name[0] <= '9'); }

std::string list_of(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// "2 Tensors (user, item)"
std::string count_of(const std::vector<std::string> &names) {
  const std::string count = std::to_string(names.size()) + (names.size() == 1 ? " Tensor" : " Tensors");
  return names.empty() || is_number(names[0]) ? count : count + " (" + list_of(names) + ")";
}

// Each part has n rows, as x has; `all`: none may lack its value.
void check_rows(std::int64_t n, const char *name, const Parts &parts, const Parts &x, bool all, const char *operation,
                Location where) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!all && !Access::buffer(parts[i]))
      continue;
    const std::string part = detail::name_of_part(name, parts, i);
    if (const std::int64_t m = detail::rows_of(parts[i], operation, part, where); m != n)
      throw Error(operation,
                  detail::name_of_part("x", x, 0) + " has " + std::to_string(n) + " examples, but " + part + " has " +
                      std::to_string(m),
                  where);
  }
}

} // namespace

detail::Rows::Rows(const Examples &examples, std::int64_t first, std::int64_t last, std::int64_t size, bool shuffled,
                   std::int64_t seed)
    : examples_(examples), order_(std::size_t(last - first)), size_(size), seed_(seed), shuffled_(shuffled) {
  std::iota(order_.begin(), order_.end(), first);
}

void detail::Rows::each(int epoch, Sink &sink) {
  std::vector<std::int64_t> order = order_;
  if (shuffled_)
    shuffle(order, std::uint64_t(seed_), std::uint64_t(epoch));
  for (std::size_t i = 0; i < order.size(); i += std::size_t(size_)) {
    const std::span rows(order.data() + i, std::min(std::size_t(size_), order.size() - i));
    const auto cut = [&](const Parts &parts) {
      std::vector<Tensor> some;
      for (const Tensor &x : parts.tensors()) some.push_back(Access::buffer(x) ? take_rows(x, rows) : Tensor());
      return Parts(std::move(some), parts.names());
    };
    if (!sink.batch(cut(examples_.x), cut(examples_.y), cut(examples_.sample_weight)))
      return;
  }
}

std::string detail::name_of_part(const char *name, const Parts &parts, std::size_t i) {
  const std::string &part = parts.names()[i];
  return part.empty() ? name : name + (is_number(part) ? "[" + part + "]" : "." + part);
}

std::int64_t detail::rows_of(const Tensor &x, const char *operation, const std::string &name, Location where) {
  const TensorType type = type_of(x, operation, where);
  if (type.dims.empty())
    throw Error(operation, "expected a first dimension of " + name + ", the examples, but got " + type.describe(),
                where);
  return type.dims[0];
}

std::int64_t detail::check_rows(const Parts &x, const char *operation, Location where) {
  if (x.empty())
    throw Error(operation, "x has no Tensor", where);
  const std::int64_t n = rows_of(x[0], operation, name_of_part("x", x, 0), where);
  tenon::nn::check_rows(n, "x", x, x, true, operation, where);
  return n;
}

std::int64_t detail::check_examples(const Examples &e, const char *operation, Location where) {
  const std::int64_t n = check_rows(e.x, operation, where);
  if (e.y.empty())
    throw Error(operation, "y has no Tensor", where);
  tenon::nn::check_rows(n, "y", e.y, e.x, e.y.size() == 1, operation, where);
  tenon::nn::check_rows(n, "sample_weight", e.sample_weight, e.x, false, operation, where);
  if (n == 0)
    throw Error(operation,
                "there are no examples: " + name_of_part("x", e.x, 0) + " is " +
                    type_of(e.x[0], operation, where).describe(),
                where);
  return n;
}

std::vector<Tensor> detail::in_order(const Parts &parts, const std::optional<std::vector<std::string>> &names,
                                     const char *name, const char *verb, const char *operation, Location where) {
  if (!names)
    return parts.tensors();
  if (parts.size() != names->size())
    throw Error(operation,
                std::string("the model ") + verb + " " + count_of(*names) + ", but " + name + " has " +
                    count_of(parts.names()),
                where);
  if (parts.names() == *names || is_number(names->front()) || is_number(parts.names().front()))
    return parts.tensors();
  std::vector<Tensor> sorted;
  for (const std::string &wanted : *names) {
    const auto at = std::find(parts.names().begin(), parts.names().end(), wanted);
    if (at == parts.names().end())
      throw Error(operation,
                  std::string("the model ") + verb + " " + list_of(*names) + ", but " + name + " has " +
                      list_of(parts.names()),
                  where, "a list {a, b} goes by the order");
    sorted.push_back(parts[std::size_t(at - parts.names().begin())]);
  }
  return sorted;
}

// The weight of each example's class, times its own.
Tensor detail::weigh_classes(const std::vector<double> &classes, const Tensor &y, const Tensor *weight,
                             Location where) {
  const At at{where};
  Tensor labels = y;
  if (const TensorType type = type_of(y, "fit", where); type.dims.size() == 2)
    labels = type.dims[1] == 1 ? squeeze(at(y), -1) : argmax(at(y), -1); // a column, or one-hot
  else if (type.dims.size() != 1)
    throw Error("fit", "class_weight needs one label for each example, but y is " + type.describe(), where);
  labels = cast(at(labels), i64);
  const std::vector<float> table(classes.begin(), classes.end());
  for (std::int64_t label : labels.data<std::int64_t>())
    if (label < 0 || std::size_t(label) >= table.size())
      throw Error("fit",
                  "class_weight has " + std::to_string(table.size()) + " weights, but a label is " +
                      std::to_string(label),
                  where);
  const Tensor own = gather(at(Tensor::from(table, where)), at(labels));
  return weight ? at(own) * at(*weight) : own;
}

} // namespace tenon::nn

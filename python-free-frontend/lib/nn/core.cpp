// Small layers: embeddings, dropout, shapes, and those of several inputs.
#include "tenon/nn/core.h"
#include "dropout.h"
#include "philox.h"
#include "trace.h"

namespace tenon::nn {

using namespace tenon::detail;

// The numbers are drawn flat, so that their shape may be open.
Tensor drop(const Tensor &x, double rate, const Generator &generator, Location where) {
  const TensorType type = type_of(x, "Dropout", where);
  const DType dtype = type.dtype == f64 ? f64 : f32;
  Tensor random = Access::empty();
  if (type.is_static()) {
    const Shape shape(type.dims.begin(), type.dims.end());
    random = uniform(shape, generator, dtype, where);
  } else {
    const Sizes sizes = sizes_of(x, where);
    Tensor count(1, where);
    for (std::size_t i = 0; i < sizes.size(); ++i) count = Arg(count, where) * Arg(x.dim(int(i), where), where);
    random = reshape_to(uniform({count}, generator, dtype, where), sizes, where);
  }
  const Tensor keep = Arg(random, where) >= Arg(rate, where);
  const Tensor scaled = Arg(x, where) * Arg(1 / (1 - rate), where);
  return tenon::where(Arg(keep, where), Arg(scaled, where), Arg(0.0, where));
}

Generator make_generator(std::int64_t seed, Location where) {
  PauseTrace pause;
  return Generator(seed < 0 ? next_seed() : seed, where);
}

namespace {

struct EmbeddingState final : LayerState {
  Variable embeddings;
  bool mask_zero;
  EmbeddingState(std::int64_t count, std::int64_t width, const EmbeddingOptions &o, Location where)
      : LayerState("Embedding", o.name, where),
        embeddings((check(count, width), make_weight(*this, "embeddings", o.initializer, {count, width}, o.dtype))),
        mask_zero(o.mask_zero) {}
  void check(std::int64_t count, std::int64_t width) const {
    if (count <= 0 || width <= 0)
      fail("expected a table of 1 or more rows and columns, but got " + std::to_string(count) + " and " +
               std::to_string(width),
           made);
  }
  Tensor call(const Tensor &x, Call, Location where) override {
    const TensorType type = type_of(x, "Embedding", where);
    if (!is_integer(type.dtype))
      fail("expected integers, but got " + type.describe(), where, "tenon::cast(x, tenon::i64)");
    return gather(Arg(embeddings, where), Arg(x, where));
  }
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    if (!mask_zero)
      return LayerState::call_masked(x, call, where);
    return {this->call(x, call, where), Arg(x, where) != Arg(0, where)};
  }
  void collect(Collector &collector, const std::string &path) const override {
    collector.add(join(path, "embeddings"), embeddings);
  }
};

struct MaskingState final : LayerState {
  double value;
  MaskingState(const MaskingOptions &o, Location where) : LayerState("Masking", o.name, where), value(o.value) {}
  Tensor call(const Tensor &x, Call call, Location where) override { return call_masked(x, call, where).value; }
  Masked call_masked(const Tensor &x, const Call &, Location where) override {
    check_argument(*this, x, 3, 16, "[batch,time,...]", where);
    const Tensor differs = Arg(x, where) != Arg(value, where);
    const Tensor steps = any(Arg(differs, where), -1, {.keep_dims = true});
    return {tenon::where(Arg(steps, where), Arg(x, where), Arg(0, where)), squeeze(Arg(steps, where), -1)};
  }
  bool holds_variables() const override { return false; }
};

struct DropoutState final : LayerState {
  double rate;
  Generator generator;
  DropoutState(double rate, const DropoutOptions &o, Location where)
      : LayerState("Dropout", o.name, where), rate(rate), generator(make_generator(o.seed, where)) {
    if (!(rate >= 0 && rate < 1))
      fail("expected a rate in [0, 1), but got " + std::to_string(rate), where);
  }
  Tensor call(const Tensor &x, Call call, Location where) override {
    if (!call.training || rate == 0)
      return Tensor(x, where);
    check_argument(*this, x, 0, 16, "any shape", where);
    return drop(x, rate, generator, where);
  }
  void collect(Collector &collector, const std::string &path) const override {
    collector.member(join(path, "seed"), generator);
  }
};

struct ReshapeState final : LayerState {
  Shape shape;
  ReshapeState(const char *kind, Shape s, Location where) : LayerState(kind, {}, where), shape(std::move(s)) {
    for (const std::int64_t n : shape)
      if (n < -1)
        fail("a size cannot be negative, but got " + std::to_string(n), where);
    if (std::count(shape.begin(), shape.end(), -1) > 1)
      fail("only one size may be -1", where);
  }
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    return {this->call(x, call, where), {}}; // its dimensions are no steps
  }
  Tensor call(const Tensor &x, Call, Location where) override {
    const TensorType type = type_of(x, kind.c_str(), where);
    if (type.dims.empty())
      fail("expected [batch,...], but got " + type.describe(), where);
    Sizes sizes{size_at(x, 0, where)};
    for (const std::int64_t n : shape) sizes.push_back(Size{.number = n});
    check_sizes(type, where);
    return reshape_to(x, std::move(sizes), where);
  }
  // Where all is known, in the name of this layer.
  void check_sizes(const TensorType &type, Location where) const {
    std::int64_t have = 1, want = 1;
    bool rest = false;
    for (std::size_t i = 1; i < type.dims.size(); ++i) {
      if (type.dims[i] == open)
        return;
      have *= type.dims[i];
    }
    for (const std::int64_t n : shape) n < 0 ? void(rest = true) : void(want *= n);
    if (rest ? want != 0 && have % want == 0 : have == want)
      return;
    std::string text;
    for (const std::int64_t n : shape) text += (text.empty() ? "" : ",") + std::to_string(n);
    fail("a sample of " + type.describe() + " has " + std::to_string(have) + " elements, which do not fill [" + text +
             "]",
         where);
  }
  bool holds_variables() const override { return false; }
};

// Several inputs become one: given, or made by branches.
struct MergeState : LayerState {
  std::vector<Layer> branches;
  MergeState(const char *kind, std::string name, std::initializer_list<Layer> branches, Location where)
      : LayerState(kind, std::move(name), where), branches(branches) {}
  virtual Tensor merge(std::span<const Tensor> xs, Location where) const = 0;

  Tensor call(const Tensor &x, Call call, Location where) override { return call_masked(x, call, where).value; }
  // The steps that count in each branch.
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    if (branches.empty())
      fail("called with one Tensor, but it has no branches", where, "give it a list: layer({x, y})");
    std::vector<Tensor> results;
    std::optional<Tensor> mask;
    bool all = true;
    for (const Layer &branch : branches) {
      const Masked result = branch.masked(Arg(x, where), call);
      results.push_back(result.value);
      all = all && result.mask;
      if (result.mask && mask)
        mask = logical_and(Arg(*mask, where), Arg(*result.mask, where));
      else if (result.mask)
        mask.emplace(*result.mask, where);
    }
    Tensor merged = merge(results, where);
    if (!all || !mask || !keeps_steps(merged, *mask, where))
      mask.reset();
    return {std::move(merged), std::move(mask)};
  }
  Tensor of(std::span<const Tensor> xs, Location where) const {
    if (xs.empty())
      fail("expected one Tensor or more", where);
    if (!branches.empty())
      fail("it has branches, so that it takes one Tensor, but got " + std::to_string(xs.size()), where);
    return merge(xs, where);
  }
  void collect(Collector &collector, const std::string &path) const override {
    for (std::size_t i = 0; i < branches.size(); ++i) branches[i].collect(collector, join(path, std::to_string(i)));
  }
  bool holds_variables() const override {
    return std::any_of(branches.begin(), branches.end(), [](const Layer &b) { return b.state()->holds_variables(); });
  }
  std::string shapes(std::span<const Tensor> xs, Location where) const {
    std::string text;
    for (const Tensor &x : xs) text += (text.empty() ? "" : ", ") + type_of(x, kind.c_str(), where).describe();
    return text;
  }
};

struct AddState final : MergeState {
  AddState(std::initializer_list<Layer> branches, Location where) : MergeState("Add", {}, branches, where) {}
  Tensor merge(std::span<const Tensor> xs, Location where) const override {
    const auto fits = [&](const TensorType &a, const TensorType &b) {
      for (std::size_t i = 1; i <= std::min(a.dims.size(), b.dims.size()); ++i) {
        const std::int64_t m = a.dims[a.dims.size() - i], n = b.dims[b.dims.size() - i];
        if (m != n && m != 1 && n != 1 && m != open && n != open)
          return false;
      }
      return true;
    };
    Tensor sum(xs[0], where);
    for (std::size_t i = 1; i < xs.size(); ++i) {
      if (!fits(type_of(sum, "Add", where), type_of(xs[i], "Add", where)))
        fail("shapes do not broadcast: " + shapes(xs, where), where);
      sum = Arg(sum, where) + Arg(xs[i], where);
    }
    return sum;
  }
};

struct ConcatState final : MergeState {
  int axis;
  ConcatState(std::initializer_list<Layer> branches, const ConcatOptions &o, Location where)
      : MergeState("Concat", o.name, branches, where), axis(o.axis) {}
  Tensor merge(std::span<const Tensor> xs, Location where) const override {
    const TensorType first = type_of(xs[0], "Concat", where);
    const std::int64_t rank = std::int64_t(first.dims.size()), at = axis < 0 ? axis + rank : axis;
    bool fits = at >= 0 && at < rank;
    for (const Tensor &x : xs) {
      const TensorType type = type_of(x, "Concat", where);
      fits = fits && std::int64_t(type.dims.size()) == rank;
      for (std::int64_t i = 0; fits && i < rank; ++i) {
        const std::int64_t m = first.dims[std::size_t(i)], n = type.dims[std::size_t(i)];
        fits = i == at || m == n || m == open || n == open;
      }
    }
    if (!fits)
      fail("expected shapes that differ in axis " + std::to_string(axis) + " alone, but got " + shapes(xs, where),
           where);
    return concat(xs, axis, where);
  }
};

const MergeState &merging(const Layer &layer) { return static_cast<const MergeState &>(*layer.state()); }
std::span<const Tensor> span_of(std::initializer_list<Tensor> xs) { return {xs.begin(), xs.size()}; }

} // namespace

Embedding::Embedding(std::int64_t count, std::int64_t width, EmbeddingOptions options, Location where)
    : Layer(new EmbeddingState(count, width, options, where)) {}
Masking::Masking(MaskingOptions options, Location where) : Layer(new MaskingState(options, where)) {}
Dropout::Dropout(double rate, DropoutOptions options, Location where) : Layer(new DropoutState(rate, options, where)) {}
Flatten::Flatten(Location where) : Layer(new ReshapeState("Flatten", {-1}, where)) {}
Reshape::Reshape(Shape shape, Location where) : Layer(new ReshapeState("Reshape", std::move(shape), where)) {}

Add::Add(Location where) : Layer(new AddState({}, where)) {}
Add::Add(std::initializer_list<Layer> branches, Location where) : Layer(new AddState(branches, where)) {}
Tensor Add::operator()(std::span<const Tensor> xs, Location where) const { return merging(*this).of(xs, where); }
Tensor Add::operator()(std::initializer_list<Tensor> xs, Location where) const { return (*this)(span_of(xs), where); }

Concat::Concat(ConcatOptions options, Location where) : Layer(new ConcatState({}, options, where)) {}
Concat::Concat(std::initializer_list<Layer> branches, ConcatOptions options, Location where)
    : Layer(new ConcatState(branches, options, where)) {}
Tensor Concat::operator()(std::span<const Tensor> xs, Location where) const { return merging(*this).of(xs, where); }
Tensor Concat::operator()(std::initializer_list<Tensor> xs, Location where) const {
  return (*this)(span_of(xs), where);
}

} // namespace tenon::nn

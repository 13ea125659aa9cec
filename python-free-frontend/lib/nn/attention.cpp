// nn::MultiHeadAttention.
#include "tenon/nn/attention.h"
#include "dropout.h"

#include "tenon/create.h"

#include <cmath>

namespace tenon::nn {

using namespace tenon::detail;

namespace {

// An affine map to or from heads. The kernel has Keras's shape, and is a matrix where it is used.
struct Projection {
  Variable kernel;
  std::optional<Variable> bias;
};

struct AttentionState final : LayerState {
  std::int64_t heads, key_size, value_size;
  MultiHeadAttentionOptions options;
  std::optional<Projection> query, key, value, output;
  std::optional<Generator> generator;

  AttentionState(std::int64_t heads, std::int64_t key_size, MultiHeadAttentionOptions o, Location where)
      : LayerState("MultiHeadAttention", o.name, where), heads(heads), key_size(key_size),
        value_size(o.value_size ? o.value_size : key_size), options(std::move(o)) {
    if (heads <= 0 || key_size <= 0 || value_size <= 0 || options.output_size < 0)
      fail("expected positive numbers of heads and sizes, but got " + std::to_string(heads) + " heads, keys of " +
               std::to_string(key_size) + ", values of " + std::to_string(value_size),
           where);
    if (!(options.dropout >= 0 && options.dropout < 1))
      fail("expected a dropout in [0, 1), but got " + std::to_string(options.dropout), where);
    if (options.dropout > 0)
      generator.emplace(make_generator(-1, where));
  }

  // Initialized as a matrix, whose fans are those of the map.
  Projection project(std::int64_t in, std::int64_t out, Shape kernel_shape, Shape bias_shape, DType dtype) const {
    const auto shaped = [](const Initializer &initializer, const Shape &matrix) {
      return
          [initializer, matrix](const Shape &shape, DType dtype) { return reshape(initializer(matrix, dtype), shape); };
    };
    Projection p{make_weight(*this, "kernel", shaped(options.kernel_initializer, {in, out}), kernel_shape, dtype), {}};
    if (options.use_bias)
      p.bias.emplace(make_weight(*this, "bias", shaped(options.bias_initializer, {out}), bias_shape, dtype));
    return p;
  }

  // As Keras: a step that does not count neither sees nor is seen.
  Tensor call(const Tensor &x, Call call, Location where) override {
    AttentionCall how{.training = call.training};
    if (const std::optional<Tensor> mask = mask_of(call, x, where)) {
      const Tensor seeing = expand_dims(Arg(*mask, where), 2), seen = expand_dims(Arg(*mask, where), 1);
      how.mask.emplace(logical_and(Arg(seeing, where), Arg(seen, where)), where);
    }
    return attend(x, x, x, how, where);
  }

  TensorType check_one(const Tensor &x, const std::optional<Projection> &projection, const char *what,
                       Location where) const {
    const std::string form = std::string(what) + " [batch,time,channels]";
    const TensorType type = check_argument(*this, x, 3, 3, form.c_str(), where);
    if (projection)
      check_built(*this, type, -1, projection->kernel.shape()[0], projection->kernel.dtype(),
                  (std::string("last dimension of the ") + what).c_str(), where);
    else
      known_size(*this, type, -1, "last dimension", where);
    return type;
  }

  Tensor attend(const Tensor &q, const Tensor &v, const Tensor &k, const AttentionCall &call, Location where) {
    const TensorType qt = check_one(q, query, "query", where), vt = check_one(v, value, "value", where),
                     kt = check_one(k, key, "key", where);
    if (qt.dtype != vt.dtype || qt.dtype != kt.dtype)
      fail("query, value and key have different dtypes: " + qt.describe() + ", " + vt.describe() + ", " + kt.describe(),
           where);
    const auto differ = [](std::int64_t a, std::int64_t b) { return a != b && a != open && b != open; };
    if (differ(vt.dims[1], kt.dims[1]) || differ(qt.dims[0], vt.dims[0]) || differ(qt.dims[0], kt.dims[0]))
      fail("expected query [N,T,D], value [N,S,E] and key [N,S,F], but got " + qt.describe() + ", " + vt.describe() +
               " and " + kt.describe(),
           where);
    if (!query) {
      const std::int64_t out = options.output_size ? options.output_size : qt.dims[2];
      query = project(qt.dims[2], heads * key_size, {qt.dims[2], heads, key_size}, {heads, key_size}, qt.dtype);
      key = project(kt.dims[2], heads * key_size, {kt.dims[2], heads, key_size}, {heads, key_size}, qt.dtype);
      value = project(vt.dims[2], heads * value_size, {vt.dims[2], heads, value_size}, {heads, value_size}, qt.dtype);
      output = project(heads * value_size, out, {heads, value_size, out}, {out}, qt.dtype);
    }
    Tensor queries = to_heads(q, *query, key_size, where);
    queries = Arg(queries, where) * Arg(1 / std::sqrt(double(key_size)), where);
    const Tensor keys = to_heads(k, *key, key_size, where), values = to_heads(v, *value, value_size, where);
    Tensor scores = matmul(Arg(queries, where), Arg(keys, where), {.transpose_rhs = true}); // [N,heads,T,S]
    apply_masks(scores, q, v, call, where);
    Tensor weights = softmax(Arg(scores, where));
    if (call.training && generator)
      weights = drop(weights, options.dropout, *generator, where);
    const Tensor attended = matmul(Arg(weights, where), Arg(values, where)); // [N,heads,T,value]
    const Tensor side_by_side = transpose(Arg(attended, where), {0, 2, 1, 3});
    const Tensor flat = reshape_to(
        side_by_side, {size_at(q, 0, where), size_at(q, 1, where), Size{.number = heads * value_size}}, where);
    const std::int64_t out = output->kernel.shape()[2];
    const Tensor kernel = reshape(Arg(output->kernel, where), {heads * value_size, out});
    Tensor y = matmul(Arg(flat, where), Arg(kernel, where));
    if (output->bias)
      y = Arg(y, where) + Arg(*output->bias, where);
    return y;
  }

  // x [N,T,D] -> [N,heads,T,size]
  Tensor to_heads(const Tensor &x, const Projection &p, std::int64_t size, Location where) const {
    const Tensor kernel = reshape(Arg(p.kernel, where), {p.kernel.shape()[0], heads * size});
    Tensor y = matmul(Arg(x, where), Arg(kernel, where));
    if (p.bias)
      y = Arg(y, where) + Arg(reshape(Arg(*p.bias, where), {heads * size}), where);
    y = reshape_to(y, {size_at(x, 0, where), size_at(x, 1, where), Size{.number = heads}, Size{.number = size}}, where);
    return transpose(Arg(y, where), {0, 2, 1, 3});
  }

  void apply_masks(Tensor &scores, const Tensor &q, const Tensor &v, const AttentionCall &call, Location where) const {
    std::optional<Tensor> mask;
    const auto also = [&](const Tensor &other) {
      if (mask)
        mask = logical_and(Arg(*mask, where), Arg(other, where));
      else
        mask.emplace(other, where);
    };
    if (call.mask) {
      const TensorType type = type_of(*call.mask, kind.c_str(), where);
      if (type.dims.size() < 2 || type.dims.size() > 4)
        fail("expected a mask [T,S], [N,T,S] or [N,heads,T,S], but got " + type.describe(), where);
      also(type.dims.size() == 3 ? expand_dims(Arg(*call.mask, where), 1) : *call.mask);
    }
    if (call.padding) {
      const TensorType type = type_of(*call.padding, kind.c_str(), where);
      if (type.dims.size() != 2)
        fail("expected a padding mask [N,S], but got " + type.describe(), where);
      const Tensor rows = expand_dims(Arg(*call.padding, where), 1); // [N,1,S]
      also(expand_dims(Arg(rows, where), 1));
    }
    if (call.causal || options.causal) {
      const Tensor t = expand_dims(Arg(positions(q, where), where), 1), s = positions(v, where);
      also(Arg(t, where) >= Arg(s, where));
    }
    if (!mask)
      return;
    const TensorType type = type_of(*mask, kind.c_str(), where), full = type_of(scores, kind.c_str(), where);
    for (std::size_t i = 1; i <= type.dims.size(); ++i) {
      const std::int64_t m = type.dims[type.dims.size() - i], n = full.dims[4 - i];
      if (m != n && m != 1 && m != open && n != open)
        fail("the mask is " + type.describe() + ", but the scores [N,heads,T,S] are " + full.describe(), where);
    }
    if (type.dtype != boolean)
      mask = Arg(*mask, where) != Arg(0, where);
    const double lowest = full.dtype == f16 ? -3e4 : -1e9;
    scores = tenon::where(Arg(*mask, where), Arg(scores, where), Arg(lowest, where));
  }

  // 0, 1, ... of dimension 1.
  static Tensor positions(const Tensor &x, Location where) {
    const Size size = size_at(x, 1, where);
    return size.is_open() ? arange(size.tensor, where) : arange(size.number, where);
  }

  void collect(Collector &collector, const std::string &path) const override {
    const auto add = [&](const char *name, const std::optional<Projection> &p) {
      if (!p)
        return;
      collector.add(join(join(path, name), "kernel"), p->kernel);
      if (p->bias)
        collector.add(join(join(path, name), "bias"), *p->bias);
    };
    add("query", query);
    add("key", key);
    add("value", value);
    add("output", output);
    if (generator)
      collector.member(join(path, "seed"), *generator);
  }
};

} // namespace

MultiHeadAttention::MultiHeadAttention(std::int64_t heads, std::int64_t key_size, MultiHeadAttentionOptions options,
                                       Location where)
    : Layer(new AttentionState(heads, key_size, std::move(options), where)) {}

Tensor MultiHeadAttention::operator()(const Arg &query, const Arg &value, const AttentionCall &call) const {
  auto &attention = static_cast<AttentionState &>(*state());
  if (!query.tensor || !value.tensor)
    attention.fail("expected Tensors, but got a number", query.where);
  Tensor result =
      attention.attend(*query.tensor, *value.tensor, call.key ? *call.key : *value.tensor, call, query.where);
  if (!attention.called)
    attention.note_output(result, query.where);
  return result;
}

} // namespace tenon::nn

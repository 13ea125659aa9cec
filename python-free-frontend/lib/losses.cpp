// Losses: one value for each sample, then their reduction; formulas as Keras 3 writes them (keras/src/losses).
#include "tenon/losses.h"
#include "at.h"
#include "promote.h"
#include "tenon/create.h"

#include <cmath>

namespace tenon::losses {

using namespace tenon::detail;

namespace {

constexpr double epsilon = 1e-7; // keras.backend.epsilon()

[[noreturn]] void refuse_shapes(const char *name, const TensorType &y_true, const TensorType &y_pred, Location where) {
  throw Error(name, "the shapes differ: y_true " + y_true.describe() + ", y_pred " + y_pred.describe(), where,
              "one value of y_true for each of y_pred; only a last dimension of 1 may be left out");
}

// y_true and y_pred in y_pred's dtype and of one shape: where one has a last dimension of 1 more, both have it if the
// other has rank 1, else neither.
struct Operands {
  Tensor y_true, y_pred;
  At at;

  Operands(const char *name, const Arg &given_true, const Arg &given_pred) : at{given_pred.where} {
    y_pred = tensor_of(given_pred);
    y_pred = cast(at(y_pred), floating_dtype(given_pred, name));
    y_true = cast(given_true, type_of(y_pred, name, at.where).dtype);
    TensorType t = type_of(y_true, name, at.where), p = type_of(y_pred, name, at.where);
    if (t.dims.size() == p.dims.size() + 1 && t.dims.back() == 1)
      drop_or_add(y_true, y_pred, p.dims.size());
    else if (p.dims.size() == t.dims.size() + 1 && p.dims.back() == 1)
      drop_or_add(y_pred, y_true, t.dims.size());
    t = type_of(y_true, name, at.where);
    p = type_of(y_pred, name, at.where);
    bool fits = t.dims.size() == p.dims.size();
    for (std::size_t i = 0; fits && i < t.dims.size(); ++i)
      fits = t.dims[i] == p.dims[i] || t.dims[i] == open || p.dims[i] == open;
    if (!fits)
      refuse_shapes(name, type_of(given_true, name), type_of(given_pred, name), at.where);
    if (p.dims.empty())
      throw Error(name, "expected at least one dimension, but y_pred is a scalar", at.where);
  }

private:
  void drop_or_add(Tensor &longer, Tensor &shorter, std::size_t rank) {
    if (rank == 1)
      shorter = expand_dims(at(shorter), -1);
    else
      longer = squeeze(at(longer), -1);
  }
};

// Moves y_true toward `uniform`: y (1 - s) + s uniform.
void smooth(Operands &x, const char *name, double smoothing, double uniform) {
  if (!(smoothing >= 0 && smoothing <= 1))
    throw Error(name, "expected label_smoothing in [0, 1], but got " + std::to_string(smoothing), x.at.where);
  if (smoothing != 0)
    x.y_true = x.at(x.at(x.y_true) * (1 - smoothing)) + smoothing * uniform;
}

// Probabilities that sum to 1 over the last dimension, away from 0 and 1.
Tensor log_probabilities(const Tensor &y_pred, At at) {
  const Tensor total = sum(at(y_pred), -1, {.keep_dims = true});
  const Tensor p = at(y_pred) / at(total);
  const Tensor clipped = clamp(at(p), epsilon, 1 - epsilon);
  return log(at(clipped));
}

Tensor mean_of(const Tensor &x, At at) { return mean(at(x), -1); }
Tensor total_of(const Tensor &x, At at) { return sum(at(x), -1); }

} // namespace

// ---- one value for each sample ------------------------------------------------------------------------------------

Tensor detail::squared(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  const Operands x("mean_squared_error", y_true, y_pred);
  return mean_of(squared_difference(x.at(x.y_true), x.at(x.y_pred)), x.at);
}

Tensor detail::absolute(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  const Operands x("mean_absolute_error", y_true, y_pred);
  const Tensor error = x.at(x.y_true) - x.at(x.y_pred);
  return mean_of(abs(x.at(error)), x.at);
}

Tensor detail::percentage(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  const Operands x("mean_absolute_percentage_error", y_true, y_pred);
  const Tensor size = abs(x.at(x.y_true)), divisor = maximum(x.at(size), epsilon);
  const Tensor error = x.at(x.y_true) - x.at(x.y_pred), relative = x.at(error) / x.at(divisor);
  const Tensor average = mean_of(abs(x.at(relative)), x.at);
  return x.at(100) * x.at(average);
}

Tensor detail::logarithmic(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  const Operands x("mean_squared_logarithmic_error", y_true, y_pred);
  const auto logarithm = [&](const Tensor &y) {
    const Tensor positive = maximum(x.at(y), epsilon), shifted = x.at(positive) + 1;
    return log(x.at(shifted));
  };
  const Tensor first = logarithm(x.y_pred), second = logarithm(x.y_true);
  return mean_of(squared_difference(x.at(first), x.at(second)), x.at);
}

Tensor detail::huber(const Arg &y_true, const Arg &y_pred, const HuberOptions &options) {
  const Operands x("huber", y_true, y_pred);
  const double delta = options.delta;
  const Tensor error = x.at(x.y_pred) - x.at(x.y_true), size = abs(x.at(error));
  const Tensor squares = square(x.at(error)), curve = x.at(squares) * 0.5;
  const Tensor slope = x.at(size) * delta, line = x.at(slope) - 0.5 * delta * delta;
  const Tensor small = x.at(size) <= delta;
  return mean_of(where(x.at(small), x.at(curve), x.at(line)), x.at);
}

// log(cosh(e)) = e + softplus(-2 e) - log(2).
Tensor detail::log_cosh(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  const Operands x("log_cosh", y_true, y_pred);
  const Tensor error = x.at(x.y_pred) - x.at(x.y_true), doubled = x.at(error) * -2.0;
  const Tensor soft = softplus(x.at(doubled)), shifted = x.at(error) + x.at(soft);
  return mean_of(x.at(shifted) - std::log(2.0), x.at);
}

Tensor detail::binary(const Arg &y_true, const Arg &y_pred, const CrossentropyOptions &options) {
  Operands x("binary_crossentropy", y_true, y_pred);
  smooth(x, "binary_crossentropy", options.label_smoothing, 0.5);
  const Tensor other = x.at(1.0) - x.at(x.y_true);
  if (options.from_logits) { // log(sigmoid(x)) = -softplus(-x)
    const Tensor negated = -x.at(x.y_pred), if_one = softplus(x.at(negated)), if_zero = softplus(x.at(x.y_pred));
    const Tensor one = x.at(x.y_true) * x.at(if_one), zero = x.at(other) * x.at(if_zero);
    return mean_of(x.at(one) + x.at(zero), x.at);
  }
  const Tensor p = clamp(x.at(x.y_pred), epsilon, 1 - epsilon), q = x.at(1.0) - x.at(p);
  const Tensor log_p = log(x.at(p)), log_q = log(x.at(q));
  const Tensor one = x.at(x.y_true) * x.at(log_p), zero = x.at(other) * x.at(log_q), both = x.at(one) + x.at(zero);
  return mean_of(-x.at(both), x.at);
}

Tensor detail::categorical(const Arg &y_true, const Arg &y_pred, const CrossentropyOptions &options) {
  Operands x("categorical_crossentropy", y_true, y_pred);
  const std::int64_t classes = type_of(x.y_pred, "categorical_crossentropy", x.at.where).dims.back();
  if (options.label_smoothing != 0 && classes == open)
    throw Error("categorical_crossentropy", "label_smoothing needs a known number of classes, but it is open",
                x.at.where);
  smooth(x, "categorical_crossentropy", options.label_smoothing, 1.0 / double(classes));
  const Tensor log_p = options.from_logits ? log_softmax(x.at(x.y_pred)) : log_probabilities(x.y_pred, x.at);
  const Tensor total = total_of(x.at(x.y_true) * x.at(log_p), x.at);
  return -x.at(total);
}

// A label outside: at once where its value is known, else in the function that runs.
static void check_labels(const char *name, const Tensor &labels, std::int64_t classes, At at) {
  const std::string range = "[0, " + std::to_string(classes) + ")";
  const Buffer *known = is_tracing ? nullptr : Access::buffer(labels);
  if (known) {
    for (std::int64_t i = 0; i < known->count; ++i) {
      const std::int64_t label = known->as<std::int64_t>()[i];
      if (label < 0 || label >= classes)
        throw Error(name,
                    "label " + std::to_string(label) + " at position " + std::to_string(i) + " is outside " + range,
                    at.where);
    }
    return;
  }
  const Tensor low = at(labels) >= 0, high = at(labels) < classes, inside = at(low) & at(high);
  const Tensor all_inside = all(at(inside));
  check(at(all_inside), std::string(name) + ": a label is outside " + range);
}

Tensor detail::sparse_categorical(const Arg &y_true, const Arg &y_pred, const SparseCrossentropyOptions &options) {
  static constexpr char name[] = "sparse_categorical_crossentropy";
  const At at{y_pred.where};
  Tensor p = tensor_of(y_pred), labels = cast(y_true, i64);
  p = cast(at(p), floating_dtype(y_pred, name));
  const TensorType prediction = type_of(p, name, at.where);
  if (prediction.dims.empty() || prediction.dims.back() == open)
    throw Error(name, "expected a last dimension of known size, the classes, but y_pred is " + prediction.describe(),
                at.where);
  if (const TensorType t = type_of(labels, name, at.where);
      t.dims.size() == prediction.dims.size() && t.dims.back() == 1)
    labels = squeeze(at(labels), -1);
  const TensorType label = type_of(labels, name, at.where);
  bool fits = label.dims.size() + 1 == prediction.dims.size();
  for (std::size_t i = 0; fits && i < label.dims.size(); ++i)
    fits = label.dims[i] == prediction.dims[i] || label.dims[i] == open || prediction.dims[i] == open;
  if (!fits)
    throw Error(name,
                "expected one label for each row of y_pred, but got y_true " + type_of(y_true, name).describe() +
                    ", y_pred " + prediction.describe(),
                at.where, "for one-hot labels there is categorical_crossentropy");
  check_labels(name, labels, prediction.dims.back(), at);
  const Tensor log_p = options.from_logits ? log_softmax(at(p)) : log_probabilities(p, at);
  // Selected, not multiplied with zeros: an impossible class (-inf) of another label is no NaN.
  const Tensor chosen = one_hot(at(labels), prediction.dims.back(), boolean);
  const Tensor total = total_of(tenon::where(at(chosen), at(log_p), at(0)), at);
  return -at(total);
}

Tensor detail::kl_divergence(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  const Operands x("kl_divergence", y_true, y_pred);
  const Tensor t = clamp(x.at(x.y_true), epsilon, 1), p = clamp(x.at(x.y_pred), epsilon, 1);
  const Tensor ratio = x.at(t) / x.at(p), information = log(x.at(ratio));
  return total_of(x.at(t) * x.at(information), x.at);
}

Tensor detail::poisson(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  const Operands x("poisson", y_true, y_pred);
  const Tensor shifted = x.at(x.y_pred) + epsilon, rate = log(x.at(shifted)), part = x.at(x.y_true) * x.at(rate);
  return mean_of(x.at(x.y_pred) - x.at(part), x.at);
}

// max(1 - t p, 0), where labels that are all 0 or 1 count as -1 and 1.
static Tensor margin(const char *name, const Arg &y_true, const Arg &y_pred) {
  const Operands x(name, y_true, y_pred);
  const Tensor zeros = x.at(x.y_true) == 0, ones = x.at(x.y_true) == 1, either = x.at(zeros) | x.at(ones);
  const Tensor is_binary = all(x.at(either)), doubled = x.at(x.y_true) * 2, converted = x.at(doubled) - 1;
  const Tensor t = where(x.at(is_binary), x.at(converted), x.at(x.y_true));
  const Tensor product = x.at(t) * x.at(x.y_pred), distance = x.at(1) - x.at(product);
  return maximum(x.at(distance), 0);
}
Tensor detail::hinge(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  return mean_of(margin("hinge", y_true, y_pred), At{y_pred.where});
}
Tensor detail::squared_hinge(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  const At at{y_pred.where};
  const Tensor distance = margin("squared_hinge", y_true, y_pred);
  return mean_of(square(at(distance)), at);
}

Tensor detail::categorical_hinge(const Arg &y_true, const Arg &y_pred, const LossOptions &) {
  const Operands x("categorical_hinge", y_true, y_pred);
  const Tensor positive = total_of(x.at(x.y_true) * x.at(x.y_pred), x.at), other = x.at(1.0) - x.at(x.y_true);
  const Tensor others = x.at(other) * x.at(x.y_pred), negative = max(x.at(others), -1);
  const Tensor difference = x.at(negative) - x.at(positive), distance = x.at(difference) + 1;
  return maximum(x.at(distance), 0);
}

// The norm is bounded from below before its root is taken, so that a vector of zeros has a gradient.
Tensor detail::cosine_similarity(const Arg &y_true, const Arg &y_pred, const CosineOptions &options) {
  const Operands x("cosine_similarity", y_true, y_pred);
  const auto normalized = [&](const Tensor &y) {
    const Tensor squares = square(x.at(y)), total = sum(x.at(squares), options.axis, {.keep_dims = true});
    const Tensor bounded = maximum(x.at(total), epsilon * epsilon), scale = rsqrt(x.at(bounded));
    return x.at(y) * x.at(scale);
  };
  const Tensor t = normalized(x.y_true), p = normalized(x.y_pred), product = x.at(t) * x.at(p);
  const Tensor similarity = sum(x.at(product), options.axis);
  return -x.at(similarity);
}

// ---- reduction ----------------------------------------------------------------------------------------------------

// A mean of no values would be NaN in the weights: refused now, or when the function runs with such a batch.
static void check_not_empty(const char *name, const Tensor &values, At at) {
  const TensorType type = type_of(values, name, at.where);
  if (llvm::is_contained(type.dims, 0))
    throw Error(name, "the batch is empty: one value each for " + describe(type.dims) + " samples has no mean",
                at.where, "leave the batch out, or take losses::Reduction::sum");
  for (std::size_t i = 0; i < type.dims.size(); ++i)
    if (type.dims[i] == open) {
      const Tensor size = values.dim(int(i), at.where), some = at(size) > 0;
      check(at(some), std::string(name) + ": the batch is empty");
    }
}

static Tensor reduce_values(const char *name, Tensor values, const Tensor *weight, Reduction reduction, At at) {
  Tensor w;
  if (weight) {
    const TensorType v = type_of(values, name, at.where);
    w = cast(at(*weight), v.dtype);
    // [B,1] weights of [B] values, and the other way round.
    const std::size_t rank = type_of(w, name, at.where).dims.size();
    if (rank == v.dims.size() + 1 && type_of(w, name, at.where).dims.back() == 1)
      w = squeeze(at(w), -1);
    else if (rank == 1 && v.dims.size() > 1)
      for (std::size_t i = 1; i < v.dims.size(); ++i) w = expand_dims(at(w), -1); // one weight for each row
    values = at(values) * at(w);
  }
  if (reduction == Reduction::none)
    return values;
  if (reduction == Reduction::sum || type_of(values, name, at.where).dims.empty())
    return sum(at(values));
  check_not_empty(name, values, at);
  if (reduction == Reduction::sum_over_batch_size || !weight)
    return mean(at(values));
  const Tensor total = sum(at(values)), weights = sum(at(w)), none = at(weights) == 0;
  const Tensor divisor = where(at(none), 1, at(weights)), quotient = at(total) / at(divisor);
  return where(at(none), 0, at(quotient));
}

Tensor mask_weights(const Arg &mask, const std::optional<Tensor> &weights, DType dtype) {
  const At at{mask.where};
  const Tensor counts = cast(mask, dtype), valid = sum(at(counts)), total = sum(at(ones_like(at(counts))));
  const Tensor none = at(valid) == 0, divisor = where(at(none), 1, at(valid)), share = at(total) / at(divisor);
  const Tensor scaled = at(counts) * at(share);
  if (!weights)
    return scaled;
  Tensor own = cast(at(*weights), dtype);
  for (std::size_t i = type_of(own, "mask_weights", at.where).dims.size(),
                   n = type_of(scaled, "mask_weights", at.where).dims.size();
       i < n; ++i)
    own = expand_dims(at(own), -1);
  return at(scaled) * at(own);
}

template <class O>
Tensor LossFunction<O>::reduce(const Arg &y_true, const Arg &y_pred, const Tensor *weight, const O &options) const {
  return reduce_values(name_, values_(y_true, y_pred, options), weight, options.reduction, At{y_pred.where});
}
template class LossFunction<LossOptions>;
template class LossFunction<HuberOptions>;
template class LossFunction<CrossentropyOptions>;
template class LossFunction<SparseCrossentropyOptions>;
template class LossFunction<CosineOptions>;

void Loss::takes_no_weights(const char *name, Location where) {
  throw Error(name, "the function takes no sample weights", where, "give it a third parameter: the Tensor of weights");
}

} // namespace tenon::losses

// nn::MultiHeadAttention.
#pragma once

#include "tenon/initializers.h"
#include "tenon/nn/layer.h"

#include <optional>

namespace tenon::nn {

struct MultiHeadAttentionOptions {
  std::int64_t value_size = 0;  ///< of each head; 0: key_size
  std::int64_t output_size = 0; ///< 0: the query's last dimension
  double dropout = 0;           ///< of the attention weights, while training
  bool use_bias = true;
  bool causal = false; ///< position i sees positions up to i, in every call
  Initializer kernel_initializer = initializers::glorot_uniform;
  Initializer bias_initializer = initializers::zeros;
  std::string name = {};
};

/// How attention is called: `attention(query, value, {.mask = m, .causal = true})`.
struct AttentionCall {
  std::optional<Tensor> key = {}; ///< none: the value
  /// Whether position t sees position s: booleans [T,S], [N,T,S] or [N,heads,T,S].
  std::optional<Tensor> mask = {};
  /// Whether position s is there, rather than padding: booleans [N,S].
  std::optional<Tensor> padding = {};
  bool causal = false;
  bool training = false;
};

/// Attention with several heads: query [N,T,D], value [N,S,E] -> [N,T,output size] (Vaswani et al., 2017).
///
/// For each head softmax(q k^T / sqrt(key_size)) v, where q, k, v are affine maps of query, key and value; what a mask
/// leaves out counts as -1e9 before the softmax. Called with one Tensor it attends to itself, and a
/// mask of that call, [N,T], says which positions see and are seen. Variables, shaped as
/// Keras's: query.kernel [D,heads,key], query.bias [heads,key], key and value likewise, output.kernel
/// [heads,value,output size], output.bias.
class MultiHeadAttention : public Layer {
public:
  MultiHeadAttention(std::int64_t heads, std::int64_t key_size, MultiHeadAttentionOptions options = {},
                     Location where = Location::current());
  using Layer::operator();
  Tensor operator()(const Arg &query, const Arg &value, const AttentionCall &call = {}) const;
};

} // namespace tenon::nn

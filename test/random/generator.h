// Makes random graphs; each op is run eagerly as it is chosen, so that a graph is one that the frontend accepts.
#pragma once

#include "graph.h"

#include <map>
#include <optional>

namespace tenon::test {

class Generator {
public:
  /// `before_op` sees the graph, with the op at its end, before each op runs.
  /// `only`: the dtype of all that floats.
  explicit Generator(std::uint64_t seed, void (*before_op)(const Graph &) = nullptr, std::optional<DType> only = {});
  /// The graph of the seed. What an op throws beside tenon::Error passes through; `graph()` then ends with that op.
  Graph generate();
  const Graph &graph() const { return graph_; }
  /// How often the frontend refused what was proposed, by message: a generator that is mostly refused tests little.
  const std::map<std::string, int> &refusals() const { return refusals_; }

private:
  // Values and their parts.
  const Value &at(int i) const { return graph_.values[std::size_t(i)]; }
  int any();
  /// A value that the predicate accepts, or -1.
  template <class P> int any_where(P &&predicate) {
    for (int attempt = 0; attempt < 6; ++attempt)
      if (const int i = any(); predicate(at(i)))
        return i;
    return -1;
  }
  static std::int64_t count(const Dimensions &dims);
  static bool is_static(const Dimensions &dims);

  // Making values.
  Dimension dimension();
  Dimensions dimensions(int rank);
  DType dtype();
  DType drawn_dtype();
  int input(DType dtype, Dimensions dims, std::int64_t limit = 0);
  int number(DType dtype, Dimensions dims);
  int indices(const Dimension &below, std::optional<Dimensions> dims = {});
  int like(DType dtype, const Dimensions &dims);
  int broadcastable(const Dimensions &dims);
  /// Gives `value` the operands x and another that broadcasts with it, and their shape; false where there is none.
  bool pair_up(Value &value, int x);
  std::optional<Dimensions> broadcast(const Dimensions &a, const Dimensions &b) const;
  Dimension computed(std::int64_t size, std::initializer_list<Dimension> from);
  int add(Value value);

  // Proposals, by family. Each adds at most one op.
  void elementwise();
  void compare_or_select();
  void reduction();
  void along_axis();
  void contraction();
  void window();
  void movement();
  void joining();
  void indexing();
  void creation();
  void window_numbers(Value &value, const Dimensions &x, const std::vector<std::int64_t> &window, bool pool);

  void (*before_op_)(const Graph &);
  Random random_;
  Graph graph_;
  std::vector<Tensor> values_;
  std::map<std::string, int> refusals_;
  DType main_dtype_;
  std::optional<DType> only_;
  int next_symbol_ = Dimension::named;
};

} // namespace tenon::test

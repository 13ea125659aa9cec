// Runs the texts of random programs on Tensors, eagerly and traced.
#include "traced.h"

#include "texts.h"

#include "run.h"

namespace tenon::test::programs {

namespace {
struct Call {
  traced::Text text;
  mutable Variable memory{Tensor(0.0, f64), "memory"};
  Tensor operator()(Tensor a, Tensor b, Tensor c, Tensor n, Tensor v) const {
    return text.function(a, b, c, n, v, memory);
  }
};

template <class F> Outcome outcome(F &f, Variable &memory, const Input &input) {
  memory.assign(Tensor(input.memory, f64));
  const Tensor a(input.a, f64), b(input.b, f64), c(input.c, f64), n(input.n), v = Tensor::from(input.v);
  const Tensor result = f(a, b, c, n, v);
  return {result.item<double>(), memory.value().item<double>()};
}

void add(std::vector<TextRun> &runs, std::span<const traced::Text> texts, const std::string &name) {
  for (const traced::Text &text : texts) {
    Call call{text};
    auto function = std::make_shared<Function<Call>>(call);
    runs.push_back({text.seed, name, [call](const Input &input) { return outcome(call, call.memory, input); },
                    [function](const Input &input) { return outcome(*function, function->callable().memory, input); }});
  }
}
} // namespace

std::vector<TextRun> traced_text_runs() {
  std::vector<TextRun> runs;
  add(runs, traced::macros_texts(), "in statement macros");
#ifdef TENON_TEST_AUTOGRAPH
  add(runs, traced::functions_texts(), "through tenon-autograph");
#endif
  return runs;
}

} // namespace tenon::test::programs

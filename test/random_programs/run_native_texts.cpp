// Runs the native texts of random programs.
#include "native.h"

#include "texts.h"

#include "run.h"

namespace tenon::test::programs {

std::vector<TextRun> native_text_runs() {
  std::vector<TextRun> runs;
  for (const native::Text &text : native::native_texts()) {
    const auto run = [text](const Input &input) {
      native::Memory memory{input.memory};
      const native::Vec v{{input.v[0], input.v[1], input.v[2], input.v[3]}};
      const double result = text.function(input.a, input.b, input.c, input.n, v, memory);
      return Outcome{result, memory.held};
    };
    runs.push_back({text.seed, "as C++ numbers", run, run});
  }
  return runs;
}

} // namespace tenon::test::programs

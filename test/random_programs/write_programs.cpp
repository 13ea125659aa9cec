// Writes the texts of random programs as a C++ file: write-random-programs FILE native|macros|functions
// (FIRST_SEED COUNT)...
//
// `native` and `macros` are the two syntaxes; `functions` is the native one in terms of Tensors, for tenon-autograph.
#include "program.h"

#include <cstdlib>
#include <fstream>
#include <iostream>

using namespace tenon::test::programs;

int main(int argc, char **argv) {
  if (argc < 5 || argc % 2 == 0) {
    std::cerr << "usage: " << argv[0] << " FILE native|macros|functions (FIRST_SEED COUNT)...\n";
    return 2;
  }
  const std::string kind = argv[2];
  std::vector<std::uint64_t> seeds;
  for (int i = 3; i < argc; i += 2) {
    const std::uint64_t first = std::strtoull(argv[i], nullptr, 10), count = std::strtoull(argv[i + 1], nullptr, 10);
    for (std::uint64_t k = 0; k < count; ++k) seeds.push_back(first + k);
  }
  const std::string space = kind == "native" ? "native" : "traced";
  std::ofstream out(argv[1]);
  out << "// Random programs, written by write-random-programs.\n"
      << "#include \"" << space << ".h\"\n#include \"texts.h\"\n\n"
      << "namespace tenon::test::programs::" << space << " {\nnamespace {\n";
  for (std::uint64_t seed : seeds) {
    const std::string name = "program" + std::to_string(seed);
    const std::string text = to_string(generate(seed), name, kind == "macros" ? Syntax::macros : Syntax::native);
    out << "\n" << (kind == "functions" ? "TENON_FUNCTION " : "") << text;
  }
  out << "} // namespace\n\nstd::span<const Text> " << kind << "_texts() {\n  static const Text texts[] = {\n";
  for (std::uint64_t seed : seeds) out << "    {" << seed << ", program" << seed << "},\n";
  out << "  };\n  return texts;\n}\n\n} // namespace tenon::test::programs::" << space << "\n";
  out.close();
  if (!out) {
    std::cerr << argv[0] << ": cannot write " << argv[1] << "\n";
    return 1;
  }
}

// Writes the texts of random programs as a C++ file: write-random-programs FILE native|macros|functions FIRST_SEED
// COUNT.
//
// `native` and `macros` are the two syntaxes; `functions` is the native one in terms of Tensors, for tenon-autograph.
#include "program.h"

#include <cstdlib>
#include <fstream>
#include <iostream>

using namespace tenon::test::programs;

int main(int argc, char **argv) {
  if (argc != 5) {
    std::cerr << "usage: " << argv[0] << " FILE native|macros|functions FIRST_SEED COUNT\n";
    return 2;
  }
  const std::string kind = argv[2];
  const std::uint64_t first = std::strtoull(argv[3], nullptr, 10), count = std::strtoull(argv[4], nullptr, 10);
  const std::string space = kind == "native" ? "native" : "traced";
  std::ofstream out(argv[1]);
  out << "// Random programs from seed " << first << " on, written by write-random-programs.\n"
      << "#include \"" << space << ".h\"\n#include \"texts.h\"\n\n"
      << "namespace tenon::test::programs::" << space << " {\nnamespace {\n";
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string name = "program" + std::to_string(first + i);
    const std::string text = to_string(generate(first + i), name, kind == "macros" ? Syntax::macros : Syntax::native);
    out << "\n" << (kind == "functions" ? "TENON_FUNCTION " : "") << text;
  }
  out << "} // namespace\n\nstd::span<const Text> " << kind << "_texts() {\n  static const Text texts[] = {\n";
  for (std::uint64_t i = 0; i < count; ++i) out << "    {" << first + i << ", program" << first + i << "},\n";
  out << "  };\n  return texts;\n}\n\n} // namespace tenon::test::programs::" << space << "\n";
  out.close();
  if (!out) {
    std::cerr << argv[0] << ": cannot write " << argv[1] << "\n";
    return 1;
  }
}

// Traces cases of the suite: CASE.mlir for tenonc, and the inputs beside it, CASE/input.NAME.npy.
//   bench_trace [--list] [--numbers DIR] [--out DIR] [CASE ...]       all cases without names
// DIR/CASE holds the weights and inputs that peers.py --dump wrote; without --numbers they are drawn by a formula.
#include "models.h"

#include <filesystem>
#include <iostream>

int main(int count, char **arguments) try {
  std::filesystem::path numbers, out = ".";
  std::vector<std::string> names;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--list") {
      for (const std::string &name : bench::case_names()) std::cout << name << '\n';
      return 0;
    }
    if ((argument == "--numbers" || argument == "--out") && i + 1 < count)
      (argument == "--out" ? out : numbers) = arguments[++i];
    else if (argument.starts_with("-"))
      throw std::invalid_argument("unknown option '" + argument +
                                  "'; expected --list, --numbers DIR, --out DIR or names of cases");
    else
      names.push_back(argument);
  }
  for (const std::string &name : names.empty() ? bench::case_names() : names) {
    const bench::Case traced = bench::make_case(name, numbers.empty() ? "" : (numbers / name).string());
    std::filesystem::create_directories(out / name);
    for (const bench::Input &input : traced.inputs)
      tenon::save_npy((out / name / ("input." + input.name + ".npy")).string(), input.value);
    tenon::Program program(name);
    traced.add_to(program);
    program.write((out / (name + ".mlir")).string());
  }
  return 0;
} catch (const std::exception &error) {
  std::cerr << "bench_trace: " << error.what() << '\n';
  return 1;
}

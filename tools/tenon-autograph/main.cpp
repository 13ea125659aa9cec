// tenon-autograph: rewrites native control flow on Tensors, in functions marked TENON_FUNCTION, into statement macros.
#include "Action.h"
#include "CompileArguments.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <CLI/CLI.hpp>

#include <algorithm>

int main(int argc, char **argv) {
  // What follows `--` are the compiler's options.
  std::vector<std::string> Own(argv + 1, argv + argc);
  autograph::Options O;
  if (auto Split = std::find(Own.begin(), Own.end(), "--"); Split != Own.end()) {
    O.CompilerArguments.assign(Split + 1, Own.end());
    Own.erase(Split, Own.end());
  }
  std::reverse(Own.begin(), Own.end()); // as CLI11 takes them

  CLI::App App(
      "Rewrites if, while, for, break, continue and return on Tensors, in functions marked TENON_FUNCTION, into "
      "the statement macros of <tenon/control_flow.h>. Every line keeps its number.\nWhat follows `--` are the options "
      "that the compiler gets: "
      "those that decide how FILE is parsed are used. @FILE stands for those in FILE, one a line.",
      "tenon-autograph");
  App.footer("Exit codes: 0 written; 1 the file does not compile, has nothing marked, or something that cannot be\n"
             "rewritten; 2 wrong usage; 3 the output cannot be written.");
  O.ResourceDir = TENON_CLANG_RESOURCE_DIR; // where this build found Clang
  App.add_option("FILE", O.Input, "The C++ file to rewrite")->required();
  App.add_option("-o,--output", O.Output, "Where to write the result; - is standard output")->required();
  App.add_option("--depfile", O.Depfile, "Write the headers that FILE includes as a rule for Make and Ninja");
  App.add_option("--resource-dir", O.ResourceDir, "The folder of Clang's own headers")->capture_default_str();
  App.set_version_flag("--version", "tenon-autograph " TENON_VERSION);
  try {
    App.parse(Own);
  } catch (const CLI::ParseError &Error) {
    return App.exit(Error) == 0 ? autograph::Success : autograph::WrongUsage;
  }
  if (!llvm::sys::fs::exists(O.Input)) {
    llvm::errs() << "tenon-autograph: error: cannot read '" << O.Input << "'\n";
    return autograph::WrongUsage;
  }
  std::string Unread;
  if (!autograph::expandFiles(O.CompilerArguments, Unread)) {
    llvm::errs() << "tenon-autograph: error: cannot read '" << Unread << "'\n";
    return autograph::WrongUsage;
  }
  return autograph::run(O);
}

// Action: parses one file, finds what is marked TENON_FUNCTION, and collects the edits of all of it.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <vector>

namespace autograph {

struct Options {
  std::string Input;
  /// "-" is standard output.
  std::string Output;
  /// Where to write the headers that the input includes, as a Makefile's rule; empty: nowhere.
  std::string Depfile;
  std::string ResourceDir;
  std::vector<std::string> CompilerArguments;
};

/// What the process ends with.
enum ExitCode { Success = 0, Refused = 1, WrongUsage = 2, CannotWrite = 3 };

ExitCode run(const Options &O);

} // namespace autograph

// Diagnose: errors and warnings at a place of the user's file, as the compiler prints its own.
#pragma once

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/SourceLocation.h"

#include <set>

namespace autograph {

/// Says each thing once, whichever template's instantiation or walk finds it again.
class Diagnose {
public:
  explicit Diagnose(clang::DiagnosticsEngine &Engine) : Engine(Engine) {}

  void error(clang::SourceLocation Where, llvm::StringRef Message) {
    ++NumErrors;
    report(clang::DiagnosticsEngine::Error, Where, Message);
  }
  void warn(clang::SourceLocation Where, llvm::StringRef Message) {
    report(clang::DiagnosticsEngine::Warning, Where, Message);
  }
  void note(clang::SourceLocation Where, llvm::StringRef Message) {
    report(clang::DiagnosticsEngine::Note, Where, Message);
  }
  unsigned getNumErrors() const { return NumErrors; }

private:
  void report(clang::DiagnosticsEngine::Level Level, clang::SourceLocation Where, llvm::StringRef Message) {
    if (!Said.insert({Where.getRawEncoding(), Message.str()}).second)
      return;
    const char *Format = Level == clang::DiagnosticsEngine::Note ? "%0" : "%0 [tenon-autograph]";
    Engine.Report(Where,
                  Engine.getDiagnosticIDs()->getCustomDiagID(static_cast<clang::DiagnosticIDs::Level>(Level), Format))
        << Message;
  }

  clang::DiagnosticsEngine &Engine;
  std::set<std::pair<unsigned, std::string>> Said;
  unsigned NumErrors = 0;
};

} // namespace autograph

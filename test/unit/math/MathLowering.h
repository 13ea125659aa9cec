// The way of the math tests from a formula's text to LLVM IR.
#pragma once

#include "compiler/Codegen/Passes.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

#include <memory>
#include <string>

namespace tenon_test {

/// A function `name` that loops over arrays; `body` computes %r : OUTTYPE from %x (and %y) : TYPE. The words TYPE,
/// OUTTYPE, MASK (select's type of condition), ONE and ZERO are replaced by types and literals of `lanes` elements, or
/// scalars for 0.
std::string kernelText(const std::string &name, const std::string &inputType, const std::string &outputType,
                       const std::string &body, unsigned lanes);

/// Parses, expands and lowers; aborts with the text where that fails.
std::unique_ptr<llvm::Module> lowerToLLVM(const std::string &text, const mlir::tenon::ExpandMathPassOptions &options,
                                          llvm::LLVMContext &context);

[[noreturn]] void fail(const std::string &what, const std::string &text);

} // namespace tenon_test

// The text files beside an object: a C99 header, a C++ wrapper, a JavaScript module.
#pragma once

#include "compiler/Target/ModelInterface.h"
#include "compiler/Target/Target.h"

namespace mlir::tenon {

/// `<model>.h`: declarations, the state's struct, workspace macros; documents each parameter. Includes only <stdint.h>
/// and <stddef.h>.
std::string emitCHeader(const ModelInterface &model, ArrayRef<Target> levels);

/// `<model>.hpp`: a header-only C++20 wrapper around the C header (included as `cHeader`): spans, errors as exceptions.
std::string emitCxxHeader(const ModelInterface &model, StringRef cHeader);

/// `<model>.mjs`: loads `wasmFile`, which lies beside it, and copies arrays in and out of its memory.
std::string emitJavaScriptModule(const ModelInterface &model, StringRef wasmFile);

/// The C type of an element; f16 and bf16 are `uint16_t`, i1 is `uint8_t`.
StringRef getCType(DType dtype);
/// Names of a function's parameters as C sees them: made identifiers, and different from each other.
struct ParameterNames {
  SmallVector<std::string> dims, inputs, outputs;
};
ParameterNames getParameterNames(const FunctionSignature &function);
/// "float [batch, 64]": the shape in symbols.
std::string describeShape(const FunctionSignature &function, const ArgumentSignature &argument);

} // namespace mlir::tenon

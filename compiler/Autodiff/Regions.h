// Ops with regions, rebuilt so that they carry more; how often loops run.
#pragma once

#include "dialects/Tenon/Dialect.h"

#include <optional>

namespace mlir::tenon {

/// The same op that also carries `extra` through its regions and has them as its last results. `visit` gets each block
/// in which the values may change, with what they are at its begin, and returns what they are at its end; the condition
/// of a while hands them on. Blocks stay the same objects; `op` is erased.
Operation *carryThrough(Operation *op, ValueRange extra,
                        llvm::function_ref<SmallVector<Value>(Block &, ValueRange)> visit);

/// How often a for with these bounds runs, as an i64 scalar.
Value createTripCount(OpBuilder &builder, Value lower, Value upper, int64_t step);

/// Makes each while in `op`, and itself, carry the number of iterations it has begun.
void countIterations(Operation *op);
/// Which result of a while is that number.
std::optional<unsigned> counterOf(WhileOp op);
/// From here on it is a result like others.
void forgetCounter(WhileOp op);

} // namespace mlir::tenon

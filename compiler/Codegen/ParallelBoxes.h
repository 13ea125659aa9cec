// How emitters offer a nest to several threads: written for any box of its iteration space, with what it costs.
#pragma once

#include "compiler/Codegen/TargetDescription.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Builders.h"

namespace mlir::tenon {

/// The units from `lower` to before `upper` of a dimension that may be cut.
struct UnitRange {
  OpFoldResult lower, upper;
};

/// A number times extents that are not known.
struct OpenProduct {
  double known = 1;
  SmallVector<Value> factors;

  void scaleBy(OpFoldResult extent);
};

/// An estimate of what a nest takes, and what several threads would have to hand each other.
struct NestWork {
  /// Cycles of one core.
  OpenProduct cycles;
  /// Bytes of the buffers that it reads or writes, constants aside: those stay in each core's cache.
  SmallVector<OpenProduct> bytes;

  void addBuffer(OpBuilder &builder, Location loc, Value memref);
};

/// To whom nests are offered.
struct Threads {
  /// The call's frame, which brings them; null where nothing is offered.
  Value frame;
  const TargetDescription &target;
  /// Offer everything that can be cut, and say that it is worth it.
  bool always = false;

  /// For code in place of `op`; `parallel` is an option's word: worthwhile, always or never. None outside of an entry
  /// point.
  static Threads of(Operation *op, const TargetDescription &target, StringRef parallel);
};

/// Emits `body` for all units of each dimension: straight, or, where the work may be worth several threads (what others
/// have in their caches costs more than it did), in a
/// `tenon_parallel.boxes` (of which not every dimension need be cut). Then each element of memory that the body writes
/// has to belong to one box, and `isCut` is true.
void emitBoxes(OpBuilder &builder, Location loc, const Threads &threads, ArrayRef<OpFoldResult> units,
               const NestWork &work, function_ref<void(ArrayRef<UnitRange>, bool isCut)> body);

/// The part of [lower, upper) that lies in `range`, where it is `count` units of `width` each, the first of which is
/// number `first`; a single unit may be of any size.
std::pair<OpFoldResult, OpFoldResult> clip(OpBuilder &builder, Location loc, const UnitRange &range, OpFoldResult first,
                                           OpFoldResult count, OpFoldResult lower, OpFoldResult upper, int64_t width);

} // namespace mlir::tenon

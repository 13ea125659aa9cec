// The operation by which a reduction combines two values, found in the body of a structured operation.
#pragma once

#include "compiler/Codegen/SweepBuilder.h"

namespace mlir::tenon {

/// Where an identity may be left out without changing a bit. A compare and select may treat NaN differently from the
/// identity.
struct Neutrality {
  /// combine(identity, x) is x for every x.
  bool asStart = true;
  /// combine(x, identity) is x for every x that can have been accumulated from the identity on.
  bool asElement = true;
};

/// A reduction's body is a map, which computes a value from the inputs, and a combiner, which combines that value with
/// the output's block argument: sum, product, maximum, minimum, and, or, exclusive or, as one operation or as compare
/// and select.
struct Combiner {
  /// The operations that combine, in order.
  SmallVector<Operation *> ops;
  /// The output's block argument.
  Value accumulator;
  /// The map's value.
  Value element;
  /// What the body yields.
  Value result;
  /// What accumulators start at.
  TypedAttr identity;
  Neutrality neutrality;

  /// combine(accumulator, element) for scalars, or for vectors of `width` lanes.
  Value combine(SweepBuilder &builder, Value accumulator, Value element, int64_t width) const;
  /// The same as copies of the operations, by any builder, for scalars.
  Value combineScalars(OpBuilder &builder, Value accumulator, Value element) const;
};

/// Finds the combiner of `sweep`, which reduces; fails where the body is none of the forms above or there are several
/// outputs.
FailureOr<Combiner> matchCombiner(const Sweep &sweep);

} // namespace mlir::tenon

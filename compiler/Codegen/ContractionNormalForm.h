// Fewer and longer loops: a contraction without loops of one iteration, and with neighbours that walk memory as one
// merged into one.
#pragma once

#include "compiler/Codegen/ContractionEpilogue.h"

#include "mlir/IR/Builders.h"

namespace mlir::tenon {

/// Rewrites `contraction`, and `epilogue` with it where there is one:
/// - loops of one iteration disappear from subscripts and loop lists;
/// - trailing dimensions of one element disappear from operands (a depthwise filter, a matrix of one column);
/// - adjacent parallel loops become one where every operand either varies along neither or has them as adjacent
///   dimensions without a gap: a 1x1 convolution over (batch, height, width) becomes a matmul over pixels.
/// Collapsed views of the operands are created where `builder` stands.
void normalizeContraction(OpBuilder &builder, Contraction &contraction, ContractionEpilogue *epilogue);

} // namespace mlir::tenon

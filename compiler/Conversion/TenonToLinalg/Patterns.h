// The families of patterns that make up the conversion of `tenon` to linalg, tensor, arith, math and scf.
#pragma once

#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mlir::tenon {
void populateElementwisePatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateLinearAlgebraPatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateConvTransposePatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateWindowPatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateReductionPatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateShapePatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateIndexingPatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateSortPatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateRandomPatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateControlFlowPatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateStatePatterns(const TypeConverter &converter, RewritePatternSet &patterns);
void populateListPatterns(const TypeConverter &converter, RewritePatternSet &patterns);

/// Before the conversion: each list is taken by one op at most on every path, after those that read it.
LogicalResult verifyLists(Operation *root);

/// Before the conversion: open sizes on which branches have to agree are checked, undefined tensors get sizes.
void prepareRegions(Operation *root);
} // namespace mlir::tenon

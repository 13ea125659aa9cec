// Rows: one element of the first dimension, read and replaced, at an index that counts from 0 only.
#pragma once

#include "sizes.h"

namespace tenon::detail {

/// x[i], where i is not negative. An Error outside, when it runs.
Tensor row_of(const Tensor &x, const Tensor &i, const char *operation, Location where);
/// x[0:count], where count is no more than there are.
Tensor first_rows(const Tensor &x, const Tensor &count, Location where);
/// x with row i replaced by `row`.
Tensor with_row(const Tensor &x, const Tensor &i, const Tensor &row, const char *operation, Location where);
/// Zeros that something else will be written over.
Tensor zeros_of(const Sizes &sizes, DType dtype, Location where);

} // namespace tenon::detail

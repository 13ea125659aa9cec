// Open sizes: which are the same whatever they are, and where one is known outside of the region that uses it.
#pragma once

#include "trace.h"

namespace tenon::detail {

enum class Agreement : std::uint8_t {
  proved,  ///< they come from one size
  checked, ///< they come from sizes that are known outside of the region: one comparison at run time settles it
  unknown, ///< one is computed inside the region
};
/// Whether dimension `axis` of `inside`, made in `region`, has the size of that of `outside`.
Agreement same_size(Trace &trace, mlir::Value inside, mlir::Value outside, std::int64_t axis, mlir::Region &region);

/// Whether dimension `axis` of `inside`, made in `region`, is `size`, which is known already.
Agreement size_is(Trace &trace, mlir::Value inside, std::int64_t axis, std::int64_t size, mlir::Region &region);

/// Dimension `axis` of `value` as an i64 scalar at the end of `frame`, which is around the place where `value` was
/// made; null where only an inner region knows it.
mlir::Value size_in_frame(Trace &trace, Frame *frame, mlir::Value value, std::int64_t axis);

} // namespace tenon::detail

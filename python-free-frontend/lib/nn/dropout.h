// Dropout, as layers share it.
#pragma once

#include "sizes.h"
#include "weights.h"

#include "tenon/random.h"

namespace tenon::nn {

/// x with each element 0 with probability `rate`, and the rest divided by 1 - rate.
Tensor drop(const Tensor &x, double rate, const Generator &generator, Location where);
/// A stream for one layer, made at once, also while a function is traced; seed -1: the next one.
Generator make_generator(std::int64_t seed, Location where);

} // namespace tenon::nn

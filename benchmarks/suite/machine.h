// What the machine can do, measured: floating-point peak and bandwidth per level of the memory hierarchy.
#pragma once

#include <cstddef>

namespace bench {

/// f32 operations a second of `threads` threads that do nothing but multiply and add in registers; an FMA counts twice.
/// The median of slices of a millisecond over `seconds`.
double fma_peak(int threads, double seconds);

/// Bytes a second that `threads` threads read from, or copy between, buffers of their own of `bytes` each (a copy
/// counts what it reads and what it writes). The median of passes over `seconds`.
double read_bandwidth(int threads, std::size_t bytes, double seconds);
double copy_bandwidth(int threads, std::size_t bytes, double seconds);

/// Bytes of a level of the data caches, 1 to 3; 0 where the system does not say.
std::size_t cache_bytes(int level);

} // namespace bench

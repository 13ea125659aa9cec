// How many threads this process computes with.
#pragma once

#include "tenon/error.h"

namespace tenon {

/// Sets how many threads eager operations, functions and `fit` compute with, the calling one included; 0: as many as
/// there are processors that the calling thread may run on. It never changes a result, bit for bit.
///
/// Until it is called the number is that of the environment variable TENON_NUM_THREADS, else one per processor. Threads
/// start with the first computation that is worth them, all callers of the process share them, and only one computation
/// uses them at a time: others run in their own thread. May be called at any time, from any thread, and counts from
/// each thread's next call on; what is running goes on as it is. Error: a number below 0.
void set_num_threads(int count, Location where = Location::current());

/// The number of threads that computations use. Error: TENON_NUM_THREADS is no number above 0.
int num_threads();

} // namespace tenon

// Random numbers that depend on a seed and a position alone: Philox4x32-10 (Salmon et al., SC 2011).
#pragma once

#include "tenon/variable.h"

namespace tenon {

/// Where a random operation draws from: a number, or a Tensor [2] of i64: key and position in blocks of four words.
/// The same seed gives the same numbers on every path and machine.
struct Seed {
  std::int64_t key = 0;
  const Tensor *tensor = nullptr;
  template <std::integral I> Seed(I key) : key(std::int64_t(key)) {}
  Seed(const Tensor &state) : tensor(&state) {}
};

/// A stream of random numbers: each draw moves it on, eagerly and in a traced function alike (its state is a Variable).
/// A handle: copies share the stream. Draws of one stream from several threads need the user's own order.
class Generator {
public:
  explicit Generator(std::int64_t seed, Location where = Location::current());
  /// The next position, for checkpoints: [2] of i64.
  const Variable &state() const { return state_; }

private:
  Variable state_;
};

/// Uniform bits; `dtype` is i32 or i64.
Tensor random_bits(Dims shape, Seed seed, DType dtype = i32, Location where = Location::current());
/// Uniform in [0, 1); `dtype` is f32 (24 bits) or f64 (53 bits).
Tensor uniform(Dims shape, Seed seed, DType dtype = f32, Location where = Location::current());
/// Standard normal by Box and Muller.
Tensor normal(Dims shape, Seed seed, DType dtype = f32, Location where = Location::current());
Tensor random_bits(Dims shape, const Generator &generator, DType dtype = i32, Location where = Location::current());
Tensor uniform(Dims shape, const Generator &generator, DType dtype = f32, Location where = Location::current());
Tensor normal(Dims shape, const Generator &generator, DType dtype = f32, Location where = Location::current());

} // namespace tenon

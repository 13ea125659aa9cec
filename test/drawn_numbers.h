// Inputs and weights that tests and the scripts that make their golden files draw by one formula.
#pragma once

#include <tenon/tenon.h>

#include <cstdint>
#include <vector>

/// Numbers in [-0.5, 0.5) with 24 bits: exact in f32.
inline tenon::Tensor drawn_numbers(const tenon::Shape &shape, std::uint32_t seed, tenon::DType dtype) {
  std::int64_t count = 1;
  for (std::int64_t n : shape) count *= n;
  std::vector<float> values;
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint32_t x = std::uint32_t(i) * 2654435761u + seed * 40503u + 12345u;
    x ^= x >> 16;
    x *= 2246822519u;
    x ^= x >> 13;
    values.push_back(float(x >> 8) / float(1 << 24) - 0.5f);
  }
  return tenon::cast(tenon::Tensor::from(values, shape), dtype);
}

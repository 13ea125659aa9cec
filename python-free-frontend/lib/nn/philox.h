// Philox4x32-10 (Salmon et al., SC 2011) on the host: random numbers for first values, without compiling anything.
#pragma once

#include <array>
#include <cstdint>

namespace tenon::detail {

/// Block `counter` of the stream of `key`: four words. The same as tenon::random_bits draws.
inline std::array<std::uint32_t, 4> philox(std::uint64_t key, std::uint64_t counter) {
  std::array<std::uint32_t, 4> c{std::uint32_t(counter), std::uint32_t(counter >> 32), 0, 0};
  std::uint32_t k0 = std::uint32_t(key), k1 = std::uint32_t(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t(0xD2511F53u) * c[0], b = std::uint64_t(0xCD9E8D57u) * c[2];
    c = {std::uint32_t(b >> 32) ^ c[1] ^ k0, std::uint32_t(b), std::uint32_t(a >> 32) ^ c[3] ^ k1, std::uint32_t(a)};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

/// A seed for a stream of its own, from the generator that tenon::set_seed starts.
std::int64_t next_seed();

} // namespace tenon::detail

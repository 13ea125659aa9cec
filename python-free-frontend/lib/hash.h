// Words: a key of 64-bit words with room on the stack, and its hash. What caches look things up by.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "llvm/ADT/SmallVector.h"

namespace tenon::detail {

class Words {
public:
  void add(std::uint64_t word) { words_.push_back(word); }
  void add(std::string_view text) {
    add(text.size());
    for (; text.size() >= 8; text.remove_prefix(8)) {
      std::uint64_t word;
      std::memcpy(&word, text.data(), 8);
      add(word);
    }
    if (!text.empty()) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), text.size());
      add(word);
    }
  }
  std::uint64_t hash() const { return hash_words(words_.data(), words_.size()); }
  bool operator==(const Words &other) const {
    return words_.size() == other.words_.size() &&
           std::memcmp(words_.data(), other.words_.data(), words_.size() * 8) == 0;
  }
  // A multiply and a fold for each word; the keys are short and not hostile.
  static std::uint64_t hash_words(const std::uint64_t *words, std::size_t count) {
    std::uint64_t h = 0x9e3779b97f4a7c15u ^ count;
    for (std::size_t i = 0; i < count; ++i) {
      const auto product = static_cast<unsigned __int128>(h ^ words[i]) * 0xd6e8feb86659fd93u;
      h = std::uint64_t(product) ^ std::uint64_t(product >> 64);
    }
    return h;
  }

private:
  llvm::SmallVector<std::uint64_t, 24> words_;
};

} // namespace tenon::detail

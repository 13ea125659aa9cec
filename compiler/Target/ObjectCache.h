// A directory of compiled objects that outlives the process.
#pragma once

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace mlir::tenon {

/// What decides a compilation, hashed: IR, options, CPU, version.
using CacheKey = std::array<uint8_t, 32>;

/// What compiling gave: the object and the interface of its function (as text of the attribute).
struct CacheEntry {
  std::string signature;
  SmallVector<char, 0> object;
};

/// Entries are files named by their key. A file is written beside and renamed, so that several processes can share the
/// directory; it starts with a checksum, so that a damaged one is as good as none. Object code is only ever loaded from
/// a directory, and from files, that belong to the user and that nobody else can write. Thread-safe.
class ObjectCache {
public:
  struct Options {
    /// Empty: $TENON_CACHE_DIR, else $XDG_CACHE_HOME/tenon, else ~/.cache/tenon. $TENON_CACHE_DIR=off turns the cache
    /// off.
    std::string directory;
    /// The directory is kept below this by removing what was not used for the longest time.
    uint64_t maxBytes = 256 << 20;
    /// Every how many stores, on average, the directory's size is looked at.
    unsigned trimInterval = 64;
  };

  explicit ObjectCache(Options options);

  bool isEnabled() const { return enabled; }
  /// Why there is no cache: a sentence; empty where there is one.
  StringRef getReason() const { return reason; }
  StringRef getDirectory() const { return directory; }

  /// The entry, or nothing: not there, damaged (then it is removed), or not the user's.
  std::optional<CacheEntry> load(const CacheKey &key);
  /// Keeps an entry. A full disk or the like is no error: the next process compiles again.
  void store(const CacheKey &key, const CacheEntry &entry);
  /// Removes the least recently used entries until three quarters of `maxBytes` are left, and what died while writing.
  void trim();

private:
  std::string getPath(const CacheKey &key) const;

  Options options;
  std::string directory, reason;
  bool enabled = false;
};

} // namespace mlir::tenon

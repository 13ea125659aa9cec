// Edits: what changes in one file's text, kept apart from the text until all of it is known.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace autograph {

/// Replaces parts of a text. No edit adds or removes a line, so that `#line 1` keeps every line's number.
class Edits {
public:
  /// Inserts before the character at `Offset`; several at one place come in the order of the calls.
  void insert(unsigned Offset, llvm::StringRef Text) { All.push_back({Offset, Offset, Text.str()}); }
  /// Replaces [Begin, End); the lines that end in there still end.
  void replace(unsigned Begin, unsigned End, llvm::StringRef Text) { All.push_back({Begin, End, Text.str()}); }
  void append(const Edits &Other) { All.insert(All.end(), Other.All.begin(), Other.All.end()); }

  bool empty() const { return All.empty(); }
  bool operator==(const Edits &) const = default;

  /// The text with all edits made.
  std::string apply(llvm::StringRef Source) const;

private:
  struct Edit {
    unsigned Begin, End;
    std::string Text;
    bool operator==(const Edit &) const = default;
  };
  std::vector<Edit> All;
};

} // namespace autograph

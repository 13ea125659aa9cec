// Applies edits to a text, from its beginning to its end.
#include "Edits.h"

#include <algorithm>

using namespace autograph;

std::string Edits::apply(llvm::StringRef Source) const {
  std::vector<const Edit *> Sorted;
  for (const Edit &E : All) Sorted.push_back(&E);
  std::stable_sort(Sorted.begin(), Sorted.end(), [](const Edit *A, const Edit *B) { return A->Begin < B->Begin; });

  std::string Result;
  size_t Done = 0;
  for (const Edit *E : Sorted) {
    if (E->Begin > Done) {
      Result += Source.slice(Done, E->Begin);
      Done = E->Begin;
    }
    Result += E->Text;
    // A line break of either kind stays as it was.
    for (; Done < E->End; ++Done)
      if (Source[Done] == '\n')
        Result += Done > 0 && Source[Done - 1] == '\r' ? "\r\n" : "\n";
  }
  return Result += Source.substr(Done);
}

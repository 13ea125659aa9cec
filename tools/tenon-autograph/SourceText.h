// SourceText: where statements begin and end in the text of the file that is rewritten.
#pragma once

#include "clang/AST/ASTContext.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"

namespace autograph {

/// Places in the main file, as offsets from its beginning. What a macro expands to is where the macro is used.
class SourceText {
public:
  explicit SourceText(const clang::ASTContext &Context)
      : SM(Context.getSourceManager()), LangOpts(Context.getLangOpts()) {}

  llvm::StringRef getText() const { return SM.getBufferData(SM.getMainFileID()); }
  llvm::StringRef getText(clang::SourceRange Range) const;

  /// Where the token at `Where` begins.
  unsigned begin(clang::SourceLocation Where) const { return SM.getFileOffset(SM.getExpansionLoc(Where)); }
  /// Just past the token at `Where`.
  unsigned end(clang::SourceLocation Where) const;
  unsigned begin(const clang::Stmt *S) const { return begin(S->getBeginLoc()); }
  /// Just past a statement, its ';' included.
  unsigned endOfStatement(const clang::Stmt *S) const;
  /// The beginning of the first token at or after `Offset` that is no comment.
  unsigned nextToken(unsigned Offset) const;
  /// Just past the token that begins at `Offset`.
  unsigned endOfToken(unsigned Offset) const;

private:
  clang::SourceLocation at(unsigned Offset) const {
    return SM.getLocForStartOfFile(SM.getMainFileID()).getLocWithOffset(int(Offset));
  }

  const clang::SourceManager &SM;
  const clang::LangOptions &LangOpts;
};

} // namespace autograph

// Finds where statements begin and end in the text of the file that is rewritten.
#include "SourceText.h"

#include "Classify.h"

#include "clang/Lex/Lexer.h"

using namespace clang;

namespace autograph {

unsigned SourceText::end(SourceLocation Where) const {
  SourceLocation Last = SM.getExpansionRange(Where).getEnd();
  return SM.getFileOffset(Last) + Lexer::MeasureTokenLength(Last, SM, LangOpts);
}

llvm::StringRef SourceText::getText(SourceRange Range) const {
  return getText().slice(begin(Range.getBegin()), end(Range.getEnd()));
}

unsigned SourceText::nextToken(unsigned Offset) const {
  llvm::StringRef Text = getText();
  while (Offset < Text.size()) {
    llvm::StringRef Rest = Text.substr(Offset);
    if (isWhitespace(Rest.front()))
      ++Offset;
    else if (Rest.starts_with("\\\n"))
      Offset += 2;
    else if (Rest.starts_with("\\\r\n"))
      Offset += 3;
    else if (Rest.starts_with("//") || Rest.starts_with("/*"))
      Offset = endOfToken(Offset);
    else
      break;
  }
  return Offset;
}

unsigned SourceText::endOfToken(unsigned Offset) const {
  llvm::StringRef Rest = getText().substr(Offset);
  if (Rest.starts_with("//")) {
    size_t Newline = Rest.find('\n');
    return Offset + unsigned(Newline == llvm::StringRef::npos ? Rest.size() : Newline);
  }
  if (Rest.starts_with("/*")) {
    size_t Close = Rest.find("*/", 2);
    return Offset + unsigned(Close == llvm::StringRef::npos ? Rest.size() : Close + 2);
  }
  return Offset + Lexer::MeasureTokenLength(at(Offset), SM, LangOpts);
}

unsigned SourceText::endOfStatement(const Stmt *S) const {
  S = withoutAttributes(S);
  if (auto *If = dyn_cast<IfStmt>(S))
    return endOfStatement(If->getElse() ? If->getElse() : If->getThen());
  if (isLoop(S) && !isa<DoStmt>(S))
    return endOfStatement(getLoopBody(S));
  if (auto *Switch = dyn_cast<SwitchStmt>(S))
    return endOfStatement(Switch->getBody());
  if (auto *Case = dyn_cast<SwitchCase>(S))
    return endOfStatement(Case->getSubStmt());
  if (auto *Label = dyn_cast<LabelStmt>(S))
    return endOfStatement(Label->getSubStmt());
  unsigned End = end(S->getEndLoc());
  if (isa<CompoundStmt, NullStmt, DeclStmt, CXXTryStmt>(S))
    return End;
  unsigned Next = nextToken(End);
  return getText().substr(Next).starts_with(";") ? endOfToken(Next) : End;
}

} // namespace autograph

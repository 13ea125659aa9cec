// The edits that turn one function's statements into the frontend's statement macros: keywords and punctuation only.
#include "Rewrite.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace autograph {
namespace {

class Rewriter {
public:
  Rewriter(const Plan &P, ASTContext &Context, Diagnose &D) : P(P), Context(Context), D(D), Text(Context) {}

  Edits run(const Body &B) {
    std::string Type;
    if (!P.Returns.empty())
      Type = getResultType(B);
    if (!Type.empty())
      E.insert(Text.end(B.S->getLBracLoc()), " TENON_BODY(" + Type + ") {");
    for (const Stmt *S : B.S->body()) emit(S);
    if (!Type.empty())
      E.insert(Text.begin(B.S->getRBracLoc()), (mayReachEnd(B) ? "TENON_UNREACHABLE; }; " : "}; "));
    return std::move(E);
  }

private:
  // Types -------------------------------------------------------------------------------------------------------------

  std::string print(QualType Type) const {
    PrintingPolicy Policy(Context.getLangOpts());
    Policy.adjustForCPlusPlus();
    Policy.FullyQualifiedName = true;
    Policy.SuppressInlineNamespace = unsigned(PrintingPolicy::SuppressInlineNamespaceMode::All);
    std::string Name = Type.getUnqualifiedType().getCanonicalType().getAsString(Policy);
    return Name == "tenon::Tensor" ? "::tenon::Tensor" : Name;
  }

  /// What the function returns: as the user wrote it where that can stand in the body, else the deduced type.
  std::string getResultType(const Body &B) {
    if (B.ReturnType->isReferenceType()) {
      D.error(B.S->getLBracLoc(),
              "a function that returns a reference cannot return where a Tensor decides: the result "
              "is a value; return by value");
      return {};
    }
    if (const CXXRecordDecl *Record = B.ReturnType->getAsCXXRecordDecl(); Record && Record->isLambda()) {
      D.error(B.S->getLBracLoc(), "a function that returns a lambda cannot return where a Tensor decides: which lambda "
                                  "it is has to be known while tracing");
      return {};
    }
    SourceRange Written = B.ReturnTypeAsWritten;
    if (Written.isInvalid() || Written.getBegin().isMacroID() || Written.getEnd().isMacroID() ||
        B.ReturnType.isLocalConstQualified())
      return print(B.ReturnType);
    std::string Name = Text.getText(Written).str();
    std::replace_if(Name.begin(), Name.end(), [](char C) { return C == '\n' || C == '\r'; }, ' ');
    return Name;
  }

  /// Whether control may come to the closing brace of a function with a result. All paths return before it, since the
  /// user's function was well defined; the compiler cannot see that through the macros.
  bool mayReachEnd(const Body &B) const {
    if (B.ReturnType->isVoidType())
      return false;
    return B.S->body_empty() || !isa<ReturnStmt>(withoutAttributes(B.S->body_back()));
  }

  // Statements --------------------------------------------------------------------------------------------------------

  void replaceToken(SourceLocation Where, llvm::StringRef With) { E.replace(Text.begin(Where), Text.end(Where), With); }

  /// Removes [[likely]] and such: what follows becomes a lambda's body or an expression.
  const Stmt *dropAttributes(const Stmt *S) {
    const Stmt *Inner = withoutAttributes(S);
    if (Inner != S)
      E.replace(Text.begin(S), Text.begin(Inner), "");
    return Inner;
  }

  void emitBlock(const Stmt *S) {
    S = dropAttributes(S);
    if (isa<CompoundStmt>(S))
      return emit(S);
    E.insert(Text.begin(S), "{ ");
    emit(S);
    E.insert(Text.endOfStatement(S), " }");
  }

  void emitIf(const IfStmt *If) {
    replaceToken(If->getIfLoc(), "TENON_IF");
    const IfStmt *Last = If;
    for (;; If = Last) {
      emit(If->getCond());
      emitBlock(If->getThen());
      auto *Next = dyn_cast_or_null<IfStmt>(If->getElse());
      if (!Next || !P.isTraced(Next))
        break;
      replaceToken(If->getElseLoc(), "");
      skipBlank(Text.end(If->getElseLoc()));
      replaceToken(Next->getIfLoc(), "TENON_ELIF");
      Last = Next;
    }
    if (If->getElse()) {
      replaceToken(If->getElseLoc(), "TENON_ELSE");
      emitBlock(If->getElse());
    }
    E.insert(Text.endOfStatement(If), ";");
  }

  void emitWhile(const WhileStmt *While) {
    if (P.EndlessLoops.contains(While)) {
      E.replace(Text.begin(While->getWhileLoc()), Text.end(While->getRParenLoc()), "TENON_LOOP");
    } else {
      replaceToken(While->getWhileLoc(), "TENON_WHILE");
      emit(While->getCond());
    }
    emitBlock(While->getBody());
    E.insert(Text.endOfStatement(While), ";");
  }

  /// `for (init; c; step) body` becomes `{ init; TENON_WHILE_STEP((c), step) body; }`, in its simplest form.
  void emitFor(const ForStmt *For) {
    const Expr *Condition = P.EndlessLoops.contains(For) ? nullptr : For->getCond();
    unsigned Begin = Text.begin(For->getForLoc());
    if (const Stmt *Init = For->getInit()) {
      E.replace(Begin, Text.begin(Init), "{ ");
      emit(Init);
      Begin = Text.endOfStatement(Init);
    }
    const char *Blank = For->getInit() ? " " : "";
    unsigned Close = Text.begin(For->getRParenLoc());
    if (!Condition && !For->getInc()) {
      E.replace(Begin, Close + 1, std::string(Blank) + "TENON_LOOP");
    } else if (!Condition) {
      E.replace(Begin, Text.begin(For->getInc()), std::string(Blank) + "TENON_WHILE_STEP((::tenon::Tensor(true)), ");
    } else {
      const char *Macro = For->getInc() ? "TENON_WHILE_STEP((" : "TENON_WHILE(";
      E.replace(Begin, Text.begin(Condition), Blank + std::string(Macro));
      emit(Condition);
      unsigned Semicolon = Text.nextToken(Text.end(Condition->getEndLoc()));
      E.replace(Semicolon, Semicolon + 1, For->getInc() ? ")," : "");
    }
    emit(For->getInc());
    emitBlock(For->getBody());
    E.insert(Text.endOfStatement(For), For->getInit() ? "; }" : ";");
  }

  /// `for (Tensor i : range) body` becomes `TENON_FOR(i, range) body;`.
  void emitRangeFor(const CXXForRangeStmt *For) {
    std::string Name = For->getLoopVariable()->getNameAsString();
    unsigned Begin = Text.begin(For->getForLoc());
    if (For->getInit()) {
      unsigned Open = Text.nextToken(Text.end(For->getForLoc()));
      E.replace(Begin, Text.endOfToken(Open), "{ ");
      emit(For->getInit());
      Begin = Text.nextToken(Text.endOfStatement(For->getInit()));
    }
    E.replace(Begin, Text.end(For->getColonLoc()), "TENON_FOR(" + Name + ",");
    emit(For->getRangeInit());
    emitBlock(For->getBody());
    E.insert(Text.endOfStatement(For), For->getInit() ? "; }" : ";");
  }

  /// A loop on C++ values that a Tensor leaves: it stays, and its body becomes a lambda.
  void emitLeftLoop(const Stmt *Loop) {
    E.insert(Text.begin(Loop), "TENON_STATIC { ");
    const Stmt *LoopBody = getLoopBody(Loop);
    for (const Stmt *Child : Loop->children())
      if (Child != LoopBody && !isa<CXXForRangeStmt>(Loop))
        emit(Child);
    if (auto *For = dyn_cast<CXXForRangeStmt>(Loop)) {
      emit(For->getInit());
      emit(For->getRangeInit());
    }
    E.insert(Text.begin(LoopBody), "TENON_STATIC_ITER ");
    emitBlock(LoopBody);
    E.insert(Text.endOfStatement(LoopBody), ")) break;");
    E.insert(Text.endOfStatement(Loop), " };");
  }

  // Expressions -------------------------------------------------------------------------------------------------------

  void emitReturn(const ReturnStmt *Return) {
    const Expr *Value = Return->getRetValue();
    replaceToken(Return->getReturnLoc(), Value ? "TENON_RETURN(" : "TENON_RETURN()");
    if (!Value)
      return;
    // The blank between `return` and its value would follow the parenthesis.
    unsigned After = Text.end(Return->getReturnLoc());
    if (Text.getText().substr(After, 1) == " ")
      E.replace(After, After + 1, "");
    emit(Value);
    E.insert(Text.end(Value->getEndLoc()), ")");
  }

  bool isOnce(SourceLocation Operator) { return Done.insert(Text.begin(Operator)).second; }

  void emitConditional(const ConditionalOperator *Conditional) {
    if (!isOnce(Conditional->getQuestionLoc()))
      return;
    std::string Lambda = "[&]() -> " + print(Conditional->getType()) + " { return ";
    E.insert(Text.begin(Conditional), "::tenon::cond(");
    emit(Conditional->getCond());
    E.replace(endOfPart(Conditional->getCond()), Text.end(Conditional->getQuestionLoc()), ", " + Lambda);
    skipBlank(Text.end(Conditional->getQuestionLoc()));
    emit(Conditional->getTrueExpr());
    E.replace(endOfPart(Conditional->getTrueExpr()), Text.end(Conditional->getColonLoc()), "; }, " + Lambda);
    skipBlank(Text.end(Conditional->getColonLoc()));
    emit(Conditional->getFalseExpr());
    E.insert(endOfPart(Conditional->getFalseExpr()), "; })");
  }

  void emitLazy(const CXXOperatorCallExpr *Call) {
    if (!isOnce(Call->getOperatorLoc()))
      return;
    E.insert(Text.begin(Call), Call->getOperator() == OO_AmpAmp ? "::tenon::and_then(" : "::tenon::or_else(");
    emit(Call->getArg(0));
    E.replace(endOfPart(Call->getArg(0)), Text.end(Call->getOperatorLoc()), ", [&]() -> ::tenon::Tensor { return ");
    skipBlank(Text.end(Call->getOperatorLoc()));
    emit(Call->getArg(1));
    E.insert(endOfPart(Call->getArg(1)), "; })");
  }

  unsigned endOfPart(const Expr *Part) const { return Text.end(Part->getEndLoc()); }
  void skipBlank(unsigned At) {
    if (Text.getText().substr(At, 1) == " ")
      E.replace(At, At + 1, "");
  }

  /// Whether evaluating this costs more than a comparison, or may fail: then `&&` and `||` stay lazy.
  static bool isCostly(const Stmt *S) {
    if (auto *Operator = dyn_cast<CXXOperatorCallExpr>(S)) {
      if (Operator->getOperator() == OO_Subscript || Operator->getOperator() == OO_Call)
        return true;
    } else if (isa<CallExpr>(S) && !isBoolConversion(cast<Expr>(S))) {
      return true;
    }
    for (const Stmt *Child : S->children())
      if (Child && isCostly(Child))
        return true;
    return false;
  }

  static bool isLazy(const CXXOperatorCallExpr *Call) {
    return (Call->getOperator() == OO_AmpAmp || Call->getOperator() == OO_PipePipe) && Call->getNumArgs() == 2 &&
           isTensor(Call->getType()) && !Call->getBeginLoc().isMacroID() && isCostly(Call->getArg(1));
  }

  void emit(const Stmt *S) {
    if (!S)
      return;
    if (auto *Lambda = dyn_cast<LambdaExpr>(S)) {
      for (const Expr *Init : Lambda->capture_inits()) emit(Init);
      return;
    }
    if (auto *Attributed = dyn_cast<AttributedStmt>(S)) {
      const Stmt *Inner = withoutAttributes(Attributed);
      if (P.isTraced(Inner) || P.LeftLoops.contains(Inner) || P.Jumps.contains(Inner) || P.Returns.contains(Inner))
        dropAttributes(S);
      return emit(Inner);
    }
    if (P.isTraced(S)) {
      if (auto *If = dyn_cast<IfStmt>(S))
        return emitIf(If);
      if (auto *While = dyn_cast<WhileStmt>(S))
        return emitWhile(While);
      if (auto *For = dyn_cast<ForStmt>(S))
        return emitFor(For);
      if (auto *For = dyn_cast<CXXForRangeStmt>(S))
        return emitRangeFor(For);
    }
    if (P.LeftLoops.contains(S))
      return emitLeftLoop(S);
    if (P.Jumps.contains(S))
      return replaceToken(S->getBeginLoc(), isa<BreakStmt>(S) ? "TENON_BREAK" : "TENON_CONTINUE");
    if (P.Returns.contains(S))
      return emitReturn(cast<ReturnStmt>(S));
    if (auto *For = dyn_cast<CXXForRangeStmt>(S)) {
      emit(For->getInit());
      emit(For->getRangeInit());
      return emit(For->getBody());
    }
    if (auto *Conditional = dyn_cast<ConditionalOperator>(S); Conditional && getTensorCondition(Conditional->getCond()))
      return emitConditional(Conditional);
    if (auto *Call = dyn_cast<CXXOperatorCallExpr>(S); Call && isLazy(Call))
      return emitLazy(Call);
    for (const Stmt *Child : S->children()) emit(Child);
  }

  const Plan &P;
  ASTContext &Context;
  Diagnose &D;
  SourceText Text;
  Edits E;
  /// Operators already rewritten: the syntax tree shows some of them twice.
  std::set<unsigned> Done;
};

} // namespace

Edits rewrite(const Body &B, const Plan &P, ASTContext &Context, Diagnose &D) { return Rewriter(P, Context, D).run(B); }

} // namespace autograph

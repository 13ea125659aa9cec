// What cannot be rewritten with the meaning that it has as C++: each with what to write instead.
#include "Refusals.h"

#include "Changes.h"

#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/DenseMap.h"

using namespace clang;

namespace autograph {
namespace {

/// Where each variable of a function is named.
class Mentions {
public:
  explicit Mentions(const Stmt *Body) { collect(Body); }

  bool isMentionedAfter(const VarDecl *Variable, SourceLocation Where, const SourceManager &SM) const {
    auto Found = All.find(Variable);
    return Found != All.end() && llvm::any_of(Found->second, [&](SourceLocation Mention) {
             return SM.isBeforeInTranslationUnit(Where, Mention);
           });
  }

private:
  void collect(const Stmt *S) {
    if (!S)
      return;
    if (auto *Reference = dyn_cast<DeclRefExpr>(S))
      if (auto *Variable = dyn_cast<VarDecl>(Reference->getDecl()))
        All[Variable].push_back(Reference->getLocation());
    for (const Stmt *Child : S->children()) collect(Child);
  }

  llvm::DenseMap<const VarDecl *, llvm::SmallVector<SourceLocation, 4>> All;
};

class Refuser : RegionWalker {
public:
  Refuser(const Stmt *Body, const Plan &P, ASTContext &Context, Diagnose &D)
      : RegionWalker(P), P(P), Context(Context), SM(Context.getSourceManager()), D(D), Named(Body) {}

  void run(const Stmt *Body) { walk(Body); }

private:
  bool visit(const Stmt *S) override {
    if (auto *E = dyn_cast<Expr>(S))
      checkChanges(E);
    if (InLambda)
      return true;
    if (!checkMacro(S))
      return false;
    if (P.isTraced(S) && !checkForm(S))
      return false;
    if (auto *Break = dyn_cast<BreakStmt>(S))
      checkSwitch(Break);
    if (P.Jumps.contains(S) || P.Returns.contains(S))
      checkExit(S);
    if (getTracedRegion())
      checkInTracedRegion(S);
    else if (auto *Throw = dyn_cast<CXXThrowExpr>(S))
      checkThrowAfterReturn(Throw);
    checkBool(S);
    return true;
  }

  void visitLambda(const LambdaExpr *Lambda) override {
    if (Lambda->isGenericLambda()) {
      if (mayDependOnTensor(Lambda->getBody()))
        D.error(Lambda->getBeginLoc(),
                "the control flow of a generic lambda may depend on a Tensor, which is not known "
                "here; give its parameters their types, e.g. `tenon::Tensor`");
      return;
    }
    // What a lambda changes it changes where it is called: taken to be where it stands.
    bool WasInLambda = std::exchange(InLambda, true);
    walk(Lambda->getBody());
    InLambda = WasInLambda;
  }

  // Forms -------------------------------------------------------------------------------------------------------------

  bool checkMacro(const Stmt *S) {
    auto *Conditional = dyn_cast<ConditionalOperator>(S);
    bool IsRewritten = P.isTraced(S) || P.LeftLoops.contains(S) || P.Jumps.contains(S) || P.Returns.contains(S) ||
                       (Conditional && getTensorCondition(Conditional->getCond()));
    if (!IsRewritten || !S->getBeginLoc().isMacroID())
      return true;
    D.error(S->getBeginLoc(),
            "control flow on a Tensor inside a macro cannot be rewritten; write it outside the macro");
    return false;
  }

  bool checkForm(const Stmt *S) {
    if (auto *If = dyn_cast<IfStmt>(S); If && (If->getInit() || If->getConditionVariable()))
      return refuse(If->getIfLoc(),
                    "an `if` on a Tensor cannot declare a variable in its parentheses; declare it before");
    if (auto *While = dyn_cast<WhileStmt>(S); While && While->getConditionVariable())
      return refuse(While->getWhileLoc(), "a `while` on a Tensor cannot declare a variable in its parentheses; declare "
                                          "it before, and assign it at the end of the body");
    if (auto *For = dyn_cast<ForStmt>(S); For && For->getConditionVariable())
      return refuse(For->getForLoc(),
                    "a `for` on a Tensor cannot declare a variable in its condition; declare it before");
    if (auto *Do = dyn_cast<DoStmt>(S))
      return refuse(Do->getDoLoc(), "`do ... while` on a Tensor cannot be traced; write `while (true) { ...; if "
                                    "(!(condition)) break; }`");
    if (auto *For = dyn_cast<CXXForRangeStmt>(S)) {
      const VarDecl *Variable = For->getLoopVariable();
      if (isa<DecompositionDecl>(Variable))
        return refuse(Variable->getLocation(), "a Tensor's rows cannot be taken apart in the head of a `for`; name the "
                                               "row and split it in the body: `auto [a, b] = tenon::split<2>(row);`");
      if (!isTensor(Variable->getType()))
        return refuse(Variable->getLocation(), "the variable of a traced `for` has type '" +
                                                   Variable->getType().getAsString(Context.getPrintingPolicy()) +
                                                   "', but has to be a tenon::Tensor: its value differs at run time");
    }
    return true;
  }

  bool refuse(SourceLocation Where, llvm::StringRef Message) {
    D.error(Where, Message);
    return false;
  }

  void checkSwitch(const BreakStmt *Break) {
    bool IsDynamic = false;
    for (size_t I = Regions.size(); I-- > 0;) {
      const Region &R = Regions[I];
      IsDynamic |= R.Kind == RegionKind::TracedBranch;
      if (R.Kind == RegionKind::Switch && IsDynamic)
        D.error(Break->getBeginLoc(), "a `break` out of a `switch` cannot depend on a Tensor: the `switch` is decided "
                                      "while tracing; put what follows into an `else`");
      if (R.Kind == RegionKind::Switch || R.Kind == RegionKind::Loop || R.Kind == RegionKind::TracedLoop)
        return;
    }
  }

  /// `break`, `continue` and `return` leave a traced region by an exception, eagerly and while tracing.
  void checkExit(const Stmt *Exit) {
    if (isa<ReturnStmt>(Exit) && FirstReturn.isInvalid())
      FirstReturn = Exit->getBeginLoc();
    for (size_t I = Regions.size(); I-- > 0;) {
      const Region &R = Regions[I];
      bool IsLoop = R.Kind == RegionKind::Loop || R.Kind == RegionKind::TracedLoop;
      if (R.Kind == RegionKind::Try) {
        D.error(Exit->getBeginLoc(), "a `try` block cannot be left where a Tensor decides: its handlers would see the "
                                     "exit; move the `try` outside, around the call of this function");
        D.note(R.S->getBeginLoc(), "the `try` block is here");
      }
      if (IsLoop && !isa<ReturnStmt>(Exit)) {
        if (isa<ContinueStmt>(Exit))
          FirstContinue.try_emplace(R.S, Exit->getBeginLoc());
        return;
      }
    }
  }

  void checkInTracedRegion(const Stmt *S) {
    if (isa<GotoStmt, IndirectGotoStmt>(S))
      D.error(S->getBeginLoc(), "`goto` inside control flow on a Tensor cannot be traced; use loops, `break` and "
                                "`continue`");
    else if (isa<LabelStmt>(S))
      D.error(S->getBeginLoc(), "a label inside control flow on a Tensor cannot be traced; use loops, `break` and "
                                "`continue`");
    else if (isa<CXXThrowExpr>(S))
      D.error(S->getBeginLoc(), "a `throw` that a Tensor decides would always be thrown while tracing; use "
                                "tenon::check(condition, message), or return a value that says so");
    else if (auto *Declaration = dyn_cast<DeclStmt>(S))
      for (const Decl *Each : Declaration->decls())
        if (auto *Variable = dyn_cast<VarDecl>(Each); Variable && Variable->isStaticLocal())
          D.error(Variable->getLocation(), "static variable '" + Variable->getNameAsString() +
                                               "' inside control flow on a Tensor would be made once, while tracing; "
                                               "declare it outside");
  }

  void checkThrowAfterReturn(const CXXThrowExpr *Throw) {
    bool IsNativelyDecided = llvm::any_of(Regions, [](const Region &R) {
      return R.Kind == RegionKind::Branch || R.Kind == RegionKind::Switch || R.Kind == RegionKind::Try;
    });
    if (FirstReturn.isValid() && !IsNativelyDecided)
      D.error(Throw->getBeginLoc(), "a `throw` behind a `return` that a Tensor decides would always be thrown while "
                                    "tracing; use tenon::check(condition, message), or return a value that says so");
  }

  /// A Tensor's bool is asked for by the conditions that are rewritten, and by nothing else.
  void checkBool(const Stmt *S) {
    const Expr *Condition = nullptr;
    if (auto *If = dyn_cast<IfStmt>(S))
      Condition = If->getCond();
    else if (auto *While = dyn_cast<WhileStmt>(S))
      Condition = While->getCond();
    else if (auto *For = dyn_cast<ForStmt>(S))
      Condition = For->getCond();
    else if (auto *Conditional = dyn_cast<ConditionalOperator>(S))
      Condition = Conditional->getCond();
    if (Condition)
      Conditions.insert(Condition->IgnoreImplicit()->IgnoreParens()->IgnoreImplicit());
    auto *E = dyn_cast<Expr>(S);
    if (E && isBoolConversion(E) && !Conditions.contains(E))
      D.error(E->getBeginLoc(),
              "a Tensor is converted to bool, but its value is not known while tracing; use it as the "
              "whole condition of an `if`, a loop or `?:`, and make both sides of && and || Tensors");
  }

  // Changes of C++ variables ------------------------------------------------------------------------------------------

  void checkChanges(const Expr *E) {
    for (const Change &C : getChanges(E)) {
      if (const Region *R = getTracedRegion(); R && isDeclaredOutside(C, R->S))
        reportTraced(C);
      else if (!checkLeftLoops(C))
        continue;
      else if (FirstReturn.isValid() && !InLambda && C.isVisibleOutside())
        D.error(C.Where, describe(C) + " is changed behind a `return` that a Tensor decides, and would change in any "
                                       "case; change it before, or make it a tenon::Tensor");
    }
  }

  void reportTraced(const Change &C) {
    if (!C.Growth.empty())
      D.error(
          C.Where,
          "'" + C.Name + "." + C.Growth + "' under control flow on a Tensor would run once, while tracing; " +
              (holdsTensor(C.Type) ? "collect values in a tenon::TensorArray" : "keep the values in a tenon::Tensor"));
    else
      D.error(C.Where, describe(C) + " is changed under control flow on a Tensor, which is traced once; make it a "
                                     "tenon::Tensor");
  }

  /// A loop on C++ values goes on being unrolled behind a Tensor's break: what it changes there has changed too often.
  bool checkLeftLoops(const Change &C) {
    for (size_t I = 0; I < Regions.size(); ++I) {
      const Stmt *Loop = Regions[I].S;
      if (!P.LeftLoops.contains(Loop) || !isDeclaredOutside(C, Loop))
        continue;
      auto Continue = FirstContinue.find(Loop);
      bool IsSkipped = Continue != FirstContinue.end() && !InLambda;
      bool IsRepeated = false;
      for (size_t J = 0; J < I; ++J) {
        bool IsLoop = Regions[J].Kind == RegionKind::Loop || Regions[J].Kind == RegionKind::TracedLoop;
        IsRepeated |= IsLoop && isDeclaredOutside(C, Regions[J].S);
      }
      bool IsReadAfter = C.isVisibleOutside() || Named.isMentionedAfter(C.Variable, Loop->getEndLoc(), SM);
      if (!IsSkipped && !IsRepeated && !IsReadAfter)
        continue;
      D.error(C.Where, describe(C) + " is changed in a loop that is left where a Tensor decides, and used " +
                           (IsReadAfter || IsRepeated ? "after it" : "behind its `continue`") +
                           ": while tracing it changes in every iteration; make it a tenon::Tensor");
      D.note(Loop->getBeginLoc(), "the loop is here");
      return false;
    }
    return true;
  }

  bool isDeclaredOutside(const Change &C, const Stmt *Region) const {
    if (!C.Variable)
      return true;
    SourceLocation Declared = C.Variable->getLocation();
    // What a traced loop's head declares lives through all iterations; a native loop steps it while tracing.
    if (auto *For = dyn_cast<ForStmt>(Region); For && P.isTraced(For))
      return SM.isBeforeInTranslationUnit(Declared, For->getRParenLoc()) ||
             SM.isBeforeInTranslationUnit(For->getEndLoc(), Declared);
    return SM.isBeforeInTranslationUnit(Declared, Region->getBeginLoc()) ||
           SM.isBeforeInTranslationUnit(Region->getEndLoc(), Declared);
  }

  std::string describe(const Change &C) const {
    std::string Kind = C.Variable ? "C++ variable '" : "member '";
    return Kind + C.Name + "' of type '" + C.Type.getUnqualifiedType().getAsString(Context.getPrintingPolicy()) + "'";
  }

  const Plan &P;
  ASTContext &Context;
  const SourceManager &SM;
  Diagnose &D;
  Mentions Named;
  bool InLambda = false;
  SourceLocation FirstReturn;
  llvm::DenseMap<const Stmt *, SourceLocation> FirstContinue;
  llvm::DenseSet<const Stmt *> Conditions;
};

} // namespace

void refuse(const Stmt *Body, const Plan &P, ASTContext &Context, Diagnose &D) {
  Refuser(Body, P, Context, D).run(Body);
}

bool mayDependOnTensor(const Stmt *S) {
  if (!S)
    return false;
  const Expr *Condition = nullptr;
  if (auto *If = dyn_cast<IfStmt>(S))
    Condition = If->isConstexpr() ? nullptr : If->getCond();
  else if (auto *While = dyn_cast<WhileStmt>(S))
    Condition = While->getCond();
  else if (auto *For = dyn_cast<ForStmt>(S))
    Condition = For->getCond();
  else if (auto *Do = dyn_cast<DoStmt>(S))
    Condition = Do->getCond();
  else if (auto *For = dyn_cast<CXXForRangeStmt>(S))
    Condition = For->getRangeInit();
  else if (auto *Conditional = dyn_cast<ConditionalOperator>(S))
    Condition = Conditional->getCond();
  if ((Condition && Condition->isTypeDependent()) || dependsOnTensor(S))
    return true;
  return llvm::any_of(S->children(), [](const Stmt *Child) { return mayDependOnTensor(Child); });
}

} // namespace autograph

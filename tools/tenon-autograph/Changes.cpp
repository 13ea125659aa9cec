// Finds the C++ variables that an expression changes.
#include "Changes.h"

#include "Classify.h"

#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace autograph {

bool Change::isVisibleOutside() const {
  return !Variable || !Variable->hasLocalStorage() || Variable->getType()->isReferenceType() ||
         Variable->getType()->isPointerType();
}

/// Fills in which object an lvalue is, or is in: `v[i].x` is in v. False for temporaries and what calls return.
static bool findRoot(const Expr *E, Change &Result) {
  E = E->IgnoreParenImpCasts();
  if (auto *Reference = dyn_cast<DeclRefExpr>(E)) {
    Result.Variable = dyn_cast<VarDecl>(Reference->getDecl());
    if (Result.Variable)
      Result.Name = Result.Variable->getNameAsString();
    return Result.Variable;
  }
  if (auto *Member = dyn_cast<MemberExpr>(E)) {
    if (auto *Variable = dyn_cast<VarDecl>(Member->getMemberDecl())) {
      Result.Variable = Variable; // a static member
      Result.Name = Variable->getNameAsString();
      return true;
    }
    if (isa<CXXThisExpr>(Member->getBase()->IgnoreParenImpCasts())) {
      Result.Name = Member->getMemberDecl()->getNameAsString();
      return true;
    }
    return findRoot(Member->getBase(), Result);
  }
  if (auto *Subscript = dyn_cast<ArraySubscriptExpr>(E))
    return findRoot(Subscript->getBase(), Result);
  if (auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->getOpcode() == UO_Deref && findRoot(Unary->getSubExpr(), Result);
  if (auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
    bool IsElement = Operator->getOperator() == OO_Subscript || Operator->getOperator() == OO_Star ||
                     Operator->getOperator() == OO_Arrow;
    return IsElement && findRoot(Operator->getArg(0), Result);
  }
  if (auto *Call = dyn_cast<CXXMemberCallExpr>(E)) {
    static const llvm::StringSet<> Elements{"at", "front", "back", "value", "get"};
    const CXXMethodDecl *Method = Call->getMethodDecl();
    return Method && Method->getDeclName().isIdentifier() && Elements.contains(Method->getName()) &&
           findRoot(Call->getImplicitObjectArgument(), Result);
  }
  return false;
}

/// The object that an assignment, ++ or -- changes.
static const Expr *getAssigned(const Expr *E) {
  if (auto *Binary = dyn_cast<BinaryOperator>(E))
    return Binary->isAssignmentOp() ? Binary->getLHS() : nullptr;
  if (auto *Unary = dyn_cast<UnaryOperator>(E))
    return Unary->isIncrementDecrementOp() ? Unary->getSubExpr() : nullptr;
  if (auto *Operator = dyn_cast<CXXOperatorCallExpr>(E)) {
    bool Steps = Operator->getOperator() == OO_PlusPlus || Operator->getOperator() == OO_MinusMinus;
    if ((Operator->isAssignmentOp() || Steps) && !holdsTensor(Operator->getArg(0)->getType()))
      return Operator->getArg(0);
  }
  return nullptr;
}

static bool isStandardContainer(const CXXRecordDecl *Record) { return Record && Record->isInStdNamespace(); }

static std::string getGrowth(const CXXMemberCallExpr *Call) {
  static const llvm::StringSet<> Growing{"push_back", "emplace_back", "pop_back", "insert",      "emplace",
                                         "erase",     "clear",        "resize",   "push_front",  "pop_front",
                                         "push",      "pop",          "assign",   "try_emplace", "insert_or_assign",
                                         "append",    "reset",        "swap"};
  const CXXMethodDecl *Method = Call->getMethodDecl();
  if (!Method || Method->isConst() || !Method->getDeclName().isIdentifier() ||
      !isStandardContainer(Method->getParent()) || !Growing.contains(Method->getName()))
    return {};
  return Method->getName().str();
}

std::vector<Change> getChanges(const Expr *E) {
  std::vector<Change> Result;
  auto Add = [&](const Expr *Object, SourceLocation Where, std::string Growth = {}) {
    Change C;
    if (!findRoot(Object, C))
      return;
    C.Type = Object->getType().getNonReferenceType();
    C.Where = Where;
    C.Growth = std::move(Growth);
    Result.push_back(std::move(C));
  };

  if (const Expr *Assigned = getAssigned(E)) {
    Add(Assigned, E->getBeginLoc());
    return Result;
  }
  if (auto *Call = dyn_cast<CXXMemberCallExpr>(E))
    if (std::string Growth = getGrowth(Call); !Growth.empty())
      Add(Call->getImplicitObjectArgument(), Call->getExprLoc(), Growth);
  // A number that a function takes by reference or by address is there to be changed.
  auto *Call = dyn_cast<CallExpr>(E);
  const FunctionDecl *Callee = Call ? Call->getDirectCallee() : nullptr;
  if (!Callee || isa<CXXOperatorCallExpr>(E))
    return Result;
  for (unsigned I = 0; I < std::min(Call->getNumArgs(), Callee->getNumParams()); ++I) {
    QualType Parameter = Callee->getParamDecl(I)->getType();
    const Expr *Argument = Call->getArg(I);
    QualType Target = Parameter->getPointeeType();
    if (Target.isNull() || Target.isConstQualified() || !Target->isArithmeticType() ||
        Parameter->isRValueReferenceType())
      continue;
    if (Parameter->isPointerType()) {
      auto *Address = dyn_cast<UnaryOperator>(Argument->IgnoreParenImpCasts());
      if (!Address || Address->getOpcode() != UO_AddrOf)
        continue;
      Argument = Address->getSubExpr();
    }
    Add(Argument, Argument->getBeginLoc());
  }
  return Result;
}

} // namespace autograph

// Warnings for code that compiles and means something else than it looks like.
#include "Traps.h"

#include "Classify.h"

#include "clang/AST/RecursiveASTVisitor.h"

using namespace clang;

namespace autograph {
namespace {

class TrapVisitor : public RecursiveASTVisitor<TrapVisitor> {
public:
  explicit TrapVisitor(Diagnose &D) : D(D) {}

  bool VisitIfStmt(IfStmt *If) { return checkCondition(If->getCond()); }
  bool VisitWhileStmt(WhileStmt *While) { return checkCondition(While->getCond()); }
  bool VisitForStmt(ForStmt *For) { return checkCondition(For->getCond()); }
  bool VisitDoStmt(DoStmt *Do) { return checkCondition(Do->getCond()); }

  bool VisitVarDecl(VarDecl *Variable) {
    // Tensor x{3}
    if (Variable->getInitStyle() != VarDecl::ListInit || !isTensor(Variable->getType()) ||
        Variable->getType()->isReferenceType())
      return true;
    auto *Construct = dyn_cast_or_null<CXXConstructExpr>(Variable->getInit()->IgnoreImplicit());
    if (!Construct || !Construct->isStdInitListInitialization() || Construct->getNumArgs() == 0)
      return true;
    const Expr *Argument = Construct->getArg(0)->IgnoreImplicit();
    if (auto *List = dyn_cast<CXXStdInitializerListExpr>(Argument))
      Argument = List->getSubExpr()->IgnoreImplicit();
    auto *List = dyn_cast<InitListExpr>(Argument);
    if (!List || List->getNumInits() != 1)
      return true;
    if (auto *Element = dyn_cast<CXXConstructExpr>(List->getInit(0)->IgnoreImplicit());
        Element && Element->isListInitialization())
      return true; // {{3}} says what it means
    D.warn(Variable->getLocation(), "'" + Variable->getNameAsString() + "' has rank 1 and one element; for a scalar " +
                                        "write `Tensor " + Variable->getNameAsString() + " = value;`");
    return true;
  }

  bool VisitCXXOperatorCallExpr(CXXOperatorCallExpr *Call) {
    // x[0, 1]
    if (Call->getOperator() != OO_Subscript || Call->getNumArgs() != 2 || !isTensor(Call->getArg(0)->getType()))
      return true;
    const Expr *Index = Call->getArg(1)->IgnoreImplicit();
    while (auto *Construct = dyn_cast<CXXConstructExpr>(Index)) {
      if (Construct->getNumArgs() == 0)
        return true;
      Index = Construct->getArg(0)->IgnoreImplicit();
    }
    if (auto *Comma = dyn_cast<BinaryOperator>(Index); Comma && Comma->getOpcode() == BO_Comma)
      D.warn(Comma->getOperatorLoc(), "the comma drops the first index: this is x[b], not x[a, b]; write x[{a, b}]");
    return true;
  }

  bool VisitCXXForRangeStmt(CXXForRangeStmt *For) {
    // for (auto &row : make().rows()): what rows() refers to is gone when the loop begins.
    auto *Call = dyn_cast<CXXMemberCallExpr>(For->getRangeInit()->IgnoreImplicit()->IgnoreParens());
    if (!Call || !Call->getMethodDecl() || !Call->getMethodDecl()->getReturnType()->isReferenceType())
      return true;
    const Expr *Object = Call->getImplicitObjectArgument()->IgnoreImpCasts()->IgnoreParens();
    if (isa<MaterializeTemporaryExpr>(Object) || Object->isPRValue())
      if (!Object->getType()->isPointerType())
        D.warn(Call->getExprLoc(),
               "the loop goes over a member of a temporary, which is gone before its first iteration; "
               "give the temporary a name");
    return true;
  }

private:
  bool checkCondition(const Expr *Condition) {
    // if (x = 0); a second pair of parentheses says that it is meant.
    const Expr *Tensor = getTensorCondition(Condition);
    auto *Operator = Tensor ? dyn_cast<CXXOperatorCallExpr>(Tensor->IgnoreImplicit()) : nullptr;
    if (Operator && Operator->getOperator() == OO_Equal)
      D.warn(Operator->getOperatorLoc(),
             "this assigns a Tensor and asks whether it is not 0; write `==` to compare, or "
             "a second pair of parentheses to assign");
    return true;
  }

  Diagnose &D;
};

} // namespace

void warnOfTraps(const Decl *Declaration, Diagnose &D) { TrapVisitor(D).TraverseDecl(const_cast<Decl *>(Declaration)); }

} // namespace autograph

// Which types are Tenon's, and which statements depend on a Tensor.
#include "Classify.h"

#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace autograph {

bool isTenon(QualType Type, llvm::StringRef Name) {
  if (Type.isNull())
    return false;
  const CXXRecordDecl *Record = Type.getNonReferenceType()->getAsCXXRecordDecl();
  if (!Record || !Record->getDeclName().isIdentifier() || Record->getName() != Name)
    return false;
  auto *Namespace = dyn_cast<NamespaceDecl>(Record->getDeclContext()->getRedeclContext());
  while (Namespace && Namespace->isInline()) Namespace = dyn_cast<NamespaceDecl>(Namespace->getParent());
  return Namespace && Namespace->getName() == "tenon" &&
         Namespace->getParent()->getRedeclContext()->isTranslationUnit();
}

static bool holdsTensor(QualType Type, llvm::SmallPtrSetImpl<const Decl *> &Seen) {
  Type = Type.getNonReferenceType();
  while (Type->isPointerType() || Type->isArrayType())
    Type = Type->isPointerType() ? Type->getPointeeType() : QualType(Type->getArrayElementTypeNoTypeQual(), 0);
  const CXXRecordDecl *Record = Type->getAsCXXRecordDecl();
  if (!Record || !Seen.insert(Record->getCanonicalDecl()).second)
    return false;
  for (const DeclContext *Context = Record->getDeclContext(); Context; Context = Context->getParent())
    if (auto *Namespace = dyn_cast<NamespaceDecl>(Context); Namespace && Namespace->getName() == "tenon")
      return true;
  if (auto *Template = dyn_cast<ClassTemplateSpecializationDecl>(Record))
    for (const TemplateArgument &Argument : Template->getTemplateArgs().asArray()) {
      if (Argument.getKind() == TemplateArgument::Type && holdsTensor(Argument.getAsType(), Seen))
        return true;
      if (Argument.getKind() == TemplateArgument::Pack)
        for (const TemplateArgument &Element : Argument.pack_elements())
          if (Element.getKind() == TemplateArgument::Type && holdsTensor(Element.getAsType(), Seen))
            return true;
    }
  if (!Record->hasDefinition())
    return false;
  for (const FieldDecl *Field : Record->getDefinition()->fields())
    if (holdsTensor(Field->getType(), Seen))
      return true;
  for (const CXXBaseSpecifier &Base : Record->getDefinition()->bases())
    if (holdsTensor(Base.getType(), Seen))
      return true;
  return false;
}

bool holdsTensor(QualType Type) {
  llvm::SmallPtrSet<const Decl *, 16> Seen;
  return holdsTensor(Type, Seen);
}

bool isBoolConversion(const Expr *E) {
  auto *Call = dyn_cast<CXXMemberCallExpr>(E);
  return Call && isa_and_nonnull<CXXConversionDecl>(Call->getMethodDecl()) &&
         Call->getMethodDecl()->getReturnType()->isBooleanType() && isTensor(Call->getObjectType());
}

const Expr *getTensorCondition(const Expr *Condition) {
  if (!Condition)
    return nullptr;
  const Expr *E = Condition->IgnoreImplicit()->IgnoreParens()->IgnoreImplicit();
  if (isBoolConversion(E))
    return cast<CXXMemberCallExpr>(E)->getImplicitObjectArgument();
  return !E->isTypeDependent() && isTensor(E->getType()) ? E : nullptr;
}

bool isLoop(const Stmt *S) { return isa<WhileStmt, ForStmt, DoStmt, CXXForRangeStmt>(S); }

const Stmt *getLoopBody(const Stmt *Loop) {
  if (auto *While = dyn_cast<WhileStmt>(Loop))
    return While->getBody();
  if (auto *For = dyn_cast<ForStmt>(Loop))
    return For->getBody();
  if (auto *Do = dyn_cast<DoStmt>(Loop))
    return Do->getBody();
  return cast<CXXForRangeStmt>(Loop)->getBody();
}

bool isTensorRange(const CXXForRangeStmt *For) {
  QualType Type = For->getRangeInit()->getType();
  return isTensor(Type) || isTenon(Type, "Range");
}

static bool isAlwaysTrue(const Expr *Condition, ASTContext &Context) {
  bool Value = false;
  return !Condition || (!Condition->isValueDependent() && !Condition->getType()->isDependentType() &&
                        Condition->EvaluateAsBooleanCondition(Value, Context) && Value);
}

bool isEndless(const Stmt *Loop, ASTContext &Context) {
  if (auto *While = dyn_cast<WhileStmt>(Loop))
    return isAlwaysTrue(While->getCond(), Context);
  auto *For = dyn_cast<ForStmt>(Loop);
  return For && isAlwaysTrue(For->getCond(), Context);
}

bool dependsOnTensor(const Stmt *S) {
  if (auto *If = dyn_cast<IfStmt>(S))
    return !If->isConstexpr() && !If->isConsteval() && getTensorCondition(If->getCond());
  if (auto *While = dyn_cast<WhileStmt>(S))
    return getTensorCondition(While->getCond());
  if (auto *For = dyn_cast<ForStmt>(S))
    return getTensorCondition(For->getCond());
  if (auto *Do = dyn_cast<DoStmt>(S))
    return getTensorCondition(Do->getCond());
  if (auto *For = dyn_cast<CXXForRangeStmt>(S))
    return isTensorRange(For);
  return false;
}

const Stmt *withoutAttributes(const Stmt *S) {
  while (auto *Attributed = dyn_cast_or_null<AttributedStmt>(S)) S = Attributed->getSubStmt();
  return S;
}

} // namespace autograph

// Parses one file, finds what is marked TENON_FUNCTION, and writes the file with all of it rewritten.
#include "Action.h"

#include "CompileArguments.h"
#include "Refusals.h"
#include "Rewrite.h"
#include "Traps.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/Attr.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Tooling/CompilationDatabase.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace clang;

namespace autograph {
namespace {

bool isMarked(const Decl *Declaration) {
  return llvm::any_of(Declaration->specific_attrs<AnnotateAttr>(),
                      [](const AnnotateAttr *Attribute) { return Attribute->getAnnotation() == "tenon.autograph"; });
}

/// A function's or a lambda's return type as written, or nothing where it is deduced.
SourceRange getWrittenReturnType(const FunctionDecl *Function) {
  FunctionTypeLoc Type = Function->getFunctionTypeLoc();
  if (!Type || Type.getReturnLoc().getType()->getContainedDeducedType())
    return {};
  return Type.getReturnLoc().getSourceRange();
}

/// The bodies in a function: its own, its lambdas', and those of classes that it declares.
class BodyCollector : public RecursiveASTVisitor<BodyCollector> {
public:
  std::vector<Body> Bodies;

  bool shouldVisitTemplateInstantiations() const { return false; }
  bool VisitLambdaExpr(LambdaExpr *Lambda) {
    if (!Lambda->isGenericLambda())
      Bodies.push_back(
          {Lambda->getCompoundStmtBody(), Lambda->getCallOperator()->getReturnType(),
           Lambda->hasExplicitResultType() ? getWrittenReturnType(Lambda->getCallOperator()) : SourceRange()});
    return true;
  }
  bool VisitCXXMethodDecl(CXXMethodDecl *Method) {
    auto *S = Method->doesThisDeclarationHaveABody() ? dyn_cast_or_null<CompoundStmt>(Method->getBody()) : nullptr;
    if (S && !Method->getParent()->isLambda())
      Bodies.push_back({S, Method->getReturnType(), getWrittenReturnType(Method)});
    return true;
  }
};

/// Finds marked functions, and what should have been marked, and gathers the edits.
class FileVisitor : public RecursiveASTVisitor<FileVisitor> {
public:
  FileVisitor(ASTContext &Context, Diagnose &D) : Context(Context), SM(Context.getSourceManager()), D(D) {}

  bool shouldVisitTemplateInstantiations() const { return true; }

  /// The standard library's declarations are many, and none of them is marked.
  bool TraverseDecl(Decl *Declaration) {
    bool IsForeign = Declaration && !isa<TranslationUnitDecl>(Declaration) && Declaration->getLocation().isValid() &&
                     SM.isInSystemHeader(SM.getExpansionLoc(Declaration->getLocation()));
    return IsForeign || RecursiveASTVisitor::TraverseDecl(Declaration);
  }

  bool VisitFunctionDecl(FunctionDecl *Function) {
    if (!isMarked(Function) || !Function->doesThisDeclarationHaveABody())
      return true;
    SourceLocation Where = Function->getLocation();
    HasMarked = true;
    if (!SM.isInMainFile(SM.getExpansionLoc(Where))) {
      D.error(Where,
              "a TENON_FUNCTION in a header cannot be rewritten; declare it there, and define it in the .cpp file "
              "that is given to tenon_add_autograph");
      return true;
    }
    if (Function->isDependentContext()) {
      Templates.insert({SM.getFileOffset(SM.getExpansionLoc(Where)), Where});
      return true;
    }
    if (isa<CXXTryStmt>(Function->getBody()))
      D.error(Where, "a TENON_FUNCTION cannot be a function-try-block; put the `try` around its call");
    else if (isa<CoroutineBodyStmt>(Function->getBody()))
      D.error(Where, "a coroutine cannot be traced; make it a plain function");
    else if (auto *S = dyn_cast<CompoundStmt>(Function->getBody()))
      addUnit(Function, {S, Function->getReturnType(), getWrittenReturnType(Function)});
    return true;
  }

  bool VisitVarDecl(VarDecl *Variable) {
    if (!isMarked(Variable))
      return true;
    HasMarked = true;
    auto *Lambda =
        Variable->getInit() ? dyn_cast<LambdaExpr>(Variable->getInit()->IgnoreUnlessSpelledInSource()) : nullptr;
    if (!Lambda)
      D.error(Variable->getLocation(), "TENON_FUNCTION marks a function, or a variable that holds a lambda");
    else
      addBodies(Lambda, nullptr);
    return true;
  }

  bool VisitCallExpr(CallExpr *Call) {
    // tenon::function(f) and Program::add("f", f, ...) trace f.
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (!Callee || !Callee->getDeclName().isIdentifier() ||
        (Callee->getName() != "function" && Callee->getName() != "add") || !isInTenon(Callee))
      return true;
    for (const Expr *Argument : Call->arguments()) checkTraced(Argument->IgnoreUnlessSpelledInSource());
    return true;
  }

  /// Templates whose bodies no instantiation showed.
  void finish() {
    for (const auto &[Offset, Where] : Templates)
      if (!Units.contains(Offset))
        D.error(Where,
                "a TENON_FUNCTION template can be rewritten only where it is instantiated in the same file: what "
                "is a Tensor depends on its parameters; instantiate it here, e.g. `template Tensor f(Tensor);`, "
                "or write a function");
    for (auto &[Offset, Unit] : Units) All.append(Unit);
    for (const UnmarkedLambda &Lambda : Unmarked)
      if (llvm::none_of(Rewritten, [&](SourceRange Range) { return Range.fullyContains(Lambda.S->getSourceRange()); }))
        D.error(Lambda.Where, "this lambda is traced, but not marked: its control flow on a Tensor is not rewritten; "
                              "write `TENON_FUNCTION auto f = [](...) {...};` and trace f");
  }

  bool HasMarked = false;
  Edits All;

private:
  static bool isInTenon(const Decl *Declaration) {
    for (const DeclContext *C = Declaration->getDeclContext(); C; C = C->getParent())
      if (auto *Namespace = dyn_cast<NamespaceDecl>(C); Namespace && Namespace->getName() == "tenon")
        return true;
    return false;
  }

  void checkTraced(const Expr *Argument) {
    if (auto *Lambda = dyn_cast<LambdaExpr>(Argument)) {
      if (const Stmt *S = findTraced(Lambda->getBody()); S && SM.isInMainFile(S->getBeginLoc()))
        Unmarked.push_back({Lambda->getBody(), S->getBeginLoc()});
      return;
    }
    auto *Reference = dyn_cast<DeclRefExpr>(Argument);
    auto *Function = Reference ? dyn_cast<FunctionDecl>(Reference->getDecl()) : nullptr;
    const FunctionDecl *Definition = nullptr;
    if (!Function || !Function->hasBody(Definition) || isMarked(Definition))
      return;
    if (const Stmt *S = findTraced(Definition->getBody()); S && SM.isInMainFile(S->getBeginLoc()))
      D.error(S->getBeginLoc(), "'" + Function->getNameAsString() +
                                    "' is traced, but not marked: its control flow on a " +
                                    "Tensor is not rewritten; mark it TENON_FUNCTION");
  }

  /// A statement that would have to be rewritten, or null.
  static const Stmt *findTraced(const Stmt *S) {
    if (!S || isa<LambdaExpr>(S))
      return nullptr;
    if (dependsOnTensor(S))
      return S;
    for (const Stmt *Child : S->children())
      if (const Stmt *Found = findTraced(Child))
        return Found;
    return nullptr;
  }

  void addUnit(FunctionDecl *Function, const Body &Main) {
    unsigned Offset = SM.getFileOffset(SM.getExpansionLoc(Function->getLocation()));
    bool IsStructor = isa<CXXConstructorDecl, CXXDestructorDecl>(Function);
    unsigned NumErrors = D.getNumErrors();
    Edits Unit = rewriteBodies(Function->getBody(), &Main, IsStructor);
    auto [Place, IsNew] = Units.try_emplace(Offset, Unit);
    if (!IsNew && !(Place->second == Unit) && D.getNumErrors() == NumErrors)
      D.error(Function->getLocation(), "the instantiations of this TENON_FUNCTION template need different rewriting: "
                                       "what is a Tensor in one is a C++ value in another; write a function for each");
  }

  void addBodies(Expr *Lambda, const Body *Main) {
    Units.try_emplace(SM.getFileOffset(SM.getExpansionLoc(Lambda->getBeginLoc())), rewriteBodies(Lambda, Main, false));
  }

  Edits rewriteBodies(Stmt *S, const Body *Main, bool IsStructor) {
    BodyCollector Collector;
    if (Main)
      Collector.Bodies.push_back(*Main);
    Collector.TraverseStmt(S);
    Edits Unit;
    Rewritten.push_back(S->getSourceRange());
    for (const Body &B : Collector.Bodies) {
      unsigned NumErrors = D.getNumErrors();
      Plan P = makePlan(B.S, Context);
      refuse(B.S, P, Context, D);
      if (IsStructor && Main && B.S == Main->S && !P.Returns.empty())
        D.error(B.S->getLBracLoc(),
                "a constructor or destructor cannot return where a Tensor decides; use `else`, or a "
                "function that it calls");
      else if (B.S->getLBracLoc().isMacroID())
        D.error(B.S->getLBracLoc(),
                "a TENON_FUNCTION that a macro writes cannot be rewritten; write it outside the macro");
      else if (D.getNumErrors() == NumErrors) // else the text may not be what the edits expect
        Unit.append(rewrite(B, P, Context, D));
    }
    return Unit;
  }

  struct UnmarkedLambda {
    const Stmt *S;
    SourceLocation Where;
  };

  ASTContext &Context;
  const SourceManager &SM;
  Diagnose &D;
  /// By where each function stands, the edits of it and of what is in it.
  std::map<unsigned, Edits> Units;
  std::map<unsigned, SourceLocation> Templates;
  std::vector<UnmarkedLambda> Unmarked;
  std::vector<SourceRange> Rewritten;
};

class AutographConsumer : public ASTConsumer {
public:
  AutographConsumer(CompilerInstance &CI, std::string &Result, ExitCode &Code, const Options &O)
      : SM(CI.getSourceManager()), D(CI.getDiagnostics()), Result(Result), Code(Code), O(O) {}

  /// What functions of headers do is of no interest, and half of the time that parsing takes.
  bool shouldSkipFunctionBody(Decl *Declaration) override {
    return !SM.isInMainFile(SM.getExpansionLoc(Declaration->getLocation())) && !isMarked(Declaration);
  }

  void HandleTranslationUnit(ASTContext &Context) override {
    if (Context.getDiagnostics().hasErrorOccurred())
      return;
    FileVisitor Visitor(Context, D);
    Visitor.TraverseDecl(Context.getTranslationUnitDecl());
    Visitor.finish();
    for (Decl *Each : Context.getTranslationUnitDecl()->decls())
      if (SM.isInMainFile(SM.getExpansionLoc(Each->getLocation())))
        warnOfTraps(Each, D);
    if (D.getNumErrors() > 0)
      return;
    if (!Visitor.HasMarked) {
      llvm::errs() << "tenon-autograph: error: nothing in '" << O.Input
                   << "' is marked TENON_FUNCTION; mark the functions to rewrite, or compile the file as it is\n";
      return;
    }
    llvm::StringRef Source = SM.getBufferData(SM.getMainFileID());
    std::string Text = Visitor.All.apply(Source);
    llvm::StringRef Body = Text;
    Body.consume_front("\xEF\xBB\xBF"); // a byte order mark may stand at the very beginning only
    llvm::raw_string_ostream OS(Result);
    OS << "#line 1 \"";
    OS.write_escaped(O.Input);
    OS << "\"\n" << Body;
    Code = Success;
  }

private:
  SourceManager &SM;
  Diagnose D;
  std::string &Result;
  ExitCode &Code;
  const Options &O;
};

/// A path as a Makefile's rule has to spell it.
std::string quoteForMake(llvm::StringRef Path) {
  std::string Result;
  for (char C : Path) {
    if (C == ' ' || C == '#')
      Result += '\\';
    Result += C;
    if (C == '$')
      Result += C;
  }
  return Result;
}

class AutographAction : public ASTFrontendAction {
public:
  AutographAction(std::string &Result, ExitCode &Code, const Options &O) : Result(Result), Code(Code), O(O) {}

  bool BeginInvocation(CompilerInstance &CI) override {
    CI.getFrontendOpts().SkipFunctionBodies = true;
    if (!O.Depfile.empty()) {
      DependencyOutputOptions &Dependencies = CI.getDependencyOutputOpts();
      Dependencies.OutputFile = O.Depfile;
      Dependencies.Targets = {quoteForMake(O.Output)};
      Dependencies.IncludeSystemHeaders = true;
      Dependencies.UsePhonyTargets = true;
    }
    return true;
  }
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &CI, llvm::StringRef) override {
    return std::make_unique<AutographConsumer>(CI, Result, Code, O);
  }

private:
  std::string &Result;
  ExitCode &Code;
  const Options &O;
};

class ActionFactory : public tooling::FrontendActionFactory {
public:
  ActionFactory(std::string &Result, ExitCode &Code, const Options &O) : Result(Result), Code(Code), O(O) {}
  std::unique_ptr<FrontendAction> create() override { return std::make_unique<AutographAction>(Result, Code, O); }

private:
  std::string &Result;
  ExitCode &Code;
  const Options &O;
};

} // namespace

ExitCode run(const Options &O) {
  std::vector<std::string> Arguments = getParseArguments(O.CompilerArguments);
  // The compiler's own warnings come when the result is compiled, with the user's lines.
  Arguments.insert(Arguments.end(), {"-Wno-everything", "-ferror-limit=0", "-resource-dir=" + O.ResourceDir, "-xc++"});
  tooling::FixedCompilationDatabase Database(".", Arguments);
  tooling::ClangTool Tool(Database, {O.Input});
  Tool.setPrintErrorMessage(false);
  std::string Result;
  ExitCode Code = Refused;
  ActionFactory Factory(Result, Code, O);
  if (Tool.run(&Factory) != 0 || Code != Success)
    return Refused;
  llvm::Error Error = llvm::writeToOutput(O.Output, [&](llvm::raw_ostream &OS) {
    OS << Result;
    return llvm::Error::success();
  });
  if (Error) {
    llvm::errs() << "tenon-autograph: error: cannot write '" << O.Output << "': " << llvm::toString(std::move(Error))
                 << "\n";
    return CannotWrite;
  }
  return Success;
}

} // namespace autograph

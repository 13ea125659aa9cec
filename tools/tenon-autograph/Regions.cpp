// Walks a function with the regions around each statement, and finds who is left where a Tensor says so.
#include "Regions.h"

using namespace clang;

namespace autograph {

const Region *RegionWalker::getTracedRegion() const {
  for (size_t I = Regions.size(); I-- > 0;)
    if (Regions[I].isTraced())
      return &Regions[I];
  return nullptr;
}

void RegionWalker::walkIn(const Stmt *S, const Stmt *Owner, RegionKind Kind) {
  Regions.push_back({Owner, Kind});
  walk(S);
  Regions.pop_back();
}

void RegionWalker::walk(const Stmt *S) {
  if (!S || !visit(S))
    return;
  RegionKind Branch = P.isTraced(S) ? RegionKind::TracedBranch : RegionKind::Branch;
  RegionKind Loop = P.isTraced(S) ? RegionKind::TracedLoop : RegionKind::Loop;
  if (auto *If = dyn_cast<IfStmt>(S)) {
    walk(If->getInit());
    walk(If->getConditionVariableDeclStmt());
    walk(If->getCond());
    walkIn(If->getThen(), If, Branch);
    walkIn(If->getElse(), If, Branch);
  } else if (auto *While = dyn_cast<WhileStmt>(S)) {
    // A traced loop's condition is a region of its own: it is traced once and runs before every iteration.
    walk(While->getConditionVariableDeclStmt());
    walkIn(While->getCond(), While, Loop);
    walkIn(While->getBody(), While, Loop);
  } else if (auto *For = dyn_cast<ForStmt>(S)) {
    walk(For->getInit());
    walkIn(For->getCond(), For, Loop);
    walkIn(For->getBody(), For, Loop);
    walkIn(For->getInc(), For, Loop);
  } else if (auto *Range = dyn_cast<CXXForRangeStmt>(S)) {
    walk(Range->getInit());
    walk(Range->getRangeInit());
    walkIn(Range->getBody(), Range, Loop);
  } else if (auto *Do = dyn_cast<DoStmt>(S)) {
    walkIn(Do->getBody(), Do, Loop);
    walkIn(Do->getCond(), Do, Loop);
  } else if (auto *Switch = dyn_cast<SwitchStmt>(S)) {
    walk(Switch->getInit());
    walk(Switch->getCond());
    walkIn(Switch->getBody(), Switch, RegionKind::Switch);
  } else if (auto *Try = dyn_cast<CXXTryStmt>(S)) {
    walkIn(Try->getTryBlock(), Try, RegionKind::Try);
    for (unsigned I = 0; I < Try->getNumHandlers(); ++I) walk(Try->getHandler(I)->getHandlerBlock());
  } else if (auto *Lambda = dyn_cast<LambdaExpr>(S)) {
    for (const Expr *Init : Lambda->capture_inits()) walk(Init);
    visitLambda(Lambda);
  } else {
    for (const Stmt *Child : S->children()) walk(Child);
  }
}

namespace {

class Planner : RegionWalker {
public:
  Planner(Plan &P, ASTContext &Context) : RegionWalker(P), P(P), Context(Context) {}

  /// Plans what is in `Body`; `Loop` is around it, or null.
  void run(const Stmt *Body, const Stmt *Loop = nullptr) {
    if (Loop)
      Regions.push_back({Loop, RegionKind::Loop});
    walk(Body);
    for (const auto &[Jump, Loop] : NativeJumps)
      if (P.LeftLoops.contains(Loop))
        P.Jumps.insert(Jump); // the loop's body becomes a lambda
    for (const auto &[Return, Around] : Returns)
      for (const Region &R : Around)
        if (R.isTraced() || P.LeftLoops.contains(R.S))
          P.Returns.insert(Return);
  }

private:
  bool visit(const Stmt *S) override {
    if (isLoop(S) && isEndless(S, Context) && isLeft(S))
      P.EndlessLoops.insert(S);
    if (isa<BreakStmt, ContinueStmt>(S))
      visitJump(S);
    if (auto *Return = dyn_cast<ReturnStmt>(S))
      Returns.push_back({Return, Regions});
    return true;
  }

  /// Whether a loop without a condition of its own is left where a Tensor says so: unrolling it would never end.
  bool isLeft(const Stmt *Loop) {
    Plan Inner;
    Planner(Inner, Context).run(getLoopBody(Loop), Loop);
    return Inner.LeftLoops.contains(Loop) || !Inner.Returns.empty();
  }

  void visitJump(const Stmt *Jump) {
    bool IsDynamic = false;
    for (size_t I = Regions.size(); I-- > 0;) {
      const Region &R = Regions[I];
      if (R.Kind == RegionKind::TracedBranch)
        IsDynamic = true;
      if (R.Kind == RegionKind::Switch && isa<BreakStmt>(Jump))
        return;
      if (R.Kind == RegionKind::TracedLoop) {
        P.Jumps.insert(Jump);
        return;
      }
      if (R.Kind == RegionKind::Loop) {
        NativeJumps.push_back({Jump, R.S});
        if (IsDynamic)
          P.LeftLoops.insert(R.S);
        return;
      }
    }
  }

  Plan &P;
  ASTContext &Context;
  std::vector<std::pair<const Stmt *, const Stmt *>> NativeJumps;
  std::vector<std::pair<const ReturnStmt *, llvm::SmallVector<Region>>> Returns;
};

} // namespace

Plan makePlan(const Stmt *Body, ASTContext &Context) {
  Plan P;
  Planner(P, Context).run(Body);
  return P;
}

} // namespace autograph

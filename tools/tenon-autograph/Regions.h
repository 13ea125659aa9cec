// Regions: what encloses each statement of a function, and which of it a Tensor decides.
#pragma once

#include "Classify.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"

namespace autograph {

/// What becomes of one function's (or lambda's) statements.
struct Plan {
  /// `while (true)` and `for (;;)` that are left where a Tensor says so: traced.
  llvm::DenseSet<const clang::Stmt *> EndlessLoops;
  /// Loops on C++ values that are left where a Tensor says so: unrolled, with what follows guarded.
  llvm::DenseSet<const clang::Stmt *> LeftLoops;
  /// `break` and `continue` that leave a traced region or a loop of the above.
  llvm::DenseSet<const clang::Stmt *> Jumps;
  /// `return` out of a traced region or a loop of the above.
  llvm::DenseSet<const clang::Stmt *> Returns;

  bool isTraced(const clang::Stmt *S) const { return dependsOnTensor(S) || EndlessLoops.contains(S); }
};

enum class RegionKind { TracedBranch, TracedLoop, Branch, Loop, Switch, Try };

struct Region {
  const clang::Stmt *S;
  RegionKind Kind;
  bool isTraced() const { return Kind == RegionKind::TracedBranch || Kind == RegionKind::TracedLoop; }
};

/// Visits a function's statements in their order, with the regions around each.
class RegionWalker {
public:
  virtual ~RegionWalker() = default;

protected:
  explicit RegionWalker(const Plan &P) : P(P) {}
  void walk(const clang::Stmt *S);
  /// Called for each statement and expression before what is in it; false leaves that out.
  virtual bool visit(const clang::Stmt *S) = 0;
  /// Called for a lambda; its body is another function.
  virtual void visitLambda(const clang::LambdaExpr *) {}

  /// The innermost region for which a Tensor decides whether, or how often, it runs.
  const Region *getTracedRegion() const;

  llvm::SmallVector<Region> Regions;

private:
  void walkIn(const clang::Stmt *S, const clang::Stmt *Owner, RegionKind Kind);
  const Plan &P;
};

/// Finds who is left where a Tensor says so.
Plan makePlan(const clang::Stmt *Body, clang::ASTContext &Context);

} // namespace autograph

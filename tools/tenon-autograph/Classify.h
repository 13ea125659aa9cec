// Classify: which types are Tenon's, and which statements depend on a Tensor.
#pragma once

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"

namespace autograph {

/// Whether this type, or what it refers to, is the class tenon::Name.
bool isTenon(clang::QualType Type, llvm::StringRef Name);
inline bool isTensor(clang::QualType Type) { return isTenon(Type, "Tensor"); }

/// Whether an object of this type has a Tensor in it: a member, a base or an element. Tracing follows those.
bool holdsTensor(clang::QualType Type);

/// The Tensor that a condition converts to bool, or null if the condition is a C++ value.
const clang::Expr *getTensorCondition(const clang::Expr *Condition);

/// Whether this is the call that converts a Tensor to bool.
bool isBoolConversion(const clang::Expr *E);

bool isLoop(const clang::Stmt *S);
/// The body of any loop.
const clang::Stmt *getLoopBody(const clang::Stmt *Loop);

/// Whether a range-for goes over a Tensor's rows or a tenon::range.
bool isTensorRange(const clang::CXXForRangeStmt *For);

/// Whether a loop has no condition, or one that is always true: only its body can end it.
bool isEndless(const clang::Stmt *Loop, clang::ASTContext &Context);

/// Whether the statement's own condition or range is a Tensor.
bool dependsOnTensor(const clang::Stmt *S);

/// What a statement stands for without its attributes, e.g. [[likely]].
const clang::Stmt *withoutAttributes(const clang::Stmt *S);

} // namespace autograph

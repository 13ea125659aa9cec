// MLIR's remarks, kept instead of printed.
#include "compiler/Target/Decisions.h"

#include "compiler/Target/MemoryReport.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
struct Keeper : remark::detail::MLIRRemarkStreamerBase {
  explicit Keeper(std::shared_ptr<std::vector<Decision>> decisions) : decisions(std::move(decisions)) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    std::string text;
    for (const remark::detail::Remark::Arg &argument : remark.getArgs()) text += argument.val;
    decisions->push_back({remark.getFunction().str(), text, describePlace(remark.getLocation())});
  }

  std::shared_ptr<std::vector<Decision>> decisions;
};
} // namespace

DecisionLog::DecisionLog(MLIRContext &context) : context(context) {
  remark::RemarkCategories categories;
  categories.passed = categories.missed = "fusion";
  // It fails where there is an engine already, which then keeps the remarks.
  (void)remark::enableOptimizationRemarks(context, std::make_unique<Keeper>(decisions),
                                          std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
}

DecisionLog::~DecisionLog() { context.setRemarkEngine(nullptr); }

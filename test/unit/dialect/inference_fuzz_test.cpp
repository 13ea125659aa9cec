// Inference of every op on random operands and attributes, as a frontend's mistakes would make them: a type or a
// message, never a crash.
#include "dialects/Tenon/Dialect.h"

#include "mlir/IR/Builders.h"

#include <gtest/gtest.h>
#include <limits>
#include <random>

using namespace mlir;

namespace {

class Inference : public testing::Test {
protected:
  Inference() : context(MLIRContext::Threading::DISABLED), builder(&context), random(7) {
    context.loadDialect<tenon::TenonDialect>();
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
      message = diagnostic.str();
      return success();
    });
  }

  size_t below(size_t end) { return random() % end; }

  int64_t number() {
    static constexpr int64_t unusual[] = {-1, 5, 64, std::numeric_limits<int64_t>::min(),
                                          std::numeric_limits<int64_t>::max()};
    return below(8) == 0 ? unusual[below(std::size(unusual))] : static_cast<int64_t>(below(4));
  }

  Type type() {
    Type dtypes[] = {builder.getF32Type(),  builder.getF32Type(), builder.getF16Type(),
                     builder.getI64Type(),  builder.getI1Type(),  builder.getIntegerType(8, false),
                     builder.getIndexType()};
    if (below(12) == 0)
      return dtypes[below(std::size(dtypes))];
    if (below(12) == 0)
      return UnrankedTensorType::get(builder.getF32Type());
    SmallVector<int64_t> shape;
    for (size_t rank = below(5); rank != 0; --rank)
      shape.push_back(below(6) == 0   ? std::numeric_limits<int64_t>::max() - 1
                      : below(4) == 0 ? ShapedType::kDynamic
                                      : static_cast<int64_t>(below(5)));
    return RankedTensorType::get(shape, dtypes[below(below(2) == 0 ? 1 : std::size(dtypes))]);
  }

  Attribute attribute() {
    switch (below(12)) {
    case 0: return builder.getStringAttr("axis");
    case 1: return builder.getBoolAttr(below(2) != 0);
    case 2: return IntegerAttr::get(builder.getIntegerType(128), APInt(128, 1).shl(100));
    case 3: return builder.getF64FloatAttr(1e-5);
    case 4: return tenon::ReduceKindAttr::get(&context, static_cast<tenon::ReduceKind>(below(7)));
    case 5: return tenon::ComparePredicateAttr::get(&context, static_cast<tenon::ComparePredicate>(below(6)));
    case 6:
    case 7: return builder.getI64IntegerAttr(number());
    default:
      SmallVector<int64_t> numbers;
      for (size_t size = below(5); size != 0; --size) numbers.push_back(number());
      return builder.getDenseI64ArrayAttr(numbers);
    }
  }

  MLIRContext context;
  OpBuilder builder;
  std::mt19937_64 random;
  std::string message;
};

} // namespace

TEST_F(Inference, GivesATypeOrAMessageForAnyOperandsAndAttributes) {
  Location location = builder.getUnknownLoc();
  size_t inferred = 0, refused = 0;
  for (RegisteredOperationName name : context.getRegisteredOperations()) {
    if (name.getDialectNamespace() != "tenon")
      continue;
    auto *interface = name.getInterface<InferTypeOpInterface>();
    if (!interface)
      continue;
    for (int round = 0; round < 1500; ++round) {
      Block block;
      Type common = type();
      for (size_t operands = below(5); operands != 0; --operands)
        block.addArgument(below(2) == 0 ? common : type(), location);
      NamedAttrList attributes;
      for (StringAttr attributeName : name.getAttributeNames())
        if (below(10) != 0)
          attributes.append(attributeName, attribute());
      message.clear();
      SmallVector<Type> types;
      LogicalResult result = interface->inferReturnTypes(&context, location, block.getArguments(),
                                                         attributes.getDictionary(&context), nullptr, {}, types);
      if (succeeded(result)) {
        ++inferred;
        for (Type inferredType : types) EXPECT_TRUE(inferredType) << name.getStringRef().str();
      } else {
        ++refused;
        // What ODS generates is silent where an operand or attribute is missing, which the parser and builders exclude.
        if (!message.empty())
          EXPECT_EQ(message.rfind(name.stripDialect().str() + ": ", 0), 0u) << message;
      }
    }
  }
  EXPECT_GT(inferred, 1000u);
  EXPECT_GT(refused, 1000u);
}

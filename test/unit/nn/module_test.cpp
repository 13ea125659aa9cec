// Modules find their variables: reflected and listed members, containers, sharing, freezing, and members that are
// missed.
#include "../frontend/expect_error.h"

#include <tenon/tenon.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <variant>

using namespace tenon;

static std::string paths(const Variables &variables) {
  std::string text;
  for (const NamedVariable &variable : variables) text += (text.empty() ? "" : " ") + variable.path;
  return text;
}
static nn::Dense built(std::int64_t units) {
  nn::Dense dense(units);
  dense(ones({1, 2}));
  return dense;
}

namespace {

struct Block : nn::Module<Block> {
  nn::Dense fc1{16, {.activation = nn::relu}}, fc2{8};
  Tensor operator()(const Tensor &x) { return fc2(fc1(x)); }
};
class Classifier : public nn::Module<Classifier> {
  std::vector<Block> blocks;
  nn::Dense head;
  int calls = 0;

public:
  Classifier(int depth, int classes) : blocks(std::size_t(depth)), head(classes) {}
  TENON_MEMBERS(blocks, head)
  Tensor operator()(Tensor x) {
    ++calls;
    for (Block &block : blocks) x = block(x);
    return head(x);
  }
};
class Derived : public Classifier {
  nn::Dense last{2};

public:
  Derived() : Classifier(1, 3) {}
  TENON_MEMBERS_AND(Classifier, last)
  Tensor operator()(const Tensor &x) { return last(Classifier::operator()(x)); }
};
struct Members : nn::Module<Members> {
  int count = 3;
  std::string title = "t";
  Tensor mean{1.0, 2.0};
  Variable scale{Tensor(1.0), "scale"};
  std::optional<nn::Dense> none, some = built(1);
  std::unique_ptr<nn::Dense> owned = std::make_unique<nn::Dense>(built(1));
  std::shared_ptr<nn::Dense> shared = std::make_shared<nn::Dense>(built(1));
  std::pair<nn::Dense, int> pair{built(1), 1};
  std::array<nn::Dense, 2> two{built(1), built(1)};
  std::map<std::string, nn::Dense> heads{{"left", built(1)}};
  std::map<int, nn::Dense> numbered{{7, built(1)}};
  std::vector<std::unique_ptr<Block>> blocks;
  nn::Layer any = built(1);
  Generator noise{1};
  struct Inner {
    nn::Dense a = built(1);
  } inner;
};
class Forgot : public nn::Module<Forgot> {
  nn::Dense a{4}, b{4};

public:
  Forgot() {}
  TENON_MEMBERS(a)
};
struct Hidden : nn::Module<Hidden> {
  std::variant<int, nn::Dense> either = built(1);
};
struct InFunction : nn::Module<InFunction> {
  std::function<Tensor(Tensor)> f = [dense = nn::Dense(3, {.name = "secret"})](Tensor x) { return dense(x); };
};
struct Loose : nn::Module<Loose> {
  std::variant<int, Variable> either = Variable(zeros({3}), "loose");
};

} // namespace

TEST(Module, NamesVariablesByTheirMembers) {
  Classifier model(2, 10);
  EXPECT_EQ(model.variables().size(), 0u); // nothing is built yet
  model(ones({3, 4}));
  EXPECT_EQ(paths(model.variables()), "blocks.0.fc1.kernel blocks.0.fc1.bias blocks.0.fc2.kernel blocks.0.fc2.bias "
                                      "blocks.1.fc1.kernel blocks.1.fc1.bias blocks.1.fc2.kernel blocks.1.fc2.bias "
                                      "head.kernel head.bias");
  EXPECT_EQ(model.variables()[8].shape(), (Shape{8, 10}));
  EXPECT_EQ(paths(tenon::variables(model)), paths(model.variables()));

  Derived derived;
  derived(ones({3, 4}));
  EXPECT_EQ(paths(derived.variables()), "blocks.0.fc1.kernel blocks.0.fc1.bias blocks.0.fc2.kernel blocks.0.fc2.bias "
                                        "head.kernel head.bias last.kernel last.bias");
}

TEST(Module, LooksIntoContainersPointersAndStructs) {
  Members m;
  EXPECT_EQ(paths(m.variables()),
            "scale some.kernel some.bias owned.kernel owned.bias shared.kernel shared.bias pair.0.kernel pair.0.bias "
            "two.0.kernel two.0.bias two.1.kernel two.1.bias heads.left.kernel heads.left.bias numbered.7.kernel "
            "numbered.7.bias any.kernel any.bias noise.state inner.a.kernel inner.a.bias");
  const Variables trainable = m.trainable_variables();
  EXPECT_EQ(trainable.size(), m.variables().size() - 1); // not the random stream's state
}

TEST(Module, ACopySharesVariables) {
  Block a;
  Block b = a;
  a(ones({2, 3}));
  EXPECT_EQ(b.variables().size(), 4u);
  EXPECT_TRUE(a.variables()[0].is(b.variables()[0]));
}

TEST(Module, SaysWhichMemberItMissed) {
  EXPECT_ERROR(Forgot().variables(), "Forgot holds Dense (module_test.cpp:");
  EXPECT_ERROR(Forgot().variables(), "a member that TENON_MEMBERS does not list");
  EXPECT_ERROR(Hidden().variables(), "Hidden holds Dense (module_test.cpp:");
  EXPECT_ERROR(InFunction().variables(), "InFunction holds Dense 'secret' (module_test.cpp:");
  EXPECT_ERROR(Loose().variables(), "Loose holds the Variable 'loose' f32[3] where its members do not show it");
  const nn::Dense dense(2);
  const nn::Sequential s{[dense](const Tensor &x) { return dense(x); }};
  EXPECT_ERROR(s.variables(), "holds Dense (module_test.cpp:");
  EXPECT_ERROR(s.variables(), "make the lambda a struct");
  // What holds no variables may be captured.
  const nn::Sequential fine{[f = nn::Layer(nn::relu)](const Tensor &x) { return f(x); }};
  EXPECT_EQ(fine.variables().size(), 0u);
}

TEST(Module, FreezesWhatItHasAndWhatItWillHave) {
  Classifier model(1, 3);
  model.set_trainable(false);
  model(ones({1, 2}));
  EXPECT_EQ(model.variables().size(), 6u);
  EXPECT_EQ(model.trainable_variables().size(), 0u);
  model.set_trainable(true);
  EXPECT_EQ(model.trainable_variables().size(), 6u);
  model.variables()[1].set_trainable(false); // one alone
  EXPECT_EQ(model.trainable_variables().size(), 5u);
  model.set_trainable(false);
  model.set_trainable(true);
  EXPECT_EQ(model.trainable_variables().size(), 5u); // its own word stays

  Variable counter(Tensor(0));
  EXPECT_FALSE(counter.trainable()); // integers have no gradient
}

TEST(Module, VariablesInATrace) {
  struct WithTensor : nn::Module<WithTensor> {
    Tensor mean{1.0, 2.0};
    nn::Dense fc{2};
  } model;
  auto f = tenon::function([&](const Tensor &x) {
    Tensor y = model.fc(x - model.mean);
    for (const NamedVariable &variable : model.trainable_variables()) y += tenon::sum(variable.value());
    return y;
  });
  const Tensor y = f(ones({1, 2}));
  Tensor expected = model.fc(ones({1, 2}) - model.mean);
  for (const NamedVariable &variable : model.variables()) expected += tenon::sum(variable.value());
  EXPECT_TRUE(all_close(y, expected));
}

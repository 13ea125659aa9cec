// Ten steps of training in an object: the same bits of losses and of state as the eager steps have, for models and
// optimizers whose losses training_parity_test compares with Keras and JAX.
#include "models.h"

#include "tenon/runtime/abi.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

using namespace tenon;

namespace {

AnySpec spec_of(const Tensor &x) {
  AnySpec spec{x.dtype(), {}};
  for (std::int64_t size : x.shape()) spec.dims.emplace_back(size);
  return spec;
}

const void *bytes_of(const Tensor &x) {
  return x.dtype() == i32 ? static_cast<const void *>(x.data<std::int32_t>().data()) : x.data<float>().data();
}

// A shared library of one model, called by what it says of itself.
class Library {
public:
  Library(Program &program, const std::string &name)
      : path(testing::TempDir() + "tenon_" + name + std::to_string(getpid())) {
    WriteOptions options;
    options.runtime = TENON_TEST_RUNTIME;
    program.write(path + ".so", options);
    library = dlopen((path + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
      throw std::runtime_error(dlerror());
    model = reinterpret_cast<const tenon_model_info *(*)()>(dlsym(library, (name + "_describe").c_str()))();
    state = static_cast<unsigned char *>(::operator new(model->state->bytes, std::align_val_t{64}));
    model->state->init(state);
  }
  Library(const Library &) = delete;
  ~Library() {
    ::operator delete(state, std::align_val_t{64});
    dlclose(library);
    for (const char *ending : {".so", ".h", ".hpp"}) std::remove((path + ending).c_str());
  }

  // The function's inputs are `inputs` in order; its one output is a number.
  float call(const char *function, std::initializer_list<const Tensor *> inputs) {
    const tenon_function_info *info = model->functions;
    while (std::strcmp(info->name, function) != 0) ++info;
    float result = -1;
    std::vector<void *> buffers;
    auto next = inputs.begin();
    for (int i = 0; i < info->argument_count; ++i) {
      const tenon_argument_info &argument = info->arguments[i];
      if (argument.kind == TENON_ARGUMENT_INPUT)
        buffers.push_back(const_cast<void *>(bytes_of(**next++)));
      else
        buffers.push_back(argument.kind == TENON_ARGUMENT_OUTPUT ? &result : variable(argument.name));
    }
    const std::size_t bytes = info->workspace_bytes ? info->workspace_bytes(nullptr) : 0;
    void *workspace = ::operator new(bytes, std::align_val_t{64});
    char message[256] = "";
    tenon_context context = {};
    context.struct_size = sizeof context;
    context.message = message;
    context.message_capacity = sizeof message;
    EXPECT_EQ(info->call(&context, buffers.data(), nullptr, workspace, bytes), TENON_OK) << message;
    ::operator delete(workspace, std::align_val_t{64});
    return result;
  }
  // Where a variable lies in the state; null where the state has none of this name.
  void *variable(const std::string &name) const {
    for (int i = 0; i < model->state->variable_count; ++i)
      if (model->state->variables[i].name == name)
        return state + model->state->variables[i].offset;
    return nullptr;
  }
  const tenon_state_info &layout() const { return *model->state; }

private:
  std::string path;
  void *library;
  const tenon_model_info *model;
  unsigned char *state;
};

template <class M> class AheadOfTimeTraining : public testing::Test {};
using Models =
    testing::Types<parity::Mlp, parity::Cnn, parity::CnnNorm, parity::Lstm, parity::Gru, parity::Transformer>;
TYPED_TEST_SUITE(AheadOfTimeTraining, Models);

TYPED_TEST(AheadOfTimeTraining, HasTheBitsOfTheEagerSteps) {
  for (const char *optimizer : {"momentum", "adam"}) {
    parity::Trainer<TypeParam> eager(optimizer), shipped(optimizer);
    const parity::Batch first = TypeParam::batch(1000);
    Program program(TypeParam::name);
    program.add("train_step", [&](Tensor x, Tensor y) { return shipped(x, y); },
                {arg("x", spec_of(first.x)), arg("y", spec_of(first.y))}, {{"loss"}});
    Library library(program, TypeParam::name);
    for (std::uint32_t i = 0; i < 10; ++i) {
      const parity::Batch batch = TypeParam::batch(1000 + i);
      const float expected = eager(batch.x, batch.y).template item<float>();
      const float loss = library.call("train_step", {&batch.x, &batch.y});
      EXPECT_EQ(loss, expected) << TypeParam::name << " " << optimizer << ", step " << i;
    }
    int found = 0;
    for (const NamedVariable &variable : eager.model.trainable_variables()) {
      const void *trained = library.variable(variable.path);
      ASSERT_TRUE(trained) << variable.path;
      const Tensor value = variable.value();
      EXPECT_EQ(std::memcmp(trained, bytes_of(value), value.data<float>().size_bytes()), 0) << variable.path;
      ++found;
    }
    EXPECT_GT(library.layout().variable_count, found); // and the optimizer's
  }
}

} // namespace

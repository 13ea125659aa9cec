// Contractions with constant inputs, which are stored as their tiles read them, and with inputs that a loop leaves
// alone, which are laid out so before it: the bits are those of the scalar reference, whose loops read what the program
// has.
#include <tenon/tenon.h>

#include "tenon/runtime/abi.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <functional>
#include <unistd.h>

using tenon::Tensor;

namespace {

/// Inexact numbers, as many as `shape` has elements.
Tensor numbers(std::vector<std::int64_t> shape, tenon::DType dtype = tenon::f32) {
  std::int64_t size = 1;
  for (std::int64_t extent : shape) size *= extent;
  std::vector<float> values;
  for (std::int64_t i = 0; i < size; ++i) values.push_back(float((i * i + 7 * i) % 61 - 30) * 0.37f);
  return Tensor::from(values, std::span<const std::int64_t>(shape)).cast(dtype);
}

struct Case {
  std::string name;
  std::vector<std::int64_t> shape; // of the input
  tenon::DType dtype;
  std::function<Tensor(Tensor)> function;
};

/// A recurrent network whose weights are no constants: the input is `w`. `steps` is read where `known` is not.
Tensor recur(const Tensor &w, std::int64_t rows, std::int64_t steps, bool known, bool transposed) {
  using tenon::all_, tenon::Index, tenon::slice;
  const std::int64_t depth = w.shape()[transposed ? 1 : 0];
  Tensor h = transposed ? w[Index(slice(0, rows))] : tenon::transpose(w[{Index(all_), Index(slice(0, rows))}], {1, 0});
  Tensor count(steps);
  if (!known)
    count = tenon::cast(tenon::where(w[{0, 0}] > 1000.0f, 0.0f, float(steps)), tenon::i64);
  tenon::for_range(tenon::range(count), [&](const Tensor &) {
    const Tensor z = tenon::matmul(h, w, {.transpose_rhs = transposed});
    h = tenon::sin(z[{Index(all_), Index(slice(0, depth))}]);
  });
  return h;
}

/// Steps that multiply their own rows of x [time, batch, features], forwards or backwards.
Tensor project(const Tensor &x, const Tensor &w, bool backwards) {
  using tenon::Index;
  Tensor h = tenon::zeros({x.shape()[1], w.shape()[1]});
  tenon::for_range(tenon::range(x.dim(0)), [&](const Tensor &i) {
    const Tensor t = backwards ? x.dim(0) - 1 - i : Tensor(i);
    h = tenon::sin(tenon::matmul(x[Index(t)], w) + 0.5f + h * 3.0f);
  });
  return h;
}

std::vector<Case> cases() {
  using tenon::conv, tenon::f32, tenon::matmul, tenon::Padding;
  std::vector<Case> all;
  const Tensor shared = numbers({37, 71}), crossed = numbers({40, 130});
  // Whole panels, a tail, one vector; many rows and one.
  for (std::int64_t columns : {10, 64, 71, 128, 200, 517})
    for (std::int64_t rows : {1, 5, 33}) {
      const Tensor w = numbers({53, columns});
      all.push_back({"dense_" + std::to_string(rows) + "_" + std::to_string(columns), {rows, 53}, f32, [=](Tensor x) {
                       return matmul(x, w);
                     }});
      const Tensor t = numbers({columns, 53});
      all.push_back(
          {"transposed_" + std::to_string(rows) + "_" + std::to_string(columns), {rows, 53}, f32, [=](Tensor x) {
             return matmul(x, t, {.transpose_rhs = true});
           }});
    }
  all.push_back({"deep", {7, 3000}, f32, [w = numbers({3000, 90})](Tensor x) { return matmul(x, w) + 1.0f; }});
  all.push_back({"shared_1", {5, 37}, f32, [=](Tensor x) { return matmul(x, shared); }});
  all.push_back({"shared_2", {5, 37}, f32, [=](Tensor x) { return tenon::relu(matmul(x, shared)); }});
  // Two layouts are asked for, so neither is made.
  all.push_back({"crossed_1", {1, 40}, f32, [=](Tensor x) { return matmul(x, crossed); }});
  all.push_back({"crossed_2", {50, 40}, f32, [=](Tensor x) { return matmul(x, crossed); }});
  all.push_back({"left", {37, 9}, f32, [w = numbers({21, 37})](Tensor x) { return matmul(w, x); }});
  all.push_back({"batch", {3, 6, 24}, f32, [w = numbers({3, 24, 90})](Tensor x) { return matmul(x, w); }});
  all.push_back({"repeated", {3, 6, 24}, f32, [w = numbers({24, 90})](Tensor x) { return matmul(x, w); }});
  all.push_back({"half", {6, 24}, tenon::f16, [w = numbers({24, 90}, tenon::f16)](Tensor x) { return matmul(x, w); }});
  all.push_back(
      {"bfloat", {6, 24}, tenon::bf16, [w = numbers({24, 90}, tenon::bf16)](Tensor x) { return matmul(x, w); }});
  all.push_back(
      {"double", {6, 24}, tenon::f64, [w = numbers({24, 90}, tenon::f64)](Tensor x) { return matmul(x, w); }});
  all.push_back({"conv", {2, 9, 9, 8}, f32, [w = numbers({3, 3, 8, 70})](Tensor x) {
                   return conv(x, w, {.padding = Padding::same});
                 }});
  all.push_back({"conv_few", {1, 12, 12, 3}, f32, [w = numbers({5, 5, 3, 80})](Tensor x) {
                   return conv(x, w, {.strides = {2, 2}});
                 }});
  all.push_back(
      {"grouped", {1, 8, 8, 16}, f32, [w = numbers({3, 3, 8, 140})](Tensor x) { return conv(x, w, {.groups = 2}); }});
  all.push_back({"depthwise", {1, 8, 8, 150}, f32, [w = numbers({3, 3, 1, 150})](Tensor x) {
                   return conv(x, w, {.groups = 150});
                 }});
  all.push_back({"pointwise", {1, 8, 8, 16}, f32, [w = numbers({1, 1, 16, 140})](Tensor x) { return conv(x, w); }});
  for (std::int64_t rows : {1, 3, 16})
    for (bool known : {false, true}) {
      const std::string name = std::to_string(rows) + (known ? "_known" : "_open");
      for (std::int64_t steps : {3, 20})
        all.push_back({"steady_" + name + std::to_string(steps), {300, 311}, f32, [=](Tensor w) {
                         return recur(w, rows, steps, known, false);
                       }});
      all.push_back(
          {"steady_transposed_" + name, {311, 300}, f32, [=](Tensor w) { return recur(w, rows, 5, known, true); }});
    }
  for (bool backwards : {false, true})
    all.push_back({backwards ? "backwards" : "forwards", {7, 3, 24}, f32, [=, w = numbers({24, 90})](Tensor x) {
                     return project(x, w, backwards);
                   }});
  return all;
}

/// Results of all cases as bytes, compiled in one object.
std::vector<std::string> run(const std::string &target, bool reference) {
  const std::vector<Case> all = cases();
  tenon::Program program("constants");
  for (const Case &c : all)
    program.add(c.name, c.function, {tenon::arg("x", tenon::AnySpec{c.dtype, {c.shape.begin(), c.shape.end()}})},
                {{"y"}});
  const std::string path =
      testing::TempDir() + "tenon_constants_" + target + std::to_string(reference) + std::to_string(getpid()) + ".so";
  tenon::WriteOptions options;
  options.target = target;
  options.reference = reference;
  options.runtime = TENON_TEST_RUNTIME;
  program.write(path, options);
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  for (const char *ending : {".so", ".h", ".hpp"})
    std::filesystem::remove(std::filesystem::path(path).replace_extension(ending));
  if (!library)
    throw std::runtime_error(dlerror());
  const auto *model = reinterpret_cast<const tenon_model_info *(*)()>(dlsym(library, "constants_describe"))();
  std::vector<std::string> results;
  for (const Case &c : all) {
    const tenon_function_info *f = nullptr;
    for (std::int32_t i = 0; i < model->function_count; ++i)
      if (c.name == model->functions[i].name)
        f = &model->functions[i];
    std::int64_t size = 1;
    for (std::int32_t d = 0; d < f->arguments[1].rank; ++d) size *= f->arguments[1].dims[d];
    const std::int64_t width = c.dtype == tenon::f64 ? 8 : c.dtype == tenon::f32 ? 4 : 2;
    std::string y(std::size_t(size * width), '\0');
    const Tensor x = numbers(c.shape, c.dtype);
    const void *data = c.dtype == tenon::f64   ? static_cast<const void *>(x.data<double>().data())
                       : c.dtype == tenon::f32 ? static_cast<const void *>(x.data<float>().data())
                       : c.dtype == tenon::f16 ? static_cast<const void *>(x.data<tenon::float16>().data())
                                               : static_cast<const void *>(x.data<tenon::bfloat16>().data());
    void *const buffers[] = {const_cast<void *>(data), y.data()};
    const std::size_t bytes = f->workspace_bytes ? f->workspace_bytes(nullptr) : 0;
    void *work = std::aligned_alloc(64, bytes / 64 * 64 + 64);
    EXPECT_EQ(f->call(nullptr, buffers, nullptr, work, bytes), 0) << c.name;
    std::free(work);
    results.push_back(std::move(y));
  }
  dlclose(library);
  return results;
}

class ConstantInputs : public testing::TestWithParam<const char *> {};

TEST_P(ConstantInputs, HaveTheBitsOfTheReference) {
  const std::vector<Case> all = cases();
  const std::vector<std::string> expected = run(GetParam(), true), got = run(GetParam(), false);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_TRUE(expected[i] == got[i]) << all[i].name;
}
INSTANTIATE_TEST_SUITE_P(Levels, ConstantInputs, testing::Values("host", "x86-64-v2"),
                         [](const auto &level) { return level.param[0] == 'h' ? "Host" : "Level2"; });

} // namespace

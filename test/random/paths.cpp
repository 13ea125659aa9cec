// Runs graphs on each path and compares the bits of what they return.
#include "paths.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <dlfcn.h>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tenon::test {

std::vector<Tensor> inputs_of(const Graph &graph, int run) {
  std::vector<Tensor> inputs;
  for (const Value *value : graph.all(Op::input)) inputs.push_back(elements(*value, graph.shape(*value, run)));
  return inputs;
}
std::vector<Tensor> constants_of(const Graph &graph) {
  std::vector<Tensor> constants;
  for (const Value *value : graph.all(Op::constant)) constants.push_back(elements(*value, graph.shape(*value, 0)));
  return constants;
}

std::vector<Tensor> run_eagerly(const Graph &graph, int run) {
  return interpret(graph, inputs_of(graph, run), constants_of(graph));
}

static std::vector<ParameterSpec> specifications(const Graph &graph) {
  static constexpr const char *names[] = {"n", "o"};
  std::vector<ParameterSpec> specs;
  for (const Value *value : graph.all(Op::input)) {
    AnySpec spec{value->dtype, {}};
    for (const Dimension &dim : value->dims)
      spec.dims.push_back(dim.symbol >= 0 && dim.symbol < Dimension::named ? DimSpec(names[dim.symbol])
                                                                           : DimSpec(dim.size));
    specs.push_back(arg("x" + std::to_string(specs.size()), spec));
  }
  return specs;
}

TracedGraph::TracedGraph(const Graph &graph)
    : graph_(graph), function_(Call{&graph, constants_of(graph)}, specifications(graph)) {}

std::vector<Tensor> TracedGraph::run(int run) {
  std::vector<Tensor> results = function_(inputs_of(graph_, run));
  if (function_.trace_count() != 1)
    throw std::runtime_error("the second run traced again: " + function_.explain_retraces());
  return results;
}

std::string TracedGraph::mlir() { return function_.mlir(inputs_of(graph_, 0)); }

// ---- ahead of time --------------------------------------------------------------------------------------------------

namespace {
template <std::size_t> using EachTensor = Tensor;

// Program::add wants to know the number of parameters when it is compiled.
template <std::size_t... I>
void add_with(Program &program, const std::string &name, const Graph &graph, const std::vector<Tensor> &constants,
              const std::vector<ParameterSpec> &specs, std::index_sequence<I...>) {
  program.add(name,
              [&](EachTensor<I>... inputs) {
                const std::vector<Tensor> list{std::move(inputs)...};
                return interpret(graph, list, constants);
              },
              {specs[I]...});
}

template <std::size_t N = 0>
void add(Program &program, const std::string &name, const Graph &graph, const std::vector<Tensor> &constants,
         const std::vector<ParameterSpec> &specs) {
  if constexpr (N > 12)
    throw std::runtime_error("too many inputs");
  else if (specs.size() != N)
    add<N + 1>(program, name, graph, constants, specs);
  else
    add_with(program, name, graph, constants, specs, std::make_index_sequence<N>());
}

template <class F> decltype(auto) with_type(DType dtype, F &&f) {
  switch (dtype) {
  case DType::f32: return f(float());
  case DType::f64: return f(double());
  case DType::f16: return f(float16());
  case DType::bf16: return f(bfloat16());
  case DType::i8: return f(std::int8_t());
  case DType::i16: return f(std::int16_t());
  case DType::i32: return f(std::int32_t());
  case DType::i64: return f(std::int64_t());
  case DType::u8: return f(std::uint8_t());
  case DType::boolean: break;
  }
  return f(bool());
}

const void *bytes_of(const Tensor &x) {
  return with_type(x.dtype(), [&](auto zero) -> const void * { return x.data<decltype(zero)>().data(); });
}
std::size_t byte_count(const Tensor &x) { return std::size_t(x.size()) * size_of(x.dtype()); }

std::int32_t abi_dtype(DType dtype) {
  static constexpr tenon_dtype dtypes[] = {TENON_DTYPE_F32, TENON_DTYPE_F64, TENON_DTYPE_F16, TENON_DTYPE_BF16,
                                           TENON_DTYPE_I8,  TENON_DTYPE_I16, TENON_DTYPE_I32, TENON_DTYPE_I64,
                                           TENON_DTYPE_U8,  TENON_DTYPE_BOOL};
  return dtypes[std::size_t(dtype)];
}

// Memory at an address that has the elements' own alignment and no more, between bytes that must not change.
class Guarded {
public:
  Guarded(std::size_t bytes, std::size_t alignment, std::size_t offset)
      : size_(bytes),
        memory_(static_cast<unsigned char *>(std::aligned_alloc(64, (bytes + offset + alignment + 127) / 64 * 64))),
        start_(offset) {
    std::memset(memory_, fill, start_ + size_ + guard);
  }
  ~Guarded() { std::free(memory_); }
  Guarded(Guarded &&other) noexcept
      : size_(other.size_), memory_(std::exchange(other.memory_, nullptr)), start_(other.start_) {}
  unsigned char *data() const { return memory_ + start_; }
  bool is_intact() const {
    for (std::size_t i = 0; i < start_; ++i)
      if (memory_[i] != fill)
        return false;
    for (std::size_t i = 0; i < guard; ++i)
      if (memory_[start_ + size_ + i] != fill)
        return false;
    return true;
  }

private:
  static constexpr unsigned char fill = 0xa5;
  static constexpr std::size_t guard = 16;
  std::size_t size_;
  unsigned char *memory_;
  std::size_t start_;
};
} // namespace

// Cuts the range into pieces of any lengths, and does them in any order on several threads at once.
static void irregular_parallel_for(void *executor, std::int64_t count, tenon_task task, void *argument) {
  std::uint64_t state = std::uint64_t(count) * 2654435761u + 12345;
  auto draw = [&state](std::int64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return std::int64_t((state >> 33) % std::uint64_t(below));
  };
  std::vector<std::pair<std::int64_t, std::int64_t>> pieces;
  for (std::int64_t begin = 0; begin < count;) {
    const std::int64_t end = begin + 1 + draw(std::min<std::int64_t>(count - begin, 3));
    pieces.push_back({begin, end});
    begin = end;
  }
  for (std::size_t i = pieces.size(); i > 1; --i) std::swap(pieces[i - 1], pieces[std::size_t(draw(std::int64_t(i)))]);
  // A few real threads are enough: what counts is who does what, and when.
  const std::size_t threads =
      std::min<std::size_t>({pieces.size(), std::size_t(*static_cast<const int *>(executor)), 3});
  auto run = [&](std::size_t first) {
    for (std::size_t i = first; i < pieces.size(); i += threads) task(argument, pieces[i].first, pieces[i].second);
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run, i);
  run(0);
  for (std::thread &other : others) other.join();
}

CompiledGraphs::CompiledGraphs(std::span<const Graph> graphs, const std::filesystem::path &folder, bool reference,
                               int workers)
    : graphs_(graphs), workers_(workers) {
  static int number = 0; // dlopen knows a library by its name
  const std::string name = "random" + std::to_string(number++);
  Program program(name);
  for (std::size_t i = 0; i < graphs.size(); ++i)
    add(program, "f" + std::to_string(i), graphs[i], constants_of(graphs[i]), specifications(graphs[i]));
  const std::string path = (folder / (name + ".so")).string();
  WriteOptions options;
  options.reference = reference;
  if (workers)
    options.parallel = Parallel::always;
  options.runtime = TENON_TEST_RUNTIME;
  program.write(path, options);
  library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library_)
    throw std::runtime_error(dlerror());
  std::filesystem::remove(path);
  using Describe = const tenon_model_info *(*)();
  const auto describe = reinterpret_cast<Describe>(dlsym(library_, (name + "_describe").c_str()));
  if (!describe)
    throw std::runtime_error("the library has no " + name + "_describe");
  model_ = describe();
  if (std::size_t(model_->function_count) != graphs.size())
    throw std::runtime_error("the library describes another number of functions");
}

CompiledGraphs::~CompiledGraphs() {
  if (library_)
    dlclose(library_);
}

std::string CompiledGraphs::run(std::size_t index, int run, std::span<const Tensor> expected,
                                std::vector<Tensor> &results) const {
  const std::string name = "f" + std::to_string(index);
  const tenon_function_info *function = nullptr;
  for (int i = 0; i < model_->function_count; ++i)
    if (model_->functions[i].name == name)
      function = &model_->functions[i];
  if (!function)
    return "the library does not describe " + name;
  if (!function->call)
    return name + " has no packed entry point";
  const std::vector<Tensor> inputs = inputs_of(graphs_[index], run);
  if (std::size_t(function->argument_count) != inputs.size() + expected.size())
    return name + " has another number of arguments";

  std::vector<Guarded> memory;
  std::vector<void *> buffers;
  std::vector<std::int64_t> dims(std::size_t(function->dim_count) + 1, 0);
  for (std::size_t i = 0; i < inputs.size() + expected.size(); ++i) {
    const bool is_input = i < inputs.size();
    const Tensor &value = is_input ? inputs[i] : expected[i - inputs.size()];
    const tenon_argument_info &argument = function->arguments[i];
    const Shape shape = value.shape();
    if (argument.dtype != abi_dtype(value.dtype()) || std::size_t(argument.rank) != shape.size())
      return "argument " + std::to_string(i) + " is described with another dtype or rank";
    for (std::size_t k = 0; k < shape.size(); ++k) {
      const std::int64_t described = argument.dims[k];
      if (described >= 0 ? described != shape[k]
                         : !is_input && described != INT64_MIN && dims[std::size_t(~described)] != shape[k])
        return "dimension " + std::to_string(k) + " of argument " + std::to_string(i) +
               " is described with another size";
      if (is_input && described < 0)
        dims[std::size_t(~described)] = shape[k];
    }
    memory.emplace_back(byte_count(value), 64, i % 2 ? size_of(value.dtype()) : 64);
    if (is_input)
      std::memcpy(memory.back().data(), bytes_of(value), byte_count(value));
    buffers.push_back(memory.back().data());
  }
  const std::size_t workspace_bytes = function->workspace_bytes ? function->workspace_bytes(dims.data()) : 0;
  const Guarded workspace(workspace_bytes, 64, 64);
  char message[512] = {};
  tenon_context context{};
  context.struct_size = sizeof context;
  context.message = message;
  context.message_capacity = sizeof message;
  if (workers_) {
    context.parallel_for = irregular_parallel_for;
    context.executor = const_cast<int *>(&workers_);
    context.workers = workers_;
  }
  if (const std::int32_t code =
          function->call(&context, buffers.data(), dims.data(), workspace.data(), workspace_bytes))
    return "the call returned code " + std::to_string(code) + ": " + message;
  if (!workspace.is_intact())
    return "the call wrote outside of its workspace";
  for (std::size_t i = 0; i < memory.size(); ++i)
    if (!memory[i].is_intact())
      return "the call wrote outside of argument " + std::to_string(i);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (byte_count(inputs[i]) && std::memcmp(buffers[i], bytes_of(inputs[i]), byte_count(inputs[i])))
      return "the call changed input " + std::to_string(i);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const unsigned char *data = memory[inputs.size() + i].data();
    results.push_back(with_type(expected[i].dtype(), [&](auto zero) {
      using T = decltype(zero);
      return Tensor::from(std::span<const T>(reinterpret_cast<const T *>(data), std::size_t(expected[i].size())),
                          expected[i].shape());
    }));
  }
  return "";
}

// ---- comparing ------------------------------------------------------------------------------------------------------

std::string difference(std::span<const Tensor> expected, std::span<const Tensor> got) {
  if (expected.size() != got.size())
    return "another number of results";
  for (std::size_t k = 0; k < expected.size(); ++k) {
    const Tensor &a = expected[k], &b = got[k];
    const std::string result = "result " + std::to_string(k);
    if (a.dtype() != b.dtype())
      return result + " is " + name(b.dtype()) + " instead of " + name(a.dtype());
    if (a.shape() != b.shape())
      return result + " has another shape";
    const std::string problem = with_type(a.dtype(), [&](auto zero) -> std::string {
      using T = decltype(zero);
      const std::span<const T> x = a.data<T>(), y = b.data<T>();
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::memcmp(&x[i], &y[i], sizeof(T)))
          continue;
        if constexpr (!std::is_integral_v<T>)
          if (std::isnan(double(x[i])) && std::isnan(double(y[i])))
            continue;
        char text[128];
        std::snprintf(text, sizeof text, " at element %zu of %zu: expected %.17g, got %.17g", i, x.size(), double(x[i]),
                      double(y[i]));
        return result + text;
      }
      return "";
    });
    if (!problem.empty())
      return problem;
  }
  return "";
}

} // namespace tenon::test

// Runs random programs on Tensors: eagerly, traced, and ahead of time.
#include "traced.h"

#include "run.h"

namespace tenon::test::programs {

using traced::absolute, traced::bits, traced::element, traced::halve, traced::item, traced::maximum, traced::minimum,
    traced::put, traced::scaled, traced::select, traced::spread, traced::sum, traced::sum_of, traced::to_integer,
    traced::to_real, traced::wrap, traced::wrap_each;

} // namespace tenon::test::programs

#include "interpret.h"

#include "tenon/runtime/abi.h"

#include <dlfcn.h>
#include <stdexcept>

namespace tenon::test::programs {

namespace {
TENON_TEST_DOMAIN(Tensors, traced);

/// Stands for the loop around a statement that has none.
struct NoLoop {};

/// The statements of a program as statement macros. `$break`, `$continue` and `$return` look for their loop and
/// function by name, so the functions here have parameters of these names.
class Run {
public:
  Run(Variables<Tensors> &variables) : x_(variables) {}

  Tensor operator()(const Block &body) {
    $body(Tensor) {
      NoLoop loop;
      block(body, 0, loop, _tenon_body);
      return traced::digest(x_.a, x_.b, x_.c, x_.s, x_.r, x_.k, x_.v, x_.list);
    };
  }

private:
  template <class Loop, class Function>
  void block(const Block &statements, std::size_t from, Loop &_tenon_loop, Function &_tenon_body) {
    for (std::size_t i = from; i < statements.size(); ++i) {
      const Statement &s = statements[i];
      if (s.kind == Statement::declare) {
        Tensor place = wrap(real_of<Tensors>(s.value, x_));
        x_.set_temporary(s.variable, &place);
        block(statements, i + 1, _tenon_loop, _tenon_body);
        return;
      }
      statement(s, _tenon_loop, _tenon_body);
    }
  }

  template <class Loop, class Function> void statement(const Statement &s, Loop &_tenon_loop, Function &_tenon_body) {
    const auto condition = [&](std::size_t arm) { return boolean_of<Tensors>(s.arms[arm].condition, x_); };
    const auto arm = [&](std::size_t i) { block(s.arms[i].block, 0, _tenon_loop, _tenon_body); };
    const auto otherwise = [&] { block(s.block, 0, _tenon_loop, _tenon_body); };
    switch (s.kind) {
    case Statement::break_:
      if constexpr (!std::is_same_v<Loop, NoLoop>)
        $break;
      break;
    case Statement::continue_:
      if constexpr (!std::is_same_v<Loop, NoLoop>)
        $continue;
      break;
    case Statement::return_: $return(wrap(real_of<Tensors>(s.value, x_))); break;
    case Statement::branch:
      if (s.arms.size() == 1 && !s.has_else) {
        $if(condition(0)) { arm(0); };
      } else if (s.arms.size() == 1) {
        $if(condition(0)) { arm(0); }
        $else { otherwise(); };
      } else if (!s.has_else) {
        $if(condition(0)) { arm(0); }
        $elif(condition(1)) { arm(1); };
      } else {
        $if(condition(0)) { arm(0); }
        $elif(condition(1)) { arm(1); }
        $else { otherwise(); };
      }
      break;
    case Statement::while_: {
      Tensor count = traced::real(0);
      x_.set_temporary(s.variable, &count);
      $while(count < 5.0 && boolean_of<Tensors>(s.value, x_)) {
        count = count + 1.0;
        block(s.block, 0, _tenon_loop, _tenon_body);
      };
      break;
    }
    case Statement::forever: {
      Tensor count = traced::real(0);
      x_.set_temporary(s.variable, &count);
      $loop {
        count = count + 1.0;
        $if(count > 4.0) { $break; };
        block(s.block, 0, _tenon_loop, _tenon_body);
      };
      break;
    }
    case Statement::for_range:
      $for(i, range(integer_of<Tensors>(s.value, x_) & 7)) {
        x_.set_index(s.variable, &i);
        block(s.block, 0, _tenon_loop, _tenon_body);
      };
      break;
    case Statement::for_rows:
      $for(row, x_.v) {
        x_.set_temporary(s.variable, &row);
        block(s.block, 0, _tenon_loop, _tenon_body);
      };
      break;
    case Statement::unroll:
      $unroll(u, s.count) {
        x_.real(s.variable) = wrap(x_.real(s.variable) + double(u));
        block(s.block, 0, _tenon_loop, _tenon_body);
      };
      break;
    default: run_simple<Tensors>(s, x_);
    }
  }

  Variables<Tensors> &x_;
};

Tensor run(const Program &program, const Tensor &a, const Tensor &b, const Tensor &c, const Tensor &n, const Tensor &v,
           Variable &memory) {
  Variables<Tensors> x{a,
                       b,
                       c,
                       n,
                       traced::integer(0),
                       {traced::real(1), traced::integer(2)},
                       {traced::real(3), traced::integer(4)},
                       v,
                       traced::empty_list(),
                       memory};
  for (int i = 0; i < vector_size; ++i) put(x.list, traced::integer(i), traced::real(i));
  return Run(x)(program.body);
}

struct Arguments {
  explicit Arguments(const Input &input)
      : a(input.a, f64), b(input.b, f64), c(input.c, f64), n(input.n), v(Tensor::from(input.v)) {}
  Tensor a, b, c, n, v;
};
} // namespace

Outcome run_eagerly(const Program &program, const Input &input) {
  const Arguments x(input);
  Variable memory(Tensor(input.memory, f64), "memory");
  const Tensor result = run(program, x.a, x.b, x.c, x.n, x.v, memory);
  return {result.item<double>(), memory.value().item<double>()};
}

namespace {
// A program that ends by a return before it has used an input does not depend on it.
std::vector<Tensor> gradient_of(const Program &program, const Tensor &a, const Tensor &b, const Tensor &c,
                                const Tensor &n, const Tensor &v, Variable &memory) {
  const std::vector<Tensor> sources{a, b, c, v};
  GradientTape tape;
  tape.watch(sources);
  return tape.gradient(run(program, a, b, c, n, v, memory), sources, {.unconnected_gradients_zero = true});
}

std::vector<double> numbers_of(const std::vector<Tensor> &tensors) {
  std::vector<double> numbers;
  for (const Tensor &x : tensors) numbers.insert(numbers.end(), x.data<double>().begin(), x.data<double>().end());
  return numbers;
}
} // namespace

std::vector<double> gradient_eagerly(const Program &program, const Input &input) {
  const Arguments x(input);
  Variable memory(Tensor(input.memory, f64), "memory");
  return numbers_of(gradient_of(program, x.a, x.b, x.c, x.n, x.v, memory));
}

// ---- traced ---------------------------------------------------------------------------------------------------------

namespace {
struct Call {
  Program program;
  Variable memory;
  Tensor operator()(Tensor a, Tensor b, Tensor c, Tensor n, Tensor v) { return run(program, a, b, c, n, v, memory); }
};
struct GradientCall {
  Program program;
  Variable memory;
  std::vector<Tensor> operator()(Tensor a, Tensor b, Tensor c, Tensor n, Tensor v) {
    return gradient_of(program, a, b, c, n, v, memory);
  }
};
} // namespace

struct TracedProgram::State {
  Variable memory{Tensor(0.0, f64), "memory"};
  Function<Call> function;
  Function<GradientCall> gradient;
  explicit State(const Program &program) : function(Call{program, memory}), gradient(GradientCall{program, memory}) {}
};
TracedProgram::TracedProgram(const Program &program) : state_(std::make_unique<State>(program)) {}
TracedProgram::~TracedProgram() = default;

Outcome TracedProgram::run(const Input &input) {
  const Arguments x(input);
  state_->memory.assign(Tensor(input.memory, f64));
  const Tensor result = state_->function(x.a, x.b, x.c, x.n, x.v);
  return {result.item<double>(), state_->memory.value().item<double>()};
}

std::vector<double> TracedProgram::gradient(const Input &input) {
  const Arguments x(input);
  state_->memory.assign(Tensor(input.memory, f64));
  return numbers_of(state_->gradient(x.a, x.b, x.c, x.n, x.v));
}

std::string TracedProgram::mlir() {
  const Arguments x{Input()};
  return state_->function.mlir(x.a, x.b, x.c, x.n, x.v);
}

// ---- ahead of time --------------------------------------------------------------------------------------------------

struct CompiledPrograms::State {
  void *library = nullptr;
  const tenon_model_info *model = nullptr;
  ~State() {
    if (library)
      dlclose(library);
  }
};

CompiledPrograms::CompiledPrograms(std::span<const Program> programs, const std::filesystem::path &folder)
    : state_(std::make_unique<State>()) {
  static int number = 0; // dlopen knows a library by its name
  const std::string name = "programs" + std::to_string(number++);
  tenon::Program model(name);
  Variable memory(Tensor(0.0, f64), "memory");
  for (std::size_t i = 0; i < programs.size(); ++i)
    model.add("f" + std::to_string(i), Call{programs[i], memory},
              {arg("a", spec<double>()), arg("b", spec<double>()), arg("c", spec<double>()),
               arg("n", spec<std::int64_t>()), arg("v", spec<double>(vector_size))});
  const std::string path = (folder / (name + ".so")).string();
  WriteOptions options;
  options.runtime = TENON_TEST_RUNTIME;
  model.write(path, options);
  state_->library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!state_->library)
    throw std::runtime_error(dlerror());
  std::filesystem::remove(path);
  using Describe = const tenon_model_info *(*)();
  const auto describe = reinterpret_cast<Describe>(dlsym(state_->library, (name + "_describe").c_str()));
  if (!describe)
    throw std::runtime_error("the library has no " + name + "_describe");
  state_->model = describe();
}
CompiledPrograms::~CompiledPrograms() = default;

std::string CompiledPrograms::run(std::size_t index, const Input &input, Outcome &outcome) const {
  const std::string name = "f" + std::to_string(index);
  for (int f = 0; f < state_->model->function_count; ++f) {
    const tenon_function_info &function = state_->model->functions[f];
    if (function.name != name)
      continue;
    Input copy = input;
    double result = 0;
    outcome.memory = input.memory;
    std::vector<void *> buffers;
    for (int i = 0; i < function.argument_count; ++i) {
      const tenon_argument_info &argument = function.arguments[i];
      const std::string which = argument.name;
      void *const places[] = {&copy.a, &copy.b, &copy.c, &copy.n, copy.v};
      static const std::string names[] = {"a", "b", "c", "n", "v"};
      void *place = argument.kind == TENON_ARGUMENT_STATE ? &outcome.memory : &result;
      for (std::size_t k = 0; k < std::size(names); ++k)
        if (argument.kind == TENON_ARGUMENT_INPUT && which == names[k])
          place = places[k];
      buffers.push_back(place);
    }
    const std::size_t bytes = function.workspace_bytes ? function.workspace_bytes(nullptr) : 0;
    const std::unique_ptr<void, void (*)(void *)> workspace(std::aligned_alloc(64, (bytes + 64) / 64 * 64), std::free);
    char message[512] = {};
    tenon_context context{};
    context.struct_size = sizeof context;
    context.message = message;
    context.message_capacity = sizeof message;
    if (const std::int32_t code = function.call(&context, buffers.data(), nullptr, workspace.get(), bytes))
      return "the call returned code " + std::to_string(code) + ": " + message;
    outcome.result = result;
    return "";
  }
  return "the library does not describe " + name;
}

} // namespace tenon::test::programs

// The cases of benchmarks/peers/cases.py as functions of Tensors: the same models on the same weights.
#pragma once

#include <tenon/tenon.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// A parameter of a case: what it is traced with, and what it is called with.
struct Input {
  std::string name;
  tenon::AnySpec spec; ///< open dimensions have names
  tenon::Tensor value;
};

struct Case {
  std::string name;
  std::vector<Input> inputs;
  std::string output; ///< the name of its one result
  std::function<tenon::Tensor(const std::vector<tenon::Tensor> &)> call;
  /// What `call` assigns, by name; empty for a case without state.
  std::vector<tenon::Variable> variables;

  /// Adds the case to a program as `run`.
  void add_to(tenon::Program &program) const;
};

/// Makes a case by its name; sizes in the names are free: mlp_b16, gemm_7x300x1000_rt. Weights and inputs are read from
/// `folder`, where `peers.py --dump` put them (weight.NAME.npy, input.NAME.npy), or drawn by a formula where it is
/// empty. Cases with state begin anew each time. A
/// std::invalid_argument for a name that is none.
Case make_case(const std::string &name, const std::string &folder = {});

/// All cases of the suite; a test compares them with those of cases.py.
std::vector<std::string> case_names();

} // namespace bench

// A random program as data: statements and expressions over scalars, a vector, a pair, an array and a variable.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tenon::test::programs {

/// What every program has. Temporaries are numbered after them: reals from `first_temporary`, integers (the indices of
/// loops, which are only read) from `first_index`.
enum RealVariable { a, b, c, s_x, r_x, first_temporary };
enum IntVariable { n, k, s_k, r_k, first_index };
inline constexpr int vector_size = 4; ///< of `v`, and elements of the array `list`

enum class Type : std::uint8_t { real, integer, boolean, vector };

struct Expression {
  enum Kind : std::uint8_t {
    // real
    number, ///< of C++: beside a Tensor it takes that one's dtype
    real,   ///< as a value of its own
    real_variable,
    add,
    subtract,
    multiply,
    minimum,
    maximum,
    absolute,
    select,  ///< condition, real, real
    element, ///< of the vector, at an integer
    sum,     ///< of the vector's elements
    to_real, ///< an integer
    item,    ///< of the array, at an integer
    memory,  ///< the variable's present value
    // integer
    integer,
    int_variable,
    int_add,
    int_subtract,
    int_multiply,
    to_integer, ///< a real in [0, 16), downwards
    // boolean
    less,
    less_equal,
    greater,
    int_less,
    int_equal,
    both,
    either,
    negation,
    // vector
    vector_variable,
    vector_add,
    vector_scale, ///< vector, real
    spread        ///< a real in each element
  };
  Kind kind = real;
  double value = 0;
  int variable = 0;
  std::vector<Expression> operands;
  Type type() const;
};

struct Statement;
using Block = std::vector<Statement>;

struct Arm {
  Expression condition;
  std::vector<Statement> block;
};

struct Statement {
  enum Kind : std::uint8_t {
    assign_real,    ///< variable, value
    assign_integer, ///< variable, value
    assign_vector,  ///< value
    declare,        ///< variable (a temporary), value; to the end of the block
    put,            ///< index, value: into the array
    assign_memory,  ///< value
    add_memory,     ///< value
    copy_pair,      ///< variable: 0 for s = r, 1 for r = s
    swap_pairs,
    swap_reals, ///< a and c
    call,       ///< variable: halve(real, k), a function with a loop of its own
    branch,     ///< arms; `block` is the else's where `has_else`
    while_,     ///< value; variable: the temporary that counts, at most 5
    forever,    ///< variable: the temporary that counts and leaves
    for_range,  ///< value: the bound; variable: the index
    for_rows,   ///< variable: the temporary that is the element
    unroll,     ///< count; variable: the real to which the index is added
    break_,
    continue_,
    return_ ///< value
  };
  Kind kind = assign_real;
  int variable = 0;
  int count = 0;
  bool has_else = false;
  Expression index, value;
  std::vector<Arm> arms;
  std::vector<Statement> block;
};

struct Program {
  std::uint64_t seed = 0;
  Block body;
};

/// Every statement in every other, left in each way: program `number` < nesting_count().
Program nesting(std::uint64_t number);
std::uint64_t nesting_count();
/// From this seed on, programs are nestings, in a circle.
inline constexpr std::uint64_t first_nesting = std::uint64_t(1) << 32;

/// The program of a seed.
Program generate(std::uint64_t seed);

/// What a program is called with, and the variable's value before.
struct Input {
  double a = 0, b = 0, c = 0;
  std::int64_t n = 0;
  double v[vector_size] = {};
  double memory = 0;
};
std::vector<Input> inputs(std::uint64_t seed, int count);
std::string to_string(const Input &input);

/// How the text of a program is written: with C++'s keywords, or with the statement macros.
enum class Syntax { native, macros };
/// A function `<name>`, in terms of the types and functions of native.h or traced.h.
std::string to_string(const Program &program, const std::string &name, Syntax syntax);

/// Whether each temporary is read within its block only, and `break` stands in a loop.
bool is_well_formed(const Program &program);
/// Number of statements.
int size_of(const Block &block);

/// Makes a failing program small: each step is kept if the program still fails.
Program reduce(Program program, const std::function<bool(const Program &)> &fails);

} // namespace tenon::test::programs

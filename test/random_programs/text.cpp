// The text of a random program, in C++'s keywords or in statement macros.
#include "program.h"

#include <cstdio>

namespace tenon::test::programs {

namespace {
using E = Expression;

std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", x);
  return text;
}
std::string real_name(int variable) {
  static const char *const names[] = {"a", "b", "c", "s.x", "r.x"};
  return variable < first_temporary ? names[variable] : "t" + std::to_string(variable - first_temporary);
}
std::string int_name(int variable) {
  static const char *const names[] = {"n", "k", "s.k", "r.k"};
  return variable < first_index ? names[variable] : "i" + std::to_string(variable - first_index);
}

std::string text(const Expression &e) {
  const auto operand = [&](std::size_t i) { return text(e.operands[i]); };
  const auto infix = [&](const char *sign) { return "(" + operand(0) + " " + sign + " " + operand(1) + ")"; };
  const auto call = [&](const char *function) {
    std::string result = std::string(function) + "(";
    for (std::size_t i = 0; i < e.operands.size(); ++i) result += (i ? ", " : "") + operand(i);
    return result + ")";
  };
  switch (e.kind) {
  case E::number: return number(e.value);
  case E::real: return "real(" + number(e.value) + ")";
  case E::real_variable: return real_name(e.variable);
  case E::add: return infix("+");
  case E::subtract: return infix("-");
  case E::multiply: return infix("*");
  case E::minimum: return call("minimum");
  case E::maximum: return call("maximum");
  case E::absolute: return call("absolute");
  case E::select: return call("select");
  case E::element: return call("element");
  case E::sum: return call("sum");
  case E::to_real: return call("to_real");
  case E::item: return "item(list, " + operand(0) + ")";
  case E::memory: return "memory.value()";
  case E::integer: return "integer(" + std::to_string(int(e.value)) + ")";
  case E::int_variable: return int_name(e.variable);
  case E::int_add: return infix("+");
  case E::int_subtract: return infix("-");
  case E::int_multiply: return infix("*");
  case E::to_integer: return "to_integer(wrap(" + operand(0) + "))";
  case E::less: return infix("<");
  case E::less_equal: return infix("<=");
  case E::greater: return infix(">");
  case E::int_less: return infix("<");
  case E::int_equal: return infix("==");
  case E::both: return infix("&&");
  case E::either: return infix("||");
  case E::negation: return "!" + operand(0);
  case E::vector_variable: return "v";
  case E::vector_add: return call("sum_of");
  case E::vector_scale: return call("scaled");
  case E::spread: return call("spread");
  }
  return "";
}

class Printer {
public:
  explicit Printer(Syntax syntax) : macros_(syntax == Syntax::macros) {}
  std::string result;

  void block(const Block &block, int indent) {
    for (const Statement &s : block) statement(s, indent);
  }

private:
  void line(int indent, const std::string &text) { result += std::string(std::size_t(2 * indent), ' ') + text + "\n"; }
  std::string keyword(const char *word) const { return (macros_ ? "$" : "") + std::string(word); }
  std::string head(const char *word, const std::string &condition) const {
    return keyword(word) + (macros_ ? "(" : " (") + condition + ") {";
  }
  /// A macro is an expression, which needs its end.
  std::string end() const { return macros_ ? "};" : "}"; }

  void statement(const Statement &s, int indent) {
    const std::string value = text(s.value);
    switch (s.kind) {
    case Statement::assign_real: line(indent, real_name(s.variable) + " = wrap(" + value + ");"); break;
    case Statement::assign_integer: line(indent, int_name(s.variable) + " = bits(" + value + ");"); break;
    case Statement::assign_vector: line(indent, "v = wrap_each(" + value + ");"); break;
    case Statement::declare: line(indent, "Real " + real_name(s.variable) + " = wrap(" + value + ");"); break;
    case Statement::put: line(indent, "put(list, " + text(s.index) + ", wrap(" + value + "));"); break;
    case Statement::assign_memory: line(indent, "memory.assign(wrap(" + value + "));"); break;
    case Statement::add_memory: line(indent, "memory.assign_add(" + value + ");"); break;
    case Statement::copy_pair: line(indent, s.variable == 0 ? "s = r;" : "r = s;"); break;
    case Statement::swap_pairs: line(indent, "std::swap(s, r);"); break;
    case Statement::swap_reals: line(indent, "std::swap(a, c);"); break;
    case Statement::call: line(indent, "halve(" + real_name(s.variable) + ", k);"); break;
    case Statement::break_: line(indent, keyword("break") + ";"); break;
    case Statement::continue_: line(indent, keyword("continue") + ";"); break;
    case Statement::return_:
      line(indent, macros_ ? "$return(wrap(" + value + "));" : "return wrap(" + value + ");");
      break;
    case Statement::branch: branch(s, indent); break;
    case Statement::while_:
      counter(s, indent);
      line(indent, head("while", real_name(s.variable) + " < 5.0 && " + value));
      count(s, indent + 1);
      block(s.block, indent + 1);
      line(indent, end());
      break;
    case Statement::forever:
      counter(s, indent);
      line(indent, macros_ ? "$loop {" : "while (true) {");
      count(s, indent + 1);
      line(indent + 1, head("if", real_name(s.variable) + " > 4.0"));
      line(indent + 2, keyword("break") + ";");
      line(indent + 1, end());
      block(s.block, indent + 1);
      line(indent, end());
      break;
    case Statement::for_range: {
      const std::string bound = "range(" + value + " & 7)", index = int_name(s.variable);
      line(indent, macros_ ? "$for(" + index + ", " + bound + ") {" : "for (Int " + index + " : " + bound + ") {");
      block(s.block, indent + 1);
      line(indent, end());
      break;
    }
    case Statement::for_rows: {
      const std::string row = real_name(s.variable);
      // As it is before the loop, which may assign it.
      line(indent, macros_ ? "$for(" + row + ", rows(v)) {" : "for (Real " + row + " : rows(v)) {");
      block(s.block, indent + 1);
      line(indent, end());
      break;
    }
    case Statement::unroll: {
      const std::string index = "u" + std::to_string(unrolled_++), bound = std::to_string(s.count);
      line(indent, macros_ ? "$unroll(" + index + ", " + bound + ") {"
                           : "for (int " + index + " = 0; " + index + " < " + bound + "; ++" + index + ") {");
      line(indent + 1, real_name(s.variable) + " = wrap(" + real_name(s.variable) + " + double(" + index + "));");
      block(s.block, indent + 1);
      line(indent, end());
      break;
    }
    }
  }
  /// Without the parentheses around all of it.
  static std::string bare(const std::string &text) {
    return text.front() == '(' ? text.substr(1, text.size() - 2) : text;
  }
  void counter(const Statement &s, int indent) { line(indent, "Real " + real_name(s.variable) + " = real(0.0);"); }
  void count(const Statement &s, int indent) {
    line(indent, real_name(s.variable) + " = " + real_name(s.variable) + " + 1.0;");
  }
  void branch(const Statement &s, int indent) {
    for (std::size_t i = 0; i < s.arms.size(); ++i) {
      const std::string condition = text(s.arms[i].condition);
      line(indent, i == 0    ? head("if", bare(condition))
                   : macros_ ? "} $elif(" + bare(condition) + ") {"
                             : "} else if (" + bare(condition) + ") {");
      block(s.arms[i].block, indent + 1);
    }
    if (s.has_else) {
      line(indent, "} " + keyword("else") + " {");
      block(s.block, indent + 1);
    }
    line(indent, end());
  }

  bool macros_;
  int unrolled_ = 0;
};
} // namespace

std::string to_string(const Program &program, const std::string &name, Syntax syntax) {
  const bool macros = syntax == Syntax::macros;
  Printer printer(syntax);
  printer.result = "Real " + name + "(Real a, Real b, Real c, Int n, Vec v, Memory &memory) {\n";
  if (macros)
    printer.result += "  $body(Real) {\n";
  const int indent = macros ? 2 : 1;
  const std::string space(std::size_t(2 * indent), ' ');
  printer.result +=
      space + "Int k = integer(0);\n" + space + "Pair s{real(1.0), integer(2)}, r{real(3.0), integer(4)};\n" + space +
      "List list = empty_list();\n" + space + "for (int i = 0; i < 4; ++i) put(list, integer(i), real(double(i)));\n";
  printer.block(program.body, indent);
  printer.result += space + "return digest(a, b, c, s, r, k, v, list);\n";
  if (macros)
    printer.result += "  };\n";
  printer.result += "}\n";
  return printer.result;
}

std::string to_string(const Input &input) {
  std::string v;
  for (double x : input.v) v += (v.empty() ? "" : ", ") + number(x);
  return "a = " + number(input.a) + ", b = " + number(input.b) + ", c = " + number(input.c) +
         ", n = " + std::to_string(input.n) + ", v = {" + v + "}, memory = " + number(input.memory);
}

} // namespace tenon::test::programs

// Makes a failing program small by taking parts of its tree away.
#include "program.h"

namespace tenon::test::programs {

namespace {
/// Calls `visit` with each block, outer ones first, until it says that it changed the program.
bool any_block(Block &block, const std::function<bool(Block &)> &visit) {
  if (visit(block))
    return true;
  for (Statement &s : block) {
    for (Arm &arm : s.arms)
      if (any_block(arm.block, visit))
        return true;
    if (any_block(s.block, visit))
      return true;
  }
  return false;
}
bool any_expression(Expression &e, const std::function<bool(Expression &)> &visit) {
  if (visit(e))
    return true;
  for (Expression &operand : e.operands)
    if (any_expression(operand, visit))
      return true;
  return false;
}
bool any_expression(Block &block, const std::function<bool(Expression &)> &visit) {
  return any_block(block, [&](Block &inner) {
    for (Statement &s : inner) {
      for (Arm &arm : s.arms)
        if (any_expression(arm.condition, visit))
          return true;
      if (any_expression(s.value, visit) || any_expression(s.index, visit))
        return true;
    }
    return false;
  });
}
} // namespace

Program reduce(Program program, const std::function<bool(const Program &)> &fails) {
  const auto still = [&] { return is_well_formed(program) && fails(program); };
  // Each pass makes one change that keeps the failure; the parts are visited in place and put back otherwise.
  const auto remove_statements = [&](Block &block) {
    for (std::size_t count = block.size(); count > 0; count = count == 1 ? 0 : (count + 1) / 2)
      for (std::size_t i = 0; i + count <= block.size(); ++i) {
        const Block before = block;
        block.erase(block.begin() + std::ptrdiff_t(i), block.begin() + std::ptrdiff_t(i + count));
        if (still())
          return true;
        block = before;
      }
    return false;
  };
  const auto unwrap = [&](Block &block) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Statement s = block[i];
      std::vector<Block> candidates;
      if (!s.block.empty())
        candidates.push_back(s.block);
      for (const Arm &arm : s.arms) candidates.push_back(arm.block);
      for (const Block &candidate : candidates) {
        const Block before = block;
        block.erase(block.begin() + std::ptrdiff_t(i));
        block.insert(block.begin() + std::ptrdiff_t(i), candidate.begin(), candidate.end());
        if (still())
          return true;
        block = before;
      }
      if (s.has_else) {
        block[i].has_else = false;
        block[i].block.clear();
        if (still())
          return true;
        block[i] = s;
      }
      if (s.arms.size() > 1) {
        block[i].arms.pop_back();
        if (still())
          return true;
        block[i] = s;
      }
    }
    return false;
  };
  const auto simplify = [&](Expression &e) {
    const Expression before = e;
    for (const Expression &operand : before.operands)
      if (operand.type() == before.type() && operand.kind != Expression::number) {
        e = operand;
        if (still())
          return true;
        e = before;
      }
    if (before.operands.empty())
      return false;
    Expression small;
    if (before.type() == Type::real)
      small.kind = Expression::real, small.value = 1;
    else if (before.type() == Type::integer)
      small.kind = Expression::integer, small.value = 1;
    else
      return false;
    e = small;
    if (still())
      return true;
    e = before;
    return false;
  };
  for (int step = 0; step < 400; ++step)
    if (!any_block(program.body, remove_statements) && !any_block(program.body, unwrap) &&
        !any_expression(program.body, simplify))
      break;
  return program;
}

} // namespace tenon::test::programs

// Merging: what variables hold behind a branch, and whether two values can be one variable's.
#include "merge.h"
#include "open_sizes.h"

#include "dialects/Tenon/Dialect.h"

namespace tenon::detail {

using mlir::Value;

static mlir::tenon::YieldOp yield(Trace &trace, Frame &frame, llvm::ArrayRef<Value> values, Location where) {
  auto builder = trace.at_end(frame.block);
  return mlir::tenon::YieldOp::create(builder, to_mlir(where, trace.context()), values);
}

void refuse_change(Trace &trace, const char *statement, SlotNumber number, mlir::Type first, const char *where_first,
                   mlir::Type second, const char *where_second, const std::string &remedy, Location where) {
  const Location born = trace.slot(number).born;
  throw Error(statement,
              "the Tensor declared at " + in_file(born) + " is " + from_mlir(first).describe() + " " + where_first +
                  ", but " + from_mlir(second).describe() + " " + where_second,
              where, remedy, source_line(born));
}

// "dimension 0 of the Tensor declared at model.cpp:31, f32[?]".
static std::string dimension(Trace &trace, SlotNumber number, Value value, std::int64_t axis) {
  return "dimension " + std::to_string(axis) + " of the Tensor declared at " + in_file(trace.slot(number).born) + ", " +
         from_mlir(value.getType()).describe() + ",";
}

[[noreturn]] static void refuse_size(Trace &trace, const char *statement, SlotNumber number, Value value,
                                     std::int64_t axis, const char *problem, Location where) {
  throw Error(statement, dimension(trace, number, value, axis) + problem, where,
              "collect what iterations compute in a tenon::TensorArray, or slice or pad to a size that is known before "
              "the statement",
              source_line(trace.slot(number).born));
}

static void check_equal(Trace &trace, mlir::OpBuilder builder, Value a, Value b, const std::string &message,
                        Location where) {
  const mlir::Location location = to_mlir(where, trace.context());
  const Value same = mlir::tenon::CompareOp::create(
      builder, location, mlir::RankedTensorType::get({}, builder.getI1Type()), mlir::tenon::ComparePredicate::eq, a, b);
  mlir::tenon::AssertOp::create(builder, location, same, builder.getStringAttr(message));
}

void require_kept_sizes(Trace &trace, const char *statement, SlotNumber number, Value inside, Value outside,
                        mlir::Region &region, mlir::Block *check_in, Location where) {
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(inside.getType());
  if (!type) // a list
    return;
  for (std::int64_t axis = 0; axis < type.getRank(); ++axis) {
    if (!type.isDynamicDim(unsigned(axis)))
      continue;
    const Agreement agreement = same_size(trace, inside, outside, axis, region);
    if (agreement == Agreement::proved)
      continue;
    if (agreement == Agreement::unknown)
      refuse_size(trace, statement, number, inside, axis,
                  " may change its size from one iteration to the next, but what a loop carries keeps its shape",
                  where);
    auto builder = trace.at_end(check_in);
    const mlir::Location location = to_mlir(where, trace.context());
    const Value a = mlir::tenon::DimOp::create(builder, location, inside, std::uint64_t(axis));
    const Value b = mlir::tenon::DimOp::create(builder, location, outside, std::uint64_t(axis));
    check_equal(trace, builder, a, b,
                std::string(statement) + ": " + dimension(trace, number, inside, axis) +
                    " changed its size in an iteration",
                where);
  }
}

Value conform(Trace &trace, const char *statement, SlotNumber number, Value value, mlir::Type type, Frame &frame,
              const char *problem, Location where) {
  if (value.getType() == type)
    return value;
  auto from = llvm::cast<mlir::RankedTensorType>(value.getType()), to = llvm::cast<mlir::RankedTensorType>(type);
  if (from.getElementType() != to.getElementType() || from.getRank() != to.getRank())
    return {};
  auto builder = trace.at_end(frame.block);
  const mlir::Location location = to_mlir(where, trace.context());
  const auto constant = [&](std::int64_t n) -> Value {
    return mlir::tenon::ConstantOp::create(builder, location, to_mlir(Scalar(n), i64, trace.context()));
  };
  llvm::SmallVector<Agreement> agreements(std::size_t(to.getRank()), Agreement::proved);
  for (unsigned axis = 0; axis < unsigned(to.getRank()); ++axis) {
    if (from.isDynamicDim(axis) == to.isDynamicDim(axis)) {
      if (from.getDimSize(axis) != to.getDimSize(axis))
        return {};
    } else if (from.isDynamicDim(axis)) {
      agreements[axis] = size_is(trace, value, axis, to.getDimSize(axis), frame.region);
      if (agreements[axis] == Agreement::unknown)
        return {};
    }
  }
  llvm::SmallVector<Value> sizes;
  for (unsigned axis = 0; axis < unsigned(to.getRank()); ++axis) {
    Value size;
    if (to.isDynamicDim(axis) || agreements[axis] == Agreement::checked)
      size = from.isDynamicDim(axis) ? mlir::tenon::DimOp::create(builder, location, value, axis)
                                     : constant(from.getDimSize(axis));
    if (to.isDynamicDim(axis))
      sizes.push_back(size);
    else if (agreements[axis] == Agreement::checked)
      check_equal(trace, builder, size, constant(to.getDimSize(axis)),
                  std::string(statement) + ": " + dimension(trace, number, value, axis) + problem, where);
  }
  return mlir::tenon::ReshapeOp::create(builder, location, to, value, sizes);
}

// What both sides of a branch can have: a size that one of them knows is known.
static mlir::Type common_type(mlir::Type first, mlir::Type second) {
  if (first == second)
    return first;
  auto a = llvm::cast<mlir::RankedTensorType>(first), b = llvm::cast<mlir::RankedTensorType>(second);
  if (a.getRank() != b.getRank())
    return first;
  llvm::SmallVector<std::int64_t> shape(a.getShape());
  for (auto [size, other] : llvm::zip(shape, b.getShape()))
    if (mlir::ShapedType::isDynamic(size))
      size = other;
  return a.clone(shape);
}

// As above, for what two branches give one variable.
static void require_agreeing_sizes(Trace &trace, SlotNumber number, Value first, Value second, Frame &then,
                                   Location where) {
  auto type = llvm::dyn_cast<mlir::RankedTensorType>(first.getType());
  for (std::int64_t axis = 0; type && axis < type.getRank(); ++axis) {
    if (!type.isDynamicDim(unsigned(axis)) || same_size(trace, first, second, axis, then.region) == Agreement::proved)
      continue;
    const Value a = size_in_frame(trace, trace.top(), first, axis), b = size_in_frame(trace, trace.top(), second, axis);
    if (!a || !b)
      refuse_size(trace, "if", number, first, axis, " may have another size behind each branch", where);
    check_equal(trace, trace.builder(), a, b,
                "if: " + dimension(trace, number, first, axis) + " has another size behind each branch", where);
  }
}

// Whether a variable may hold both, one behind each branch; `may_check`: a check when the program runs can settle it.
static bool can_be_one(Trace &trace, Value first, Frame &then, Value second, Frame &otherwise, bool may_check) {
  if (llvm::isa<mlir::tenon::ListType>(first.getType()))
    return first.getType() == second.getType();
  auto a = llvm::cast<mlir::RankedTensorType>(first.getType()),
       b = llvm::cast<mlir::RankedTensorType>(second.getType());
  if (a.getElementType() != b.getElementType() || a.getRank() != b.getRank())
    return false;
  const auto is_settled = [&](Agreement agreement, bool can_check) {
    return agreement == Agreement::proved || (may_check && can_check);
  };
  for (unsigned axis = 0; axis < unsigned(a.getRank()); ++axis) {
    const bool is_open = a.isDynamicDim(axis);
    if (is_open && b.isDynamicDim(axis)) {
      if (!is_settled(same_size(trace, first, second, axis, then.region),
                      size_in_frame(trace, trace.top(), first, axis) &&
                          size_in_frame(trace, trace.top(), second, axis)))
        return false;
    } else if (is_open || b.isDynamicDim(axis)) {
      const Agreement agreement = is_open ? size_is(trace, first, axis, b.getDimSize(axis), then.region)
                                          : size_is(trace, second, axis, a.getDimSize(axis), otherwise.region);
      if (!is_settled(agreement, agreement == Agreement::checked))
        return false;
    } else if (a.getDimSize(axis) != b.getDimSize(axis)) {
      return false;
    }
  }
  return true;
}

// Of two branches of which one leaves, that one's value is not read behind them. Where it cannot be the same
// variable's, it is none: an error only where it is read outside of what has been left. A break may hand it out, so
// there what a check can settle stays; a return does not.
static void forget_what_leaves(Trace &trace, SlotNumber number, Current &first, Frame &then, Current &second,
                               Frame &otherwise, Location where) {
  if (then.left == otherwise.left || trace.slot(number).trusted || !first.value || !second.value ||
      can_be_one(trace, first.value, then, second.value, otherwise, !(then.left ? then : otherwise).returned))
    return;
  Current &gone = then.left ? first : second;
  if (!gone.doubt)
    gone.doubt = trace.keep("it is " + from_mlir(gone.value.getType()).describe() + " of its own size where a path " +
                            "leaves by the if at " + in_file(where));
  gone.value = nullptr;
}

void merge_branches(Trace &trace, Value condition, Frame &then, Frame &otherwise, Location where) {
  std::set<SlotNumber> assigned = then.assigned;
  assigned.insert(otherwise.assigned.begin(), otherwise.assigned.end());
  const std::uint32_t scope = trace.scope ? trace.scope->id : 0;
  const auto after = [&](Frame &frame, SlotNumber number) {
    auto found = frame.now.find(number);
    return found != frame.now.end() ? found->second : trace.lookup(trace.top(), number);
  };
  llvm::SmallVector<SlotNumber> numbers;
  llvm::SmallVector<Value> yields[2];
  llvm::SmallVector<Current> merged;
  for (SlotNumber number : assigned) {
    Current first = after(then, number), second = after(otherwise, number);
    forget_what_leaves(trace, number, first, then, second, otherwise, where);
    Current result;
    // A path that left does not get behind the branch: what it lacks is in doubt only outside of the scope it left, and
    // what only the others lack is in doubt only within it.
    const std::string *going_on = nullptr, *gone = nullptr;
    bool all_returned = true;
    const auto doubt = [&](const Current &side, const Frame &frame, const char *which) {
      const std::string *reason = side.doubt;
      if (!side.value && !reason)
        reason = trace.keep("it is assigned only in " + std::string(which) + " of the if at " + in_file(where));
      if (!reason)
        return;
      const bool is_void = side.doubt && side.unless_left == scope;
      if (!frame.left && !is_void && !going_on)
        going_on = reason;
      const bool left_without =
          frame.left_before ? !side.only_going_on : frame.left || (side.doubt && !side.only_going_on);
      if (!left_without)
        return;
      const bool returned = frame.left ? frame.returned : is_void && side.returned;
      if (!gone || (all_returned && !returned))
        gone = reason;
      all_returned &= returned;
    };
    doubt(first, then, "the second branch");
    doubt(second, otherwise, "the first branch");
    if (going_on)
      result.doubt = going_on, result.only_going_on = !gone || all_returned;
    else if (gone)
      result.doubt = gone, result.unless_left = scope, result.returned = all_returned;
    if (!first.value && !second.value) {
      trace.write(number, result);
      continue;
    }
    const auto fill = [&](Current &side, Frame &frame, const Current &other) {
      if (side.value)
        return;
      auto builder = trace.at_end(frame.block);
      side.value = mlir::tenon::UndefOp::create(builder, to_mlir(where, trace.context()), other.value.getType());
    };
    const bool both = first.value && second.value;
    fill(first, then, second);
    fill(second, otherwise, first);
    const mlir::Type common = common_type(first.value.getType(), second.value.getType());
    for (auto [side, frame] : {std::pair(&first, &then), std::pair(&second, &otherwise)})
      if (Value same =
              conform(trace, "if", number, side->value, common, *frame, " has another size behind each branch", where))
        side->value = same;
    if (first.value.getType() != second.value.getType())
      refuse_change(trace, "if", number, first.value.getType(), "behind the first branch", second.value.getType(),
                    "behind the second",
                    "make both branches give it one dtype and shape: cast, reshape, pad, or 0.0 in place of 0", where);
    if (both)
      require_agreeing_sizes(trace, number, first.value, second.value, then, where);
    numbers.push_back(number);
    yields[0].push_back(first.value);
    yields[1].push_back(second.value);
    merged.push_back(result);
  }
  yield(trace, then, yields[0], where);
  yield(trace, otherwise, yields[1], where);
  llvm::SmallVector<mlir::Type> types;
  for (Value value : yields[0]) types.push_back(value.getType());
  auto op = mlir::tenon::IfOp::create(trace.builder(), to_mlir(where, trace.context()), types, condition);
  op.getThenRegion().takeBody(then.region);
  op.getElseRegion().takeBody(otherwise.region);
  for (auto [i, number] : llvm::enumerate(numbers)) {
    merged[i].value = op.getResult(unsigned(i));
    trace.write(number, merged[i]);
  }
}

} // namespace tenon::detail

// Gradients of what a tape recorded: the records between sources and targets become a function, whose backward pass is
// compiled once for each structure and gets the values that the forward pass computed already.
#include "executor.h"
#include "hash.h"
#include "recorder.h"
#include "replay.h"

#include "compiler/Pipelines/Pipelines.h"
#include "dialects/Tenon/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/Pass/PassManager.h"

#include <bit>
#include <set>
#include <unordered_map>

namespace tenon::detail {

EagerGradient::EagerGradient(TapeState &tape, std::vector<BufferRef> targets, std::vector<From> sources,
                             std::vector<BufferRef> cotangents, bool forward, Location where)
    : tape_(tape), forward_(forward), targets_(std::move(targets)), cotangents_(std::move(cotangents)),
      sources_(std::move(sources)), where_(where) {
  slice();
}

// The operands that gradients pass to.
static std::span<const RecordedOperand> flowing(const Record &record) {
  return std::span(record.operands.data(), record.operands.size() - (record.pullback ? 1 : 0));
}

// The records on a path from a source to a target: forward what depends on a source, backward what a target needs.
void EagerGradient::slice() {
  Recorder &r = recorder();
  llvm::DenseSet<const Buffer *> varied;
  std::vector<bool> active(r.end() - tape_.start);
  std::size_t position = r.end();
  for (const From &source : sources_)
    if (source.value)
      position = std::min(position, std::max(source.position, tape_.start));
  const std::size_t begin = position;
  for (; position < r.end(); ++position) {
    for (const From &source : sources_)
      if (source.value && std::max(source.position, begin) == position)
        varied.insert(source.value.get());
    const Record &record = r.at(position);
    if (!tape_.has_recorded(position))
      continue;
    if (std::ranges::none_of(flowing(record),
                             [&](const RecordedOperand &x) { return x.value && varied.contains(x.value.get()); }))
      continue;
    active[position - tape_.start] = true;
    for (const BufferRef &result : record.results)
      if (is_floating(result->dtype))
        varied.insert(result.get());
  }
  for (const BufferRef &target : targets_) useful_.insert(target.get());
  for (position = r.end(); position-- > begin;) {
    const Record &record = r.at(position);
    if (!active[position - tape_.start] ||
        std::ranges::none_of(record.results, [&](const BufferRef &x) { return useful_.contains(x.get()); }))
      continue;
    records_.push_back(position);
    for (const RecordedOperand &x : flowing(record))
      if (x.value)
        useful_.insert(x.value.get());
  }
  std::reverse(records_.begin(), records_.end());
}

// What is used of the sources but was computed while the tape did not record is a constant to it. To a tape around it
// is not, and the gradient that this one replays would see through it.
void EagerGradient::check_past() const {
  Recorder &r = recorder();
  if (llvm::none_of(r.tapes, [&](const TapeState *other) { return other != &tape_ && !other->pauses; }))
    return;
  const llvm::DenseSet<std::size_t> own(records_.begin(), records_.end());
  llvm::DenseSet<const Buffer *> made, varied;
  for (const From &source : sources_)
    if (source.value)
      varied.insert(source.value.get());
  for (std::size_t i : records_)
    for (const BufferRef &result : r.at(i).results) made.insert(result.get());
  for (std::size_t i = r.first; i < r.end(); ++i) {
    const Record &record = r.at(i);
    if (own.contains(i)) {
      for (const RecordedOperand &x : flowing(record))
        if (x.value && varied.contains(x.value.get()) && !made.contains(x.value.get()) && !is_source(x.value.get()))
          past_is_used(where_);
    } else if (!tape_.has_recorded(i) && llvm::any_of(flowing(record), [&](const RecordedOperand &x) {
                 return x.value && varied.contains(x.value.get());
               })) {
      for (const BufferRef &result : record.results)
        if (is_floating(result->dtype))
          varied.insert(result.get());
    }
  }
}

bool EagerGradient::is_source(const Buffer *value) const {
  return llvm::any_of(sources_, [&](const From &source) { return source.value.get() == value; });
}

bool EagerGradient::connected(std::size_t source) const {
  return sources_[source].value && useful_.contains(sources_[source].value.get());
}

namespace {

// A number whose being a constant decides what a derivative at a kink is; others are data, so that another one needs
// no other code.
bool stays_constant(const Op &op) {
  const llvm::StringRef name = op.name;
  return name == "tenon.max" || name == "tenon.min" || name == "tenon.clamp" || name == "tenon.pow";
}

// The function that is differentiated, with its values numbered in the order in which they appear: for the key of the
// cache, and for building it.
class Replay {
public:
  using Number = unsigned;
  struct Value {
    const Buffer *buffer = nullptr; ///< or a number
    Scalar number{};
    DType dtype = f32;
    bool is_constant = false; ///< part of the function
    bool is_result = false;   ///< of a step
    bool is_inside = false;   ///< of a checkpoint: nobody has its elements
    bool is_input() const { return !is_constant && !is_result && !is_inside; }
    TensorType type() const { return buffer ? TensorType::of(*buffer) : TensorType{dtype, {}}; }
  };
  struct Step {
    const Record *record;
    llvm::SmallVector<Number, 4> operands, results;
    llvm::SmallVector<Number, 2> targets, sources, cotangents; ///< of a gradient
    bool is_forward = false;                                   ///< of one
    TracedPullback pullback;                                   ///< of a value with one: its captures are operands
    llvm::SmallVector<Number, 4> captures;
    Number value = 0;         ///< what has the pullback
    std::vector<Step> inside; ///< of a checkpoint
  };

  void add(const std::vector<std::size_t> &records, llvm::ArrayRef<BufferRef> targets,
           llvm::ArrayRef<BufferRef> sources, llvm::ArrayRef<BufferRef> cotangents, bool forward) {
    std::set<std::size_t> all;
    gather(records, all);
    for (std::size_t i : all) steps.push_back(step_of(recorder().at(i)));
    key.add(~std::uint64_t(0));
    gradient.record = nullptr;
    end_gradient(gradient, targets, sources, cotangents, forward);
  }

  /// What pullbacks of the user's captured: a gradient depends on it.
  std::vector<BufferRef> captured;
  std::vector<Value> values;
  std::vector<Step> steps;
  Step gradient; ///< the last: what is asked for
  Words key;

private:
  // With those that gradients among them are made of.
  static void gather(const std::vector<std::size_t> &records, std::set<std::size_t> &all) {
    for (std::size_t i : records)
      if (all.insert(i).second)
        if (const auto &gradient = recorder().at(i).gradient)
          gather(gradient->records, all);
  }

  Number number(const Buffer *buffer) {
    auto [found, is_new] = numbers_.try_emplace(buffer, Number(values.size()));
    key.add(found->second);
    if (is_new) {
      values.push_back({buffer});
      key.add(std::uint64_t(buffer->dtype) | std::uint64_t(buffer->rank) << 8);
      for (std::int64_t n : buffer->shape()) key.add(std::uint64_t(n));
    }
    return found->second;
  }

  Step step_of(const Record &record) {
    Step step;
    step.record = &record;
    if (record.checkpoint) {
      key.add(std::uint64_t(4));
      key.add(record.checkpoint->records.size());
      for (const Record &inner : record.checkpoint->records) step.inside.push_back(step_of(inner));
      for (const Step &inner : step.inside)
        for (Number i : inner.results)
          if (!values[i].buffer->data) {
            values[i].is_result = false;
            values[i].is_inside = true;
          }
    } else if (record.gradient) {
      key.add(std::uint64_t(1));
      end_gradient(step, record.gradient->targets, record.gradient->sources, record.gradient->cotangents,
                   record.gradient->is_forward);
    } else if (record.call) {
      key.add(std::uint64_t(2));
      key.add(record.call->code->id);
      for (const RecordedOperand &x : record.operands) step.operands.push_back(number(x.value.get()));
    } else if (record.pullback) {
      key.add(std::uint64_t(3));
      step.pullback = trace_pullback(record);
      key.add(step.pullback.text);
      for (const RecordedOperand &x : record.operands) step.operands.push_back(number(x.value.get()));
      step.value = step.operands.pop_back_val();
      for (const BufferRef &x : step.pullback.captures) {
        step.captures.push_back(number(x.get()));
        captured.push_back(x);
      }
    } else {
      key.add(std::uintptr_t(record.op));
      key.add(record.operands.size() | record.segments.size() << 16 | record.attributes.size() << 32);
      for (const RecordedOperand &x : record.operands) {
        if (x.value) {
          step.operands.push_back(number(x.value.get()));
          continue;
        }
        const bool constant = stays_constant(*record.op);
        key.add(~std::uint64_t(1) - std::uint64_t(x.dtype) - (constant ? 256 : 0));
        if (constant) {
          std::uint64_t word = 0;
          store(x.number, x.dtype, &word);
          key.add(word);
        }
        step.operands.push_back(Number(values.size()));
        values.push_back({nullptr, x.number, x.dtype, constant});
      }
      for (const RecordedAttribute &attribute : record.attributes) add(attribute);
      for (std::int64_t n : record.segments) key.add(std::uint64_t(n));
    }
    for (const BufferRef &result : record.results) {
      step.results.push_back(number(result.get()));
      values[step.results.back()].is_result = true;
    }
    return step;
  }

  void end_gradient(Step &step, llvm::ArrayRef<BufferRef> targets, llvm::ArrayRef<BufferRef> sources,
                    llvm::ArrayRef<BufferRef> cotangents, bool forward) {
    key.add(targets.size() | sources.size() << 20 | cotangents.size() << 40 | std::uint64_t(forward) << 63);
    step.is_forward = forward;
    for (const BufferRef &x : targets) step.targets.push_back(number(x.get()));
    for (const BufferRef &x : sources) step.sources.push_back(number(x.get()));
    for (const BufferRef &x : cotangents) step.cotangents.push_back(number(x.get()));
  }

  void add(const RecordedAttribute &stored) {
    const Attribute attribute = stored.view();
    switch (attribute.kind) {
    case Attribute::real: key.add(std::bit_cast<std::uint64_t>(attribute.floating)); break;
    case Attribute::integers:
      key.add(attribute.list.size());
      for (std::int64_t n : attribute.list) key.add(std::uint64_t(n));
      break;
    case Attribute::text: key.add(attribute.string); break;
    default: key.add(std::uint64_t(attribute.number));
    }
  }

  llvm::DenseMap<const Buffer *, Number> numbers_;
};

struct Backward {
  Words key;
  std::shared_ptr<const mlir::tenon::CompiledFunction> code;
  llvm::SmallVector<Replay::Number, 16> inputs; ///< the values that it is given
};

std::mutex backwards_mutex;
std::unordered_multimap<std::uint64_t, std::unique_ptr<Backward>> &backwards() {
  static auto *instance = new std::unordered_multimap<std::uint64_t, std::unique_ptr<Backward>>;
  return *instance;
}

const Backward *find(const Words &key, std::uint64_t hash) {
  std::lock_guard lock(backwards_mutex);
  auto [first, last] = backwards().equal_range(hash);
  for (auto it = first; it != last; ++it)
    if (it->second->key == key)
      return it->second.get();
  return nullptr;
}

// Builds the forward pass with the gradient behind it. Its results are the gradients and then every value that the
// forward pass computes, marked `tenon.saved`: these are known, and become arguments of the backward pass.
class Builder {
public:
  explicit Builder(const Replay &replay) : replay_(replay), builder_(&shared_context()) {}

  mlir::OwningOpRef<mlir::ModuleOp> build(Location where) {
    mlir::Location location = to_mlir(where, builder_.getContext());
    mlir::OwningOpRef<mlir::ModuleOp> module(mlir::ModuleOp::create(builder_, builder_.getUnknownLoc()));
    builder_.setInsertionPointToEnd(module->getBody());
    llvm::SmallVector<mlir::Type> inputs;
    for (const Replay::Value &value : replay_.values)
      if (value.is_input())
        inputs.push_back(to_mlir(value.type(), builder_.getContext()));
    auto function = mlir::func::FuncOp::create(builder_, location, "backward", builder_.getFunctionType(inputs, {}));
    mlir::Block *block = function.addEntryBlock();
    builder_.setInsertionPointToStart(block);
    values_.resize(replay_.values.size());
    unsigned next = 0;
    for (auto [i, value] : llvm::enumerate(replay_.values))
      if (value.is_constant)
        values_[i] = mlir::tenon::ConstantOp::create(builder_, location,
                                                     to_mlir(value.number, value.dtype, builder_.getContext()));
      else if (value.is_input())
        values_[i] = block->getArgument(next++);
    for (const Replay::Step &step : replay_.steps) add(step);

    llvm::SmallVector<mlir::Value> results = gradient(replay_.gradient, location);
    const unsigned gradients = unsigned(results.size());
    for (auto [i, value] : llvm::enumerate(replay_.values))
      if (value.is_result)
        results.push_back(values_[i]);
    mlir::func::ReturnOp::create(builder_, location, results);
    function.setFunctionType(builder_.getFunctionType(inputs, mlir::ValueRange(results).getTypes()));
    for (unsigned i = gradients; i < results.size(); ++i)
      function.setResultAttr(i, "tenon.saved", builder_.getUnitAttr());
    return module;
  }

private:
  llvm::SmallVector<mlir::Value> get(llvm::ArrayRef<Replay::Number> numbers) const {
    llvm::SmallVector<mlir::Value> values;
    for (Replay::Number i : numbers) values.push_back(values_[i]);
    return values;
  }

  llvm::SmallVector<mlir::Value> gradient(const Replay::Step &step, mlir::Location location) {
    if (step.is_forward)
      return create_tangents(builder_, location, get(step.targets), get(step.sources), get(step.cotangents));
    auto op = mlir::tenon::GradientOp::create(builder_, location, get(step.targets), get(step.sources),
                                              get(step.cotangents), /*allow_unconnected=*/true);
    return llvm::SmallVector<mlir::Value>(op.getGradients());
  }

  // What lives on of it is its results; inside, they are what computed them.
  llvm::SmallVector<mlir::Value> checkpoint(const Replay::Step &step, mlir::Location location) {
    mlir::Region body;
    mlir::Block &block = body.emplaceBlock();
    llvm::SmallVector<mlir::Value> results;
    {
      const mlir::OpBuilder::InsertionGuard guard(builder_);
      builder_.setInsertionPointToEnd(&block);
      for (const Replay::Step &inner : step.inside) add(inner);
      results = get(step.results);
      mlir::tenon::YieldOp::create(builder_, location, results);
    }
    auto op = mlir::tenon::CheckpointOp::create(builder_, location, mlir::ValueRange(results).getTypes());
    op.getBody().takeBody(body);
    return llvm::SmallVector<mlir::Value>(op.getResults());
  }

  void add(const Replay::Step &step) {
    llvm::SmallVector<mlir::Value> results;
    const Record &record = *step.record;
    const mlir::Location location = to_mlir(record.where, builder_.getContext());
    if (record.checkpoint) {
      results = checkpoint(step, location);
    } else if (record.gradient) {
      results = gradient(step, location);
    } else if (record.call) {
      results = inline_call(builder_, *record.call, get(step.operands), record.results, location);
    } else if (record.pullback) {
      // The value itself is a constant: what it was computed by is not differentiated.
      results.push_back(inline_pullback(builder_, step.pullback, values_[step.value], get(step.operands),
                                        get(step.captures), location));
    } else {
      std::vector<Attribute> attributes;
      for (const RecordedAttribute &attribute : record.attributes) attributes.push_back(attribute.view());
      llvm::SmallVector<TensorType, 1> types;
      if (record.has_types)
        for (const BufferRef &result : record.results) types.push_back(TensorType::of(*result));
      mlir::Operation *op = detail::build(builder_, *record.op, get(step.operands), attributes, types, record.where,
                                          std::span(record.segments.data(), record.segments.size()));
      llvm::append_range(results, op->getResults());
    }
    for (auto [number, value] : llvm::zip(step.results, results)) values_[number] = value;
  }

  const Replay &replay_;
  mlir::OpBuilder builder_;
  std::vector<mlir::Value> values_;
};

const Backward *compile_backward(const Replay &replay, std::uint64_t hash, Location where) {
  std::lock_guard compiling(compiler_mutex());
  if (const Backward *backward = find(replay.key, hash))
    return backward; // another thread was faster
  mlir::OwningOpRef<mlir::ModuleOp> module = Builder(replay).build(where);
  expand_gradients(*module, "gradient", where);

  // The numbers of what the function takes: its arguments first, behind them what is saved.
  llvm::SmallVector<Replay::Number> given;
  for (bool results : {false, true})
    for (auto [i, value] : llvm::enumerate(replay.values))
      if (results ? value.is_result : value.is_input())
        given.push_back(Replay::Number(i));
  auto backward = std::make_unique<Backward>();
  auto function = llvm::cast<mlir::func::FuncOp>(module->lookupSymbol("backward"));
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    // Where a target is a source itself, nothing was there to be cut.
    const auto input = function.getArgAttrOfType<mlir::IntegerAttr>(i, "tenon.input");
    backward->inputs.push_back(given[input ? std::size_t(input.getInt()) : i]);
    function.removeArgAttr(i, "tenon.input");
  }
  backward->code = compile(*module, "backward");
  backward->key = replay.key;
  std::lock_guard lock(backwards_mutex);
  return backwards().emplace(hash, std::move(backward))->second.get();
}

} // namespace

std::vector<BufferRef> EagerGradient::run() {
  Replay replay;
  llvm::SmallVector<BufferRef> sources;
  std::vector<BufferRef> cotangents, results;
  for (std::size_t i = 0; i < sources_.size(); ++i)
    if (connected(i)) {
      sources.push_back(sources_[i].value);
      if (forward_)
        cotangents.push_back(cotangents_[i]);
    }
  if (!forward_)
    cotangents = cotangents_;
  if (!sources.empty()) {
    replay.add(records_, targets_, sources, cotangents, forward_);
    const std::uint64_t hash = replay.key.hash();
    const Backward *backward = find(replay.key, hash);
    if (!backward) [[unlikely]]
      backward = compile_backward(replay, hash, where_);
    llvm::SmallVector<void *, 32> buffers;
    llvm::SmallVector<std::int64_t, 16> numbers(backward->inputs.size());
    for (auto [number, i] : llvm::zip(numbers, backward->inputs)) {
      const Replay::Value &value = replay.values[i];
      if (!value.buffer)
        store(value.number, value.dtype, &number);
      buffers.push_back(value.buffer ? value.buffer->data : &number);
    }
    for (const BufferRef &like : forward_ ? llvm::ArrayRef<BufferRef>(targets_) : llvm::ArrayRef<BufferRef>(sources)) {
      results.emplace_back(allocate(like->dtype, like->shape()));
      buffers.push_back(results.back()->data);
    }
    call(*backward->code, buffers.data(), nullptr, "gradient", where_);

    // For the tapes around.
    if (!recorder().is_active())
      return all_of(std::move(results));
    check_past();
    Record record;
    record.where = where_;
    llvm::DenseSet<const Buffer *> known;
    const auto depends = [&](const BufferRef &x) {
      if (x && is_floating(x->dtype) && known.insert(x.get()).second)
        record.operands.push_back({x});
    };
    for (std::size_t i : records_)
      for (const RecordedOperand &x : recorder().at(i).operands) depends(x.value);
    for (const BufferRef &x : replay.captured) depends(x);
    for (const BufferRef &x : cotangents) depends(x);
    record.results.assign(results.begin(), results.end());
    record.gradient = std::make_unique<RecordedGradient>();
    record.gradient->targets = targets_;
    record.gradient->sources.assign(sources.begin(), sources.end());
    record.gradient->cotangents = cotangents;
    record.gradient->is_forward = forward_;
    record.gradient->records = records_;
    recorder().append(std::move(record));
  }
  return all_of(std::move(results));
}

std::vector<BufferRef> EagerGradient::all_of(std::vector<BufferRef> results) const {
  if (forward_) {
    results.resize(targets_.size());
    return results;
  }
  std::vector<BufferRef> all;
  for (std::size_t i = 0, next = 0; i < sources_.size(); ++i)
    all.push_back(connected(i) ? results[next++] : BufferRef());
  return all;
}

} // namespace tenon::detail

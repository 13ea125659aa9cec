// Random numbers: the stateless operations, and the stream that moves a Variable on.
#include "tenon/random.h"
#include "sizes.h"
#include "tenon/ops.h"

namespace tenon {

using namespace detail;

static Tensor state_tensor(std::int64_t key, std::int64_t block, Location where) {
  const std::int64_t shape[] = {2};
  Buffer *buffer = allocate(i64, shape);
  buffer->as<std::int64_t>()[0] = key;
  buffer->as<std::int64_t>()[1] = block;
  return constant(buffer, where);
}

static Tensor draw(const Op &op, Dims dims, Seed seed, DType dtype, bool allowed, Location where) {
  if (!allowed)
    throw Error(op.shown(), std::string("the dtype cannot be ") + name(dtype), where);
  const Sizes sizes = resolve(dims, op.shown(), where);
  const ShapeOperands shape = shape_operands(dtype, sizes);
  const Tensor state = seed.tensor ? cast(Arg(*seed.tensor, where), i64) : state_tensor(seed.key, 0, where);
  llvm::SmallVector<Operand, 4> operands{Operand(state)};
  operands.append(shape.open);
  return apply(op, operands, {}, &shape.type, where);
}

static constexpr Op bits_op{"tenon.random_bits"}, uniform_op{"tenon.random_uniform"}, normal_op{"tenon.random_normal"};

Tensor random_bits(Dims shape, Seed seed, DType dtype, Location where) {
  return draw(bits_op, shape, seed, dtype, dtype == i32 || dtype == i64, where);
}
Tensor uniform(Dims shape, Seed seed, DType dtype, Location where) {
  return draw(uniform_op, shape, seed, dtype, dtype == f32 || dtype == f64, where);
}
Tensor normal(Dims shape, Seed seed, DType dtype, Location where) {
  return draw(normal_op, shape, seed, dtype, dtype == f32 || dtype == f64, where);
}

Generator::Generator(std::int64_t seed, Location where)
    : state_([&] {
        const std::int64_t shape[] = {2};
        Buffer *buffer = allocate(i64, shape);
        buffer->as<std::int64_t>()[0] = seed;
        buffer->as<std::int64_t>()[1] = 0;
        return Variable(Access::adopt(buffer), "random_state", where);
      }()) {}

// Draws, then moves the stream on by the blocks that the result took. normal draws its uniforms in pairs.
static Tensor draw_from(const Generator &generator, Tensor (*function)(Dims, Seed, DType, Location), Dims shape,
                        DType dtype, Location where) {
  const Tensor state = generator.state().value(where);
  const Tensor result = function(shape, Seed(state), dtype, where);
  const std::int64_t words = size_of(dtype) / 4; // of each element
  const TensorType type = type_of(result, "random", where);
  if (type.is_static()) {
    const std::int64_t blocks = (count_of(type.dims) * words + 2 * words + 3) / 4;
    generator.state().assign_add(Arg(state_tensor(0, blocks, where), where));
    return result;
  }
  Tensor count(words, where);
  for (std::size_t i = 0; i < type.dims.size(); ++i) count *= Arg(result.dim(int(i), where), where);
  const Tensor blocks = Arg(Arg(count, where) + Arg(2 * words + 3, where), where) / Arg(4, where);
  const Tensor step = stack({Tensor(0, where), blocks}, 0, where);
  generator.state().assign_add(Arg(step, where));
  return result;
}

Tensor random_bits(Dims shape, const Generator &generator, DType dtype, Location where) {
  return draw_from(
      generator, [](Dims s, Seed k, DType d, Location w) { return random_bits(s, k, d, w); }, shape, dtype, where);
}
Tensor uniform(Dims shape, const Generator &generator, DType dtype, Location where) {
  return draw_from(
      generator, [](Dims s, Seed k, DType d, Location w) { return uniform(s, k, d, w); }, shape, dtype, where);
}
Tensor normal(Dims shape, const Generator &generator, DType dtype, Location where) {
  return draw_from(
      generator, [](Dims s, Seed k, DType d, Location w) { return normal(s, k, d, w); }, shape, dtype, where);
}

} // namespace tenon

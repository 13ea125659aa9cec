// Stateless random numbers: Philox4x32-10 (Salmon et al., SC 2011), each element a function of seed and position.
#include "compiler/Conversion/TenonToLinalg/Lowering.h"
#include "compiler/Conversion/TenonToLinalg/Patterns.h"
#include "dialects/TenonMath/TenonMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// The words that a seed and a counter give.
class Philox {
public:
  Philox(ImplicitLocOpBuilder &b, Value seed) : i32(b.getI32Type()), i64(b.getI64Type()) {
    Value zero = createIndex(b, 0), one = createIndex(b, 1);
    Value key = tensor::ExtractOp::create(b, seed, zero);
    firstBlock = tensor::ExtractOp::create(b, seed, one);
    keyLow = low(b, key);
    keyHigh = high(b, key);
  }

  /// The four words of block `block`, an i64.
  SmallVector<Value> createBlock(ImplicitLocOpBuilder &b, Value block) const {
    Value counter = arith::AddIOp::create(b, firstBlock, block), zero = constant(b, i32, 0);
    SmallVector<Value> x{low(b, counter), high(b, counter), zero, zero};
    Value key0 = keyLow, key1 = keyHigh;
    for (int round = 0; round < 10; ++round) {
      if (round > 0) {
        key0 = arith::AddIOp::create(b, key0, constant(b, i32, 0x9E3779B9));
        key1 = arith::AddIOp::create(b, key1, constant(b, i32, 0xBB67AE85));
      }
      Value product0 = multiply(b, 0xD2511F53, x[0]), product1 = multiply(b, 0xCD9E8D57, x[2]);
      x = {mix(b, high(b, product1), x[1], key0), low(b, product1), mix(b, high(b, product0), x[3], key1),
           low(b, product0)};
    }
    return x;
  }

  /// Word `index mod 4` of block `index / 4`.
  Value createWord(ImplicitLocOpBuilder &b, Value index) const {
    SmallVector<Value> words = createBlock(b, arith::ShRUIOp::create(b, index, constant(b, i64, 2)));
    Value isOdd = isSet(b, index, 1), isUpper = isSet(b, index, 2);
    Value lower = arith::SelectOp::create(b, isOdd, words[1], words[0]);
    Value upper = arith::SelectOp::create(b, isOdd, words[3], words[2]);
    return arith::SelectOp::create(b, isUpper, upper, lower);
  }

  /// Words 2 * index and 2 * index + 1, low and high half of an i64.
  Value createDoubleWord(ImplicitLocOpBuilder &b, Value index) const {
    SmallVector<Value> words = createBlock(b, arith::ShRUIOp::create(b, index, constant(b, i64, 1)));
    Value isOdd = isSet(b, index, 1);
    return arith::SelectOp::create(b, isOdd, join(b, words[2], words[3]), join(b, words[0], words[1]));
  }

  Value join(ImplicitLocOpBuilder &b, Value low, Value high) const {
    Value upper = arith::ShLIOp::create(b, arith::ExtUIOp::create(b, i64, high), constant(b, i64, 32));
    return arith::OrIOp::create(b, upper, arith::ExtUIOp::create(b, i64, low));
  }
  static Value isSet(ImplicitLocOpBuilder &b, Value number, int64_t bit) {
    Type type = number.getType();
    Value masked = arith::AndIOp::create(b, number, constant(b, type, bit));
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, masked, constant(b, type, 0));
  }
  static Value constant(ImplicitLocOpBuilder &b, Type type, uint64_t value) {
    return arith::ConstantOp::create(b, IntegerAttr::get(type, APInt(type.getIntOrFloatBitWidth(), value)));
  }

private:
  Value low(ImplicitLocOpBuilder &b, Value wide) const { return arith::TruncIOp::create(b, i32, wide); }
  Value high(ImplicitLocOpBuilder &b, Value wide) const {
    return arith::TruncIOp::create(b, i32, arith::ShRUIOp::create(b, wide, constant(b, i64, 32)));
  }
  Value multiply(ImplicitLocOpBuilder &b, uint32_t factor, Value word) const {
    return arith::MulIOp::create(b, constant(b, i64, factor), arith::ExtUIOp::create(b, i64, word));
  }
  static Value mix(ImplicitLocOpBuilder &b, Value x, Value y, Value key) {
    return arith::XOrIOp::create(b, arith::XOrIOp::create(b, x, y), key);
  }

  Type i32, i64;
  Value keyLow, keyHigh, firstBlock;
};
} // namespace

/// In [0, 1): the top 24 bits of a word, or the top 53 of two.
static Value createUniform(ImplicitLocOpBuilder &b, Type type, Value bits) {
  bool isDouble = type.isF64();
  Value top = arith::ShRUIOp::create(b, bits, Philox::constant(b, bits.getType(), isDouble ? 11 : 8));
  // Below 2^53 and 2^24: exact also as signed, which CPUs convert faster.
  Value number = arith::SIToFPOp::create(b, type, top);
  return arith::MulFOp::create(b, number, createNumber(b, type, isDouble ? 0x1p-53 : 0x1p-24));
}

static Value createUniformAt(ImplicitLocOpBuilder &b, const Philox &philox, Type type, Value index) {
  return createUniform(b, type, type.isF64() ? philox.createDoubleWord(b, index) : philox.createWord(b, index));
}

/// Box-Muller: of uniforms u and v of the pair 2i and 2i + 1, element 2i is sqrt(-2 log(1 - u)) cos(2 pi v), element
/// 2i + 1 the same with sin. 1 - u is never 0, and exact.
static Value createNormalAt(ImplicitLocOpBuilder &b, const Philox &philox, Type type, Value index) {
  Type i64 = b.getI64Type();
  bool isDouble = type.isF64();
  // A pair is half a block of f32, or a whole one of f64.
  Value block = arith::ShRUIOp::create(b, index, Philox::constant(b, i64, isDouble ? 1 : 2));
  SmallVector<Value> words = philox.createBlock(b, block);
  Value first, second;
  if (isDouble) {
    first = philox.join(b, words[0], words[1]);
    second = philox.join(b, words[2], words[3]);
  } else {
    Value isUpper = Philox::isSet(b, index, 2);
    first = arith::SelectOp::create(b, isUpper, words[2], words[0]);
    second = arith::SelectOp::create(b, isUpper, words[3], words[1]);
  }
  Value u = createUniform(b, type, first), v = createUniform(b, type, second);
  Value rest = arith::SubFOp::create(b, createNumber(b, type, 1), u);
  Value square = arith::MulFOp::create(b, createNumber(b, type, -2), tenon_math::create<math::LogOp>(b, rest));
  Value radius = math::SqrtOp::create(b, square);
  Value angle = arith::MulFOp::create(b, createNumber(b, type, 6.283185307179586), v);
  Value isOdd = Philox::isSet(b, index, 1);
  Value turn = arith::SelectOp::create(b, isOdd, tenon_math::create<math::SinOp>(b, angle),
                                       tenon_math::create<math::CosOp>(b, angle));
  return arith::MulFOp::create(b, radius, turn);
}

using CreateAt = Value (*)(ImplicitLocOpBuilder &b, const Philox &philox, Type type, Value index);

template <typename OpTy>
static LogicalResult lowerRandom(OpTy op, typename OpTy::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                                 ImplicitLocOpBuilder &b, CreateAt createAt) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  Sizes sizes = getSizes(b, type, adaptor.getDims());
  Philox philox(b, adaptor.getSeed());
  Value result = createParallel(
      b, {}, {}, sizes, type.getElementType(), [&](ImplicitLocOpBuilder &b, ValueRange) -> SmallVector<Value> {
        Value place = createRowMajorPlace(b, sizes);
        return {createAt(b, philox, type.getElementType(), arith::IndexCastOp::create(b, b.getI64Type(), place))};
      });
  rewriter.replaceOp(op, castTo(b, result, type));
  return success();
}

static LogicalResult lowerBits(RandomBitsOp op, RandomBitsOp::Adaptor adaptor, ConversionPatternRewriter &rewriter,
                               ImplicitLocOpBuilder &b) {
  return lowerRandom(op, adaptor, rewriter, b,
                     [](ImplicitLocOpBuilder &b, const Philox &philox, Type type, Value index) {
                       return type.isInteger(64) ? philox.createDoubleWord(b, index) : philox.createWord(b, index);
                     });
}
static LogicalResult lowerUniform(RandomUniformOp op, RandomUniformOp::Adaptor adaptor,
                                  ConversionPatternRewriter &rewriter, ImplicitLocOpBuilder &b) {
  return lowerRandom(op, adaptor, rewriter, b, createUniformAt);
}
static LogicalResult lowerNormal(RandomNormalOp op, RandomNormalOp::Adaptor adaptor,
                                 ConversionPatternRewriter &rewriter, ImplicitLocOpBuilder &b) {
  return lowerRandom(op, adaptor, rewriter, b, createNormalAt);
}

void mlir::tenon::populateRandomPatterns(const TypeConverter &converter, RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<FunctionPattern<RandomBitsOp>>(converter, context, lowerBits);
  patterns.add<FunctionPattern<RandomUniformOp>>(converter, context, lowerUniform);
  patterns.add<FunctionPattern<RandomNormalOp>>(converter, context, lowerNormal);
}

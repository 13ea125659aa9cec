"""Goldens of element-wise ops: arithmetic, math functions, comparison, logic, selection, casts."""
import numpy as np
import scipy.special

from goldens import DTYPES, FLOATS, INTS, NUMBERS, SIGNED, ULP, Family

SHAPES = {"scalar": (), "empty": (0, 3), "odd": (3, 7), "vectors": (2, 33)}
BROADCAST = {"scalar": ((), ()), "empty": ((0, 3), (3,)), "odd": ((3, 7), (3, 7)), "row": ((5, 19), (19,)),
             "outer": ((4, 1, 3), (2, 1))}


def values(rng, dtype, shape, low=-3.0, high=3.0, special=True):
    """Random elements of a dtype; the first few are special ones, where there is room."""
    t = DTYPES[dtype]
    if dtype == "i1":
        return rng.random(shape) < 0.5
    if dtype in INTS:
        info = np.iinfo(t)
        x = rng.integers(max(info.min, -100), min(info.max, 100), shape, endpoint=True).astype(t)
        corner = [info.min, info.max, 0, 1]
    else:
        x = rng.uniform(low, high, shape).astype(t)
        tiny = {"f32": 1e-40, "f64": 1e-310, "f16": 6e-8, "bf16": 1e-39}[dtype]
        corner = [0.0, -0.0, np.inf, -np.inf, np.nan, tiny, -tiny]
    if special and x.size > 8:
        x = x.copy()
        x.reshape(-1)[: len(corner)] = np.array(corner).astype(t)
    return x


def wide(x):
    return x.astype(np.longdouble) if x.dtype.kind in "fV" or "float" in str(x.dtype) else x


def rounded(y, dtype):
    with np.errstate(all="ignore"):
        return np.asarray(np.asarray(y).astype(np.float64).astype(DTYPES[dtype]))


def same(y, x):
    return np.asarray(y).astype(x.dtype)


def unary():
    rng = np.random.default_rng(1)
    family = Family("unary")
    ulps = {"f32": 3, "f64": 3, "f16": 1.01, "bf16": 1.01}
    functions = {
        "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2, "log1p": np.log1p, "rsqrt": lambda x: 1 / np.sqrt(x),
        "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "erf": lambda x: scipy.special.erf(x.astype(np.float64)),
    }
    exact = {"neg": np.negative, "abs": np.abs, "sqrt": np.sqrt, "floor": np.floor, "ceil": np.ceil, "round": np.rint,
             "sign": np.sign}
    with np.errstate(all="ignore"):
        for dtype in FLOATS:
            for label, shape in SHAPES.items():
                for op, f in functions.items():
                    positive = op in ("log", "log2", "log1p", "rsqrt")
                    x = values(rng, dtype, shape, 0.01 if positive else -9, 9)
                    y = f(wide(x))
                    subnormal = {"f32": 1.5e-45, "f64": 5e-324, "f16": 6.1e-8, "bf16": 9.3e-41}[dtype]
                    family.case(f"{op}/{dtype}/{label}", f"tenon.{op} {{0}} : {{t0}}", [x], [rounded(y, dtype)],
                                rel=ulps[dtype] * ULP[dtype], abs=subnormal)
                for op, f in exact.items():
                    x = values(rng, dtype, shape)
                    family.case(f"{op}/{dtype}/{label}", f"tenon.{op} {{0}} : {{t0}}", [x], [rounded(f(wide(x)), dtype)],
                                abs=1e-300 if op == "sign" else 0)  # the sign of a zero is that zero
        for dtype in SIGNED:
            for label, shape in SHAPES.items():
                x = values(rng, dtype, shape)
                for op, f in {"neg": np.negative, "abs": np.abs, "sign": np.sign}.items():
                    family.case(f"{op}/{dtype}/{label}", f"tenon.{op} {{0}} : {{t0}}", [x], [same(f(x), x)])
        for dtype in INTS + ["i1"]:
            for label, shape in SHAPES.items():
                x = values(rng, dtype, shape)
                family.case(f"not/{dtype}/{label}", "tenon.not {0} : {t0}", [x], [np.invert(x)])
    return family


def truncated_division(x, y):
    """C's / and %; x / 0 is 0 and x % 0 is x, as the dialect defines them."""
    wide_x, wide_y = x.astype(object), y.astype(object)
    quotient = np.array([0 if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
                         for a, b in zip(np.atleast_1d(wide_x).ravel(), np.atleast_1d(wide_y).ravel())], dtype=object)
    quotient = quotient.reshape(np.shape(x))
    remainder = wide_x - quotient * wide_y

    def wrap(v):
        bits = np.iinfo(x.dtype).bits
        flat = [int(e) & ((1 << bits) - 1) for e in np.atleast_1d(v).ravel()]
        return np.array(flat, dtype=np.uint64).astype(f"u{bits // 8}").view(x.dtype).reshape(np.shape(x))

    return wrap(quotient), wrap(remainder)


def binary():
    rng = np.random.default_rng(2)
    family = Family("binary")
    text = "tenon.{op} {{0}}, {{1}} : {{t0}}, {{t1}}"
    with np.errstate(all="ignore"):
        for label, (left, right) in BROADCAST.items():
            for dtype in FLOATS:
                x, y = values(rng, dtype, left), values(rng, dtype, right)[..., ::-1].copy() if right else values(rng, dtype, right)
                for op, f in {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "max": np.maximum,
                              "min": np.minimum, "rem": np.fmod}.items():
                    if dtype == "f64":
                        result = f(x, y)
                    else:
                        result = rounded(f(x.astype(np.float64), y.astype(np.float64)), dtype)
                    family.case(f"{op}/{dtype}/{label}", text.format(op=op), [x, y], [result],
                                abs=1e-300 if op in ("max", "min") else 0)  # of 0 and -0 either may be the larger
                base = values(rng, dtype, left, 0.1, 4, special=False)
                family.case(f"pow/{dtype}/{label}", text.format(op="pow"), [base, y], [rounded(np.power(wide(base), wide(y)), dtype)],
                            rel=3 * ULP[dtype], abs=1e-45)
            for dtype in INTS:
                x, y = values(rng, dtype, left), values(rng, dtype, right)
                for op, f in {"add": np.add, "sub": np.subtract, "mul": np.multiply, "max": np.maximum, "min": np.minimum}.items():
                    family.case(f"{op}/{dtype}/{label}", text.format(op=op), [x, y], [same(f(x, y), x)])
                bx, by = np.broadcast_arrays(x, y)
                quotient, remainder = truncated_division(bx, by)
                family.case(f"div/{dtype}/{label}", text.format(op="div"), [x, y], [quotient])
                family.case(f"rem/{dtype}/{label}", text.format(op="rem"), [x, y], [remainder])
                bits = np.iinfo(DTYPES[dtype]).bits
                shift = rng.integers(-1 if dtype != "u8" else 0, bits + 2, right).astype(DTYPES[dtype])
                sx, sy = np.broadcast_arrays(x, shift)
                inside = (sy >= 0) & (sy < bits)
                left_shift = np.where(inside, np.left_shift(sx, np.where(inside, sy, 0)), 0).astype(x.dtype)
                family.case(f"shl/{dtype}/{label}", text.format(op="shl"), [x, shift], [left_shift])
                if dtype == "u8":
                    right_shift = np.where(inside, np.right_shift(sx, np.where(inside, sy, 0)), 0).astype(x.dtype)
                else:
                    right_shift = np.right_shift(sx, np.clip(sy, 0, bits - 1)).astype(x.dtype)
                family.case(f"shr/{dtype}/{label}", text.format(op="shr"), [x, shift], [right_shift])
            for dtype in INTS + ["i1"]:
                x, y = values(rng, dtype, left), values(rng, dtype, right)
                for op, f in {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}.items():
                    family.case(f"{op}/{dtype}/{label}", text.format(op=op), [x, y], [same(f(x, y), x)])
    return family


def compared(f, x, y):
    with np.errstate(all="ignore"):
        return f(x, y)


def comparison():
    rng = np.random.default_rng(3)
    family = Family("comparison")
    predicates = {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}
    for label, (left, right) in BROADCAST.items():
        for dtype in NUMBERS + ["i1"]:
            x, y = values(rng, dtype, left), values(rng, dtype, right)
            for op, f in predicates.items():
                family.case(f"compare {op}/{dtype}/{label}", f"tenon.compare <{op}> {{0}}, {{1}} : {{t0}}, {{t1}}", [x, y], [compared(f, x, y)])
            condition = values(rng, "i1", left)
            family.case(f"select/{dtype}/{label}", "tenon.select {0}, {1}, {2} : {t0}, {t1}, {t2}", [condition, x, y],
                        [np.where(condition, x, y).astype(x.dtype)])
            if dtype != "i1":
                low, high = DTYPES[dtype](1), DTYPES[dtype](2)
                x = values(rng, dtype, left, special=dtype not in FLOATS)
                family.case(f"clamp/{dtype}/{label}", "tenon.clamp {0}, {1}, {2} : {t0}, {t1}, {t2}", [x, low, high],
                            [np.minimum(np.maximum(x, low), high).astype(x.dtype)])
    return family


def casts():
    rng = np.random.default_rng(4)
    family = Family("cast")
    with np.errstate(all="ignore"):
        for source in NUMBERS + ["i1"]:
            for target in NUMBERS + ["i1"]:
                for label, shape in SHAPES.items():
                    x = values(rng, source, shape, -300, 300)
                    if target == "i1":
                        y = x != 0
                    elif source in FLOATS and target in INTS:
                        info = np.iinfo(DTYPES[target])
                        flat = [0 if np.isnan(float(v)) else info.max if float(v) >= info.max else info.min if float(v) <= info.min
                                else int(float(v)) for v in np.atleast_1d(x).ravel()]
                        y = np.array(flat, dtype=DTYPES[target]).reshape(shape)
                    elif target in FLOATS:
                        y = x.astype(np.float64).astype(DTYPES[target]) if source not in ("i64",) else x.astype(DTYPES[target])
                    else:
                        y = x.astype(DTYPES[target])
                    family.case(f"cast {source} to {target}/{label}", "tenon.cast {0} : {t0} to {r0}", [x], [y])
    return family


def families():
    return [unary(), binary(), comparison(), casts()]

"""Goldens of reductions, arg-reductions, cumulative sums, softmax and layer norm."""
import numpy as np

from goldens import DTYPES, FLOATS, NUMBERS, ULP, Family
from goldens_elementwise import rounded, values
from goldens_linear_algebra import array, finish, plain, wide

# shape, axes
REDUCED = {"scalar": ((), ()), "all of a vector": ((7,), (0,)), "rows": ((3, 5), (1,)), "long rows": ((2, 200), (1,)),
           "columns": ((5, 35), (0,)), "everything": ((3, 4, 33), (0, 1, 2)), "middle": ((2, 5, 3), (1,)), "ends": ((2, 5, 3), (0, 2)),
           "empty result": ((0, 4), (1,)), "empty sum": ((3, 0), (1,))}


def reductions():
    rng = np.random.default_rng(21)
    family = Family("reduce")
    for label, (shape, axes) in REDUCED.items():
        for keep in (False, True):
            if keep and label not in ("rows", "ends"):
                continue
            extra = ", keep_dims = true" if keep else ""
            suffix = " kept" * keep
            count = int(np.prod([shape[a] for a in axes], initial=1))

            def case(kind, dtype, x, y, **tolerances):
                family.case(f"{kind}/{dtype}/{label}{suffix}", f"tenon.reduce <{kind}> {{0}} {{{{axes = {array(axes)}{extra}}}}} : {{t0}}", [x], [y],
                            **tolerances)

            for dtype in NUMBERS:
                floating = dtype in FLOATS
                unit = ULP[dtype] if dtype in ("f32", "f64") else ULP["f32"]
                x = plain(rng, dtype, shape)
                with np.errstate(all="ignore"):
                    total = np.sum(wide(x), axis=axes, keepdims=keep)
                    case("sum", dtype, x, finish(total, dtype), **({"rel": 1.01 * ULP[dtype], "abs": 2 * count * unit} if floating else {}))
                    near_one = values(rng, dtype, shape, 0.8, 1.2, special=False) if floating else x
                    product = np.prod(wide(near_one), axis=axes, keepdims=keep)
                    case("prod", dtype, near_one, finish(product, dtype), **({"rel": ULP[dtype] + count * unit} if floating else {}))
                    if floating and count:
                        mean = np.mean(wide(x), axis=axes, keepdims=keep)
                        case("mean", dtype, x, finish(mean, dtype), rel=1.01 * ULP[dtype], abs=2 * unit)
                if count:
                    x = values(rng, dtype, shape, special=False)
                    case("max", dtype, x, finish(np.max(wide(x), axis=axes, keepdims=keep), dtype))
                    case("min", dtype, x, finish(np.min(wide(x), axis=axes, keepdims=keep), dtype))
                    if floating and x.size > 3:
                        y = x.copy()
                        y.reshape(-1)[2] = np.nan
                        case("max", dtype + " nan", y, finish(np.max(wide(y), axis=axes, keepdims=keep), dtype))
                        case("min", dtype + " nan", y, finish(np.min(wide(y), axis=axes, keepdims=keep), dtype))
            x = rng.random(shape) < (0.3 if count < 10 else 0.02)
            case("any", "i1", x, np.asarray(np.any(x, axis=axes, keepdims=keep)))
            case("all", "i1", ~x, np.asarray(np.all(~x, axis=axes, keepdims=keep)))
    return family


def arg_reductions():
    rng = np.random.default_rng(22)
    family = Family("argreduce")
    cases = {"vector": ((7,), 0), "rows": ((3, 50), 1), "columns": ((5, 35), 0), "middle": ((2, 5, 3), 1), "empty result": ((0, 4), 1), "one": ((1, 1), 0)}
    for dtype in NUMBERS:
        for label, (shape, axis) in cases.items():
            for op, f in {"argmax": np.argmax, "argmin": np.argmin}.items():
                x = rng.integers(0, 6, shape).astype(DTYPES[dtype])  # ties: the first wins
                family.case(f"{op}/{dtype}/{label}", f"tenon.{op} {{0}} {{{{axis = {axis} : i64}}}} : {{t0}}", [x], [f(wide(x), axis).astype(np.int64)])
            if dtype in FLOATS and label == "rows":
                x = plain(rng, dtype, shape)
                x[0, 5] = x[0, 9] = x[2, 49] = np.nan
                family.case(f"argmax/{dtype} nan/{label}", f"tenon.argmax {{0}} {{{{axis = {axis} : i64, keep_dims = true}}}} : {{t0}}", [x],
                            [np.argmax(wide(x), axis, keepdims=True).astype(np.int64)])
    return family


def along_an_axis():
    rng = np.random.default_rng(23)
    family = Family("softmax")
    cases = {"vector": ((7,), 0), "rows": ((3, 10), 1), "long rows": ((2, 300), 1), "columns": ((5, 35), 0), "middle": ((2, 5, 3), 1), "empty": ((0, 4), 1)}
    for label, (shape, axis) in cases.items():
        for dtype in NUMBERS:
            x = plain(rng, dtype, shape)
            for exclusive in (False, True):
                for reverse in (False, True):
                    source = np.flip(wide(x), axis) if reverse else wide(x)
                    y = np.cumsum(source, axis)
                    if exclusive:
                        y = y - source
                    y = np.flip(y, axis) if reverse else y
                    flags = "".join(f", {n} = true" for n, on in (("exclusive", exclusive), ("reverse", reverse)) if on)
                    unit = ULP.get(dtype, 0)
                    family.case(f"cumsum/{dtype}/{label}{flags}", f"tenon.cumsum {{0}} {{{{axis = {axis} : i64{flags}}}}} : {{t0}}", [x], [finish(y, dtype)],
                                **({"rel": 2 * unit, "abs": 2 * unit * shape[axis]} if dtype in FLOATS else {}))
        for dtype in FLOATS:
            x = values(rng, dtype, shape, -30, 30, special=False)
            w = wide(x)
            shifted = w - np.max(w, axis, keepdims=True, initial=-np.inf)
            e = np.exp(shifted)
            total = np.sum(e, axis, keepdims=True)
            unit = ULP[dtype] if dtype in ("f32", "f64") else ULP["f32"]
            family.case(f"softmax/{dtype}/{label}", f"tenon.softmax {{0}} {{{{axis = {axis} : i64}}}} : {{t0}}", [x], [finish(e / total, dtype)],
                        # x - max is rounded at up to 60: half a unit there is 30 units of its exponential.
                        rel=ULP[dtype] + 42 * unit + shape[axis] * unit / 16, abs=6e-8 if dtype == "f16" else 1e-40 if dtype != "f64" else 1e-300)
            family.case(f"log_softmax/{dtype}/{label}", f"tenon.log_softmax {{0}} {{{{axis = {axis} : i64}}}} : {{t0}}", [x],
                        [finish(shifted - np.log(total), dtype)], rel=ULP[dtype] + 12 * unit, abs=(shape[axis] / 16 + 8) * unit)
            if axis == len(shape) - 1:
                scale, offset = plain(rng, dtype, shape[-1:]), plain(rng, dtype, shape[-1:])
                mean = np.mean(w, axis, keepdims=True)
                normalized = (w - mean) / np.sqrt(np.mean((w - mean) ** 2, axis, keepdims=True) + 1e-5)
                family.case(f"layer_norm/{dtype}/{label}", "tenon.layer_norm {0}, {1}, {2} {{epsilon = 1.0e-5 : f64}} : {t0}, {t1}", [x, scale, offset],
                            [finish(normalized * wide(scale) + wide(offset), dtype)], rel=ULP[dtype] + 8 * unit, abs=16 * unit)
    return family


def families():
    return [reductions(), arg_reductions(), along_an_axis()]

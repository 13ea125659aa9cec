#!/usr/bin/env python3
"""Writes cases/*.mlir: each differentiable op at shapes that are usual, repeat, are scalar, empty, odd or open."""
import pathlib

folder = pathlib.Path(__file__).parent / "cases"
folder.mkdir(exist_ok=True)


def tensor(shape, dtype="f64"):
    return f"tensor<{''.join(f'{size}x' for size in shape)}{dtype}>"


class File:
    def __init__(self, name, title):
        self.path, self.lines, self.count = folder / f"{name}.mlir", [f"// {title} Made by make_cases.py."], 0

    def case(self, name, arguments, body, result, dtype="f64"):
        """arguments: name -> (shape, {attribute: values}) or (shape, attributes, dtype); a '?' is followed by =size."""
        texts = []
        for argument, (shape, attributes, *other) in arguments.items():
            sizes = [str(size).split("=") for size in shape]
            attributes = dict(attributes)
            dims = [size[1] for size in sizes if len(size) > 1]
            marks = [f"test.{key} = array<f64: {', '.join(str(float(v)) for v in values)}>" if values else
                     f"test.{key} = array<f64>" for key, values in attributes.items()]
            if dims:
                marks.append(f"test.dims = array<i64: {', '.join(dims)}>")
            type_ = tensor([size[0] for size in sizes], *(other or ["f64"]))
            texts.append(f"%{argument}: {type_}" + (f" {{{', '.join(marks)}}}" if marks else ""))
        self.count += 1
        self.lines += ["", f"func.func @{name}_{self.count}({', '.join(texts)}) -> {result} {{"]
        self.lines += [f"  {line}" for line in body.strip().split("\n")] + [f"  return %r : {result}", "}"]

    def write(self):
        self.path.write_text("\n".join(self.lines) + "\n")


def types(shape):
    return tensor([str(size).split("=")[0] for size in shape])


# ---- element-wise
file = File("elementwise", "Element-wise ops.")
unary = {"neg": (-1, 1), "exp": (-1, 1), "exp2": (-1, 1), "expm1": (-1, 1), "log": (0.5, 2), "log2": (0.5, 2),
         "log1p": (-0.5, 1), "sqrt": (0.5, 2), "rsqrt": (0.5, 2), "sin": (-2, 2), "cos": (-2, 2), "tan": (-1, 1),
         "tanh": (-2, 2), "sigmoid": (-3, 3), "erf": (-2, 2), "abs": (0.1, 1)}
for op, span in unary.items():
    for shape in [[2, 3], [], ["?=5", 1], [0, 3]]:
        file.case(op, {"x": (shape, {"range": span})}, f"%r = tenon.{op} %x : {types(shape)}", types(shape))
file.case("abs_below", {"x": ([7], {"range": (-1, -0.1)})}, "%r = tenon.abs %x : tensor<7xf64>", "tensor<7xf64>")
for op in ["sign", "floor", "ceil", "round"]:
    for shape in [[3], [], ["?=2", 2]]:
        file.case(op, {"x": (shape, {"range": (0.6, 0.9)})},
                  f"%s = tenon.{op} %x : {types(shape)}\n%r = tenon.mul %s, %x : {types(shape)}, {types(shape)}", types(shape))
pairs = [([2, 3], [2, 3], [2, 3]), ([2, 3], [3], [2, 3]), ([], [4], [4]), ([3, 1], [1, 4], [3, 4]),
         (["?=5", 3], [3], ["?=5", 3]), (["?=5", 1], [4, 1, 3], [4, "?=5", 3]), ([2, 0], [1], [2, 0]),
         (["?=3", 2], [3, 2], [3, 2])]
apart = {"add": (-1, 1), "sub": (-1, 1), "mul": (-1, 1), "div": (0.5, 2), "pow": (0.5, 2), "max": (-1, 1), "min": (-1, 1)}
for op, span in apart.items():
    for left, right, result in pairs:
        file.case(op, {"x": (left, {"range": span}), "y": (right, {"range": span})},
                  f"%r = tenon.{op} %x, %y : {types(left)}, {types(right)}", types(result))
for left, right, result in pairs:
    file.case("rem", {"x": (left, {"range": (5.1, 5.4)}), "y": (right, {"range": (1.1, 1.25)})},
              f"%r = tenon.rem %x, %y : {types(left)}, {types(right)}", types(result))
    file.case("rem_negative", {"x": (left, {"range": (-5.4, -5.1)}), "y": (right, {"range": (1.1, 1.25)})},
              f"%r = tenon.rem %x, %y : {types(left)}, {types(right)}", types(result))
    file.case("select", {"x": (left, {}), "y": (right, {})},
              f"%c = tenon.compare <lt> %x, %y : {types(left)}, {types(right)}\n"
              f"%s = tenon.mul %x, %y : {types(left)}, {types(right)}\n"
              f"%r = tenon.select %c, %s, %y : {tensor([str(s).split('=')[0] for s in result], 'i1')}, {types(result)}, {types(right)}",
              types(result))
    file.case("clamp", {"x": (left, {"range": (-2, 2)}), "y": (right, {"range": (0.4, 0.6)})},
              f"%low = tenon.neg %y : {types(right)}\n"
              f"%r = tenon.clamp %x, %low, %y : {types(left)}, {types(right)}, {types(right)}", types(result))
file.case("pow_zero", {"x": ([3], {"value": [0.0, 2.0, 3.0]})},
          "%two = tenon.constant dense<[2.0, 3.0, 0.0]> : tensor<3xf64>\n"
          "%r = tenon.pow %x, %two : tensor<3xf64>, tensor<3xf64>", "tensor<3xf64>")
file.case("relu", {"x": ([9], {})}, "%z = tenon.constant dense<0.0> : tensor<f64>\n"
          "%r = tenon.max %x, %z : tensor<9xf64>, tensor<f64>", "tensor<9xf64>")
for shape in [[3], [], ["?=2", 2]]:
    f32 = types(shape).replace("f64", "f32")
    file.case("cast", {"x": (shape, {"value": [0.5, 0.25, -1.5, 2.25][:{1: 3, 0: 1, 2: 4}[len(shape)]]})},
              f"%i = tenon.cast %x : {types(shape)} to {types(shape).replace('f64', 'i32')}\n"
              f"%f = tenon.cast %i : {types(shape).replace('f64', 'i32')} to {types(shape)}\n"
              f"%r = tenon.mul %f, %x : {types(shape)}, {types(shape)}", types(shape))
    file.case("stop_gradient", {"x": (shape, {})},
              f"%s = tenon.stop_gradient %x : {types(shape)}\n%z = tenon.sub %x, %s : {types(shape)}, {types(shape)}\n"
              f"%k = tenon.add %s, %z : {types(shape)}, {types(shape)}\n%d = tenon.sub %k, %x : {types(shape)}, {types(shape)}\n"
              f"%r = tenon.stop_gradient %d : {types(shape)}\n"
              f"%u = tenon.add %r, %x : {types(shape)}, {types(shape)}".replace("%r", "%q").replace("%u", "%r"), types(shape))
file.write()

# ---- reductions
file = File("reductions", "Reductions, running sums, softmax and normalization.")
for kind in ["sum", "mean", "prod", "max", "min"]:
    for shape, axes, result in [([2, 3], [1], [2]), ([2, 3], [0, 1], []), (["?=4", 3, 5], [0, 2], [3]), ([3, "?=4"], [0], ["?=4"]),
                                ([5], [], [5]), ([2, 70], [1], [2])]:
        file.case(kind, {"x": (shape, {"range": (0.7, 1.3)})},
                  f"%r = tenon.reduce <{kind}> %x {{axes = array<i64{': ' if axes else ''}{', '.join(map(str, axes))}>}} : {types(shape)}",
                  types(result))
    file.case(kind + "_keep", {"x": (["?=3", 4], {})},
              f"%r = tenon.reduce <{kind}> %x {{axes = array<i64: 1>, keep_dims = true}} : tensor<?x4xf64>", "tensor<?x1xf64>")
file.case("sum_empty", {"x": ([0, 3], {})}, "%r = tenon.reduce <sum> %x {axes = array<i64: 0>} : tensor<0x3xf64>", "tensor<3xf64>")
file.case("prod_zero", {"x": ([3, 3], {"value": [1, 0, 3, 0, 0, 2, 4, 5, 6]})},
          "%r = tenon.reduce <prod> %x {axes = array<i64: 1>} : tensor<3x3xf64>", "tensor<3xf64>")
for exclusive in ["false", "true"]:
    for reverse in ["false", "true"]:
        for shape, axis in [([5], 0), ([2, 3], 0), ([2, "?=3"], 1)]:
            file.case("cumsum", {"x": (shape, {})},
                      f"%r = tenon.cumsum %x {{axis = {axis} : i64, exclusive = {exclusive}, reverse = {reverse}}} : {types(shape)}",
                      types(shape))
for op in ["softmax", "log_softmax"]:
    for shape, axis in [([5], 0), ([2, 3], 1), (["?=4", 3], 0), ([2, 3, 70], 2), ([2, 1], 1)]:
        file.case(op, {"x": (shape, {"range": (-2, 2)})}, f"%r = tenon.{op} %x {{axis = {axis} : i64}} : {types(shape)}", types(shape))
for shape, last in [([5], 5), ([2, 3], 3), (["?=4", 2, 7], 7)]:
    file.case("layer_norm", {"x": (shape, {}), "s": ([last], {}), "o": ([last], {})},
              f"%r = tenon.layer_norm %x, %s, %o {{epsilon = 1.0e-3 : f64}} : {types(shape)}, {types([last])}", types(shape))
file.write()

# ---- contractions
file = File("matmul", "Matrix products.")
for left, right, ta, tb, result in [
    ([2, 3], [3, 4], 0, 0, [2, 4]), ([3, 2], [3, 4], 1, 0, [2, 4]), ([2, 3], [4, 3], 0, 1, [2, 4]), ([3, 2], [4, 3], 1, 1, [2, 4]),
    (["?=5", 3], [3, 2], 0, 0, ["?=5", 2]), ([2, "?=5", 3], [3, 4], 0, 0, [2, "?=5", 4]), ([2, 5, 3], [4, 3], 0, 1, [2, 5, 4]),
    (["?=2", 3, 5], [3, 4], 1, 0, ["?=2", 5, 4]), ([2, 1, 3, 4], [5, 4, 2], 0, 0, [2, 5, 3, 2]), ([3, 4], [2, 4, 2], 0, 0, [2, 3, 2]),
    ([1, 1], [1, 1], 0, 0, [1, 1]), ([0, 3], [3, 2], 0, 0, [0, 2]), (["?=2", "?=4", "?=3"], ["?=3", "?=5"], 0, 0, ["?=2", "?=4", "?=5"])]:
    file.case("matmul", {"x": (left, {}), "y": (right, {})},
              f"%r = tenon.matmul %x, %y {{transpose_lhs = {'true' if ta else 'false'}, transpose_rhs = {'true' if tb else 'false'}}}"
              f" : {types(left)}, {types(right)}", types(result))
file.write()

# ---- shapes
file = File("shapes", "Ops that make or change shapes.")
for shape in [[2, 3], [], ["?", 3]]:
    dims = "dims(%n) " if "?" in shape else ""
    given = "%n = tenon.constant dense<4> : tensor<i64>\n" if dims else ""
    file.case("splat", {"x": ([], {})}, f"{given}%r = tenon.splat %x {dims}: tensor<f64> -> {tensor(shape)}", tensor(shape))
for shape, to in [([3], [2, 3]), ([2, 1], [4, 2, 3]), (["?=2", 1], ["?", 5]), ([], [2])]:
    dims, given = ("dims(%n) ", f"%n = tenon.dim %x {{axis = 0 : i64}} : {types(shape)}\n") if "?" in to else ("", "")
    file.case("broadcast", {"x": (shape, {})}, f"{given}%r = tenon.broadcast %x {dims}: {types(shape)} -> {tensor(to)}", tensor(to))
for shape, to in [([2, 3], [6]), ([1], []), (["?=2", 6], ["?", 2, 3])]:
    dims, given = ("dims(%n) ", f"%n = tenon.dim %x {{axis = 0 : i64}} : {types(shape)}\n") if "?" in to else ("", "")
    file.case("reshape", {"x": (shape, {})}, f"{given}%r = tenon.reshape %x {dims}: {types(shape)} -> {tensor(to)}", tensor(to))
for shape, permutation in [([2, 3], [1, 0]), ([2, 3, 4], [2, 0, 1]), ([5], [0]), ([3, "?=2", 4], [1, 2, 0])]:
    file.case("transpose", {"x": (shape, {})}, f"%r = tenon.transpose %x {{permutation = array<i64: {', '.join(map(str, permutation))}>}} : {types(shape)}",
              types([shape[i] for i in permutation]))
for shapes, axis, result in [([[2, 3], [4, 3]], 0, [6, 3]), ([[2, 3], [2, 0], [2, 1]], 1, [2, 4]), ([["?=2", 3], ["?=5", 3], [1, 3]], 0, ["?", 3]), ([[3]], 0, [3])]:
    names = [f"x{i}" for i in range(len(shapes))]
    file.case("concat", {name: (shape, {}) for name, shape in zip(names, shapes)},
              f"%r = tenon.concat {', '.join('%' + n for n in names)} {{axis = {axis} : i64}} : {', '.join(map(types, shapes))}", types(result))
for shapes, axis, result in [([[2, 3], [2, 3]], 0, [2, 2, 3]), ([["?=2"], ["?=2"], ["?=2"]], 1, ["?", 3]), ([[], []], 0, [2])]:
    names = [f"x{i}" for i in range(len(shapes))]
    file.case("stack", {name: (shape, {}) for name, shape in zip(names, shapes)},
              f"%r = tenon.stack {', '.join('%' + n for n in names)} {{axis = {axis} : i64}} : {', '.join(map(types, shapes))}", types(result))
for shape, axis, sizes, kept in [([4, 3], 0, [1, 3], 1), (["?=2", 4], 1, [1, 2, 1], 1), ([5], 0, [5], 0)]:
    pieces = [types(shape[:axis] + [size] + shape[axis + 1:]) for size in sizes]
    file.case("split", {"x": (shape, {})},
              f"%p:{len(sizes)} = tenon.split %x {{axis = {axis} : i64, sizes = array<i64: {', '.join(map(str, sizes))}>}} : {types(shape)}\n"
              f"%r = tenon.mul %p#{kept}, %p#{kept} : {pieces[kept]}, {pieces[kept]}", pieces[kept])
for shape, low, high, result in [([2, 3], [1, 0], [0, 2], [3, 5]), (["?=2", 3], [0, 1], [0, 0], ["?", 4]), ([3], [2], [0], [5])]:
    file.case("pad", {"x": (shape, {}), "v": ([], {})},
              f"%r = tenon.pad %x, %v {{low = array<i64: {', '.join(map(str, low))}>, high = array<i64: {', '.join(map(str, high))}>}}"
              f" : {types(shape)}, tensor<f64>", types(result))
for shape, axes in [([3], [0]), ([2, 3], [0, 1]), (["?=2", 3], [1])]:
    file.case("reverse", {"x": (shape, {})}, f"%r = tenon.reverse %x {{axes = array<i64: {', '.join(map(str, axes))}>}} : {types(shape)}", types(shape))
index = {"i": ([], {"value": [1]}, "i64")}
file.case("slice", {"x": ([4, 5], {})}, "%r = tenon.slice %x[1, 0] [2, 5] [1, 1] : tensor<4x5xf64>", "tensor<2x5xf64>")
file.case("slice", {"x": ([4, 9], {})}, "%r = tenon.slice %x[1, 2] [2, 3] [2, 3] : tensor<4x9xf64>", "tensor<2x3xf64>")
file.case("slice", {"x": (["?=3", 5], {}), **index}, "%r = tenon.slice %x[%i, 1] [1, 2] [1, 2] : tensor<?x5xf64>", "tensor<1x2xf64>")
file.case("slice_twice", {"x": ([4, 5], {}), **index},
          "%a = tenon.slice %x[%i, 0] [2, 5] [1, 1] : tensor<4x5xf64>\n%b = tenon.slice %x[0, 0] [2, 5] [1, 1] : tensor<4x5xf64>\n"
          "%r = tenon.mul %a, %b : tensor<2x5xf64>, tensor<2x5xf64>", "tensor<2x5xf64>")
file.case("insert", {"u": ([1, 2], {}), "x": ([3, 4], {})}, "%r = tenon.insert %u, %x[1, 2] : tensor<1x2xf64>, tensor<3x4xf64>", "tensor<3x4xf64>")
file.case("insert", {"u": ([1, 2], {}), "x": (["?=3", 4], {}), **index}, "%r = tenon.insert %u, %x[%i, 0] : tensor<1x2xf64>, tensor<?x4xf64>", "tensor<?x4xf64>")
file.case("insert", {"u": (["?=2"], {}), "x": ([5], {}), **index}, "%r = tenon.insert %u, %x[%i] : tensor<?xf64>, tensor<5xf64>", "tensor<5xf64>")
file.write()

# ---- indexing
file = File("indexing", "Gather, scatter and sorting.")
for shape, axis, indices, values, result in [
    ([4, 3], 0, [3], [0, 2, 2], [3, 3]), ([2, 3], 1, [2, 2], [0, 2, 1, 2], [2, 2, 2]), (["?=4"], 0, [], [3], []),
    (["?=2", 3, 2], 1, [3], [1, 1, 0], ["?", 3, 2]), ([2, "?=3", 2], 2, ["?=3"], [1, 1, 0], [2, "?", "?"])]:
    file.case("gather", {"x": (shape, {}), "i": (indices, {"value": values}, "i32")},
              f"%r = tenon.gather %x, %i {{axis = {axis} : i64}} : {types(shape)}, {types(indices).replace('f64', 'i32')}", types(result))
for kind in ["add", "update"]:
    for shape, indices, values in [([4, 3], [3], [0, 2, 2]), (["?=4"], [2, 2], [0, 2, 1, 2]), ([3, "?=2"], ["?=5"], [0, 1, 1, 0, 1]), ([2], [], [1])]:
        updates = indices + shape[1:]
        file.case(f"scatter_{kind}", {"x": (shape, {}), "i": (indices, {"value": values}, "i64"), "u": (updates, {})},
                  f"%r = tenon.scatter <{kind}> %x, %i, %u : {types(shape)}, {types(indices).replace('f64', 'i64')}, {types(updates)}", types(shape))
for shape, axis in [([5], 0), ([3, 4], 0), (["?=2", 5], 1), ([2, "?=3", 4], 1)]:
    for descending in ["false", "true"]:
        file.case("sort", {"x": (shape, {})},
                  f"%r, %i = tenon.sort %x {{axis = {axis} : i64, descending = {descending}}} : {types(shape)}", types(shape))
for shape, k in [([5], 2), (["?=3", 6], 3), ([2, "?=2", 4], 4)]:
    file.case("top_k", {"x": (shape, {})}, f"%r, %i = tenon.top_k %x {{k = {k} : i64}} : {types(shape)}", types(shape[:-1] + [k]))
file.write()

# ---- windows
file = File("windows", "Convolution and pooling.")


def numbers(values):
    return f"array<i64: {', '.join(map(str, values))}>"


for x, w, strides, padding, dilations, groups, result in [
    ([2, 7, 3], [3, 3, 2], [1], [1, 1], [1], 1, [2, 7, 2]), ([1, 8, 2], [2, 2, 3], [3], [0, 1], [2], 1, [1, 3, 3]),
    ([2, 5, 6, 2], [3, 2, 2, 3], [2, 1], [1, 1, 0, 1], [1, 2], 1, [2, 3, 5, 3]), (["?=2", 5, 5, 4], [3, 3, 1, 4], [2, 2], [1, 1, 1, 1], [1, 1], 4, ["?=2", 3, 3, 4]),
    ([1, 4, 5, 4], [2, 2, 2, 6], [1, 2], [0, 0, 1, 1], [2, 1], 2, [1, 2, 3, 6]), ([2, "?=6", "?=7", 2], [3, 3, 2, 2], [2, 1], [1, 0, 1, 1], [1, 1], 1, [2, "?", "?", 2]),
    ([1, 1, 1, 1], [1, 1, 1, 1], [1, 1], [0, 0, 0, 0], [1, 1], 1, [1, 1, 1, 1]), ([0, 4, 2], [3, 2, 2], [1], [0, 0], [1], 1, [0, 2, 2])]:
    file.case("conv", {"x": (x, {}), "w": (w, {})},
              f"%r = tenon.conv %x, %w {{strides = {numbers(strides)}, padding = {numbers(padding)}, dilations = {numbers(dilations)},"
              f" groups = {groups} : i64}} : {types(x)}, {types(w)}", types(result))
for x, w, strides, padding, dilations, extra, result in [
    ([2, 5, 3], [3, 2, 3], [1], [0, 0], [1], [0], [2, 7, 2]), ([1, 4, 2], [2, 3, 2], [2], [1, 0], [2], [1], [1, 9, 3]),
    (["?=2", 3, 4, 2], [3, 2, 3, 2], [2, 1], [1, 1, 0, 1], [1, 2], [0, 0], ["?=2", 5, 5, 3])]:
    file.case("conv_transpose", {"x": (x, {}), "w": (w, {})},
              f"%r = tenon.conv_transpose %x, %w {{strides = {numbers(strides)}, padding = {numbers(padding)}, dilations = {numbers(dilations)},"
              f" output_padding = {numbers(extra)}}} : {types(x)}, {types(w)}", types(result))
for op in ["max_pool", "avg_pool", "avg_pool_counting"]:
    more = ", count_padding = true" if "counting" in op else ""
    for x, window, strides, padding, dilations, result in [
        ([2, 6, 3], [2], [2], [0, 0], [1], [2, 3, 3]), ([1, 5, 7, 2], [3, 2], [1, 2], [1, 1, 0, 1], [1, 2], [1, 5, 3, 2]),
        (["?=2", 4, 4, 1], [2, 2], [2, 2], [0, 0, 0, 0], [1, 1], ["?=2", 2, 2, 1]), ([1, "?=5", 4, 2], [3, 3], [2, 1], [1, 0, 1, 1], [1, 1], [1, "?", 4, 2]),
        ([1, 7, 8, 2], [2, 3], [2, 3], [0, 0, 1, 0], [1, 1], [1, 3, 3, 2]), (["?=2", 5, 3], [4], [4], [1, 2], [1], ["?=2", 2, 3])]:
        file.case(op, {"x": (x, {})},
                  f"%r = tenon.{op.removesuffix('_counting')} %x {{window = {numbers(window)}, strides = {numbers(strides)}, padding = {numbers(padding)},"
                  f" dilations = {numbers(dilations)}{more}}} : {types(x)}", types(result))
file.write()

#!/usr/bin/env python3
"""Makes golden/models.golden.gz: gradients of small models and of ops at their kinks, as JAX computes them in f64.

    python3 make_goldens.py      (needs jax and ml_dtypes)
"""
import pathlib
import re
import sys

import jax
import jax.numpy as jnp
import numpy as np

folder = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(folder.parent / "numbers"))
from goldens import Family  # noqa: E402

jax.config.update("jax_enable_x64", True)
random = np.random.default_rng(11)


def draw(*shape, scale=1.0):
    return random.standard_normal(shape) * scale


def add(family, name, body, function, inputs, wrt, rel=1e-10, abs=1e-12):
    """`function` is the JAX model, of the inputs; the gradients of its scalar are with respect to the inputs `wrt`. The
    same in f32, to the precision of f32."""
    gradients = jax.grad(function, argnums=wrt)(*[jnp.asarray(x) for x in inputs])
    family.case(f"{name}/f64", body, inputs, gradients, rel, abs)
    as_f32 = [x.astype(np.float32) if x.dtype == np.float64 else x for x in inputs]
    in_f32 = [np.asarray(g, np.float32) for g in gradients]
    family.case(f"{name}/f32", re.sub(r"(x|<)f64>", r"\1f32>", body), as_f32, in_f32, 1e-4, 1e-5)


family = Family("models")

# ---- a classifier: two layers, cross-entropy of labels
labels = np.array([0, 2, 1, 2, 0], np.int32)


def classify(x, w1, b1, w2, b2, labels=labels):
    logits = jax.nn.relu(x @ w1 + b1) @ w2 + b2
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1))


mlp = """%zero = tenon.constant dense<0.0> : tensor<f64>
%h0 = tenon.matmul {0}, {1} : tensor<5x7xf64>, tensor<7x6xf64>
%h1 = tenon.add %h0, {2} : tensor<5x6xf64>, tensor<6xf64>
%h = tenon.max %h1, %zero : tensor<5x6xf64>, tensor<f64>
%o0 = tenon.matmul %h, {3} : tensor<5x6xf64>, tensor<6x3xf64>
%o = tenon.add %o0, {4} : tensor<5x3xf64>, tensor<3xf64>
%p = tenon.log_softmax %o {{axis = 1 : i64}} : tensor<5x3xf64>
%hot = tenon.one_hot {5} : tensor<5xi32> -> tensor<5x3xf64>
%picked = tenon.mul %p, %hot : tensor<5x3xf64>, tensor<5x3xf64>
%rows = tenon.reduce <sum> %picked {{axes = array<i64: 1>}} : tensor<5x3xf64>
%mean = tenon.reduce <mean> %rows {{axes = array<i64: 0>}} : tensor<5xf64>
%loss = tenon.neg %mean : tensor<f64>
"""
mlp_inputs = [draw(5, 7), draw(7, 6, scale=0.5), draw(6), draw(6, 3, scale=0.5), draw(3), labels]
mlp_types = "tensor<5x7xf64>, tensor<7x6xf64>, tensor<6xf64>, tensor<6x3xf64>, tensor<3xf64>"
add(family, "mlp", mlp + f"tenon.gradient %loss wrt {{0}}, {{1}}, {{2}}, {{3}}, {{4}} : tensor<f64> wrt {mlp_types}",
    classify, mlp_inputs, (0, 1, 2, 3, 4))

# A penalty on the gradient's norm: the second order, with respect to weights of both layers.
def penalty(x, w1, b1, w2, b2, labels=labels):
    return jnp.sum(jax.grad(classify)(x, w1, b1, w2, b2, labels) ** 2)


add(family, "gradient_penalty", mlp + """%g = tenon.gradient %loss wrt {0} : tensor<f64> wrt tensor<5x7xf64>
%q = tenon.mul %g, %g : tensor<5x7xf64>, tensor<5x7xf64>
%penalty = tenon.reduce <sum> %q {{axes = array<i64: 0, 1>}} : tensor<5x7xf64>
tenon.gradient %penalty wrt {1}, {3} : tensor<f64> wrt tensor<7x6xf64>, tensor<6x3xf64>""", penalty, mlp_inputs, (1, 3))

# ---- attention behind a layer norm, with the residual
def attend(x, scale, offset, wq, wk, wv):
    mean = x.mean(-1, keepdims=True)
    n = (x - mean) / jnp.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-5) * scale + offset
    q, k, v = n @ wq, n @ wk, n @ wv
    a = jax.nn.softmax(q @ jnp.swapaxes(k, -1, -2) * 0.5)
    return jnp.sum(jnp.tanh(a @ v + x))


add(family, "attention", """%half = tenon.constant dense<0.5> : tensor<f64>
%n = tenon.layer_norm {0}, {1}, {2} {{epsilon = 1.0e-5 : f64}} : tensor<2x5x4xf64>, tensor<4xf64>
%q = tenon.matmul %n, {3} : tensor<2x5x4xf64>, tensor<4x4xf64>
%k = tenon.matmul %n, {4} : tensor<2x5x4xf64>, tensor<4x4xf64>
%v = tenon.matmul %n, {5} : tensor<2x5x4xf64>, tensor<4x4xf64>
%s0 = tenon.matmul %q, %k {{transpose_rhs = true}} : tensor<2x5x4xf64>, tensor<2x5x4xf64>
%s = tenon.mul %s0, %half : tensor<2x5x5xf64>, tensor<f64>
%a = tenon.softmax %s {{axis = 2 : i64}} : tensor<2x5x5xf64>
%av = tenon.matmul %a, %v : tensor<2x5x5xf64>, tensor<2x5x4xf64>
%r0 = tenon.add %av, {0} : tensor<2x5x4xf64>, tensor<2x5x4xf64>
%y = tenon.tanh %r0 : tensor<2x5x4xf64>
tenon.gradient %y wrt {0}, {1}, {2}, {3}, {4}, {5} : tensor<2x5x4xf64> wrt tensor<2x5x4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4x4xf64>, tensor<4x4xf64>, tensor<4x4xf64>""",
    attend, [draw(2, 5, 4), draw(4), draw(4), draw(4, 4), draw(4, 4), draw(4, 4)], (0, 1, 2, 3, 4, 5))

# ---- a convolutional net: conv, relu, max pool, strided conv, mean
def convolve(x, w1, w2):
    dims = ("NHWC", "HWIO", "NHWC")
    y = jax.nn.relu(jax.lax.conv_general_dilated(x, w1, (1, 1), ((1, 1), (1, 1)), dimension_numbers=dims))
    y = jax.lax.reduce_window(y, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    y = jax.lax.conv_general_dilated(y, w2, (2, 1), ((0, 1), (1, 0)), dimension_numbers=dims)
    return jnp.sum(jnp.tanh(jnp.mean(y, (1, 2))))


add(family, "conv_net", """%zero = tenon.constant dense<0.0> : tensor<f64>
%c = tenon.conv {0}, {1} {{strides = array<i64: 1, 1>, padding = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>}} : tensor<2x8x6x2xf64>, tensor<3x3x2x4xf64>
%r0 = tenon.max %c, %zero : tensor<2x8x6x4xf64>, tensor<f64>
%p = tenon.max_pool %r0 {{window = array<i64: 2, 2>, strides = array<i64: 2, 2>, padding = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}} : tensor<2x8x6x4xf64>
%d = tenon.conv %p, {2} {{strides = array<i64: 2, 1>, padding = array<i64: 0, 1, 1, 0>, dilations = array<i64: 1, 1>}} : tensor<2x4x3x4xf64>, tensor<2x2x4x3xf64>
%m = tenon.reduce <mean> %d {{axes = array<i64: 1, 2>}} : tensor<2x2x3x3xf64>
%y = tenon.tanh %m : tensor<2x3xf64>
tenon.gradient %y wrt {0}, {1}, {2} : tensor<2x3xf64> wrt tensor<2x8x6x2xf64>, tensor<3x3x2x4xf64>, tensor<2x2x4x3xf64>""",
    convolve, [draw(2, 8, 6, 2), draw(3, 3, 2, 4), draw(2, 2, 4, 3)], (0, 1, 2))

# ---- a recurrent net, and its second order
def recur(xs, w, u):
    h, _ = jax.lax.scan(lambda h, x: (jnp.tanh(x @ w + h @ u), None), jnp.zeros((2, 3)), xs)
    return jnp.sum(h)


rnn = """%zero = tenon.constant dense<0> : tensor<i64>
%n = tenon.constant dense<6> : tensor<i64>
%h0 = tenon.constant dense<0.0> : tensor<2x3xf64>
%h = tenon.for %zero to %n step 1 (%h0 : tensor<2x3xf64>) -> tensor<2x3xf64> {{
^bb0(%i: tensor<i64>, %a: tensor<2x3xf64>):
  %x0 = tenon.slice {0}[%i, 0, 0] [1, 2, 4] [1, 1, 1] : tensor<6x2x4xf64>
  %x = tenon.reshape %x0 : tensor<1x2x4xf64> -> tensor<2x4xf64>
  %xw = tenon.matmul %x, {1} : tensor<2x4xf64>, tensor<4x3xf64>
  %hu = tenon.matmul %a, {2} : tensor<2x3xf64>, tensor<3x3xf64>
  %s = tenon.add %xw, %hu : tensor<2x3xf64>, tensor<2x3xf64>
  %t = tenon.tanh %s : tensor<2x3xf64>
  tenon.yield %t : tensor<2x3xf64>
}}
"""
rnn_inputs = [draw(6, 2, 4), draw(4, 3, scale=0.5), draw(3, 3, scale=0.5)]
add(family, "recurrent", rnn + "tenon.gradient %h wrt {0}, {1}, {2} : tensor<2x3xf64> wrt tensor<6x2x4xf64>, tensor<4x3xf64>, tensor<3x3xf64>",
    recur, rnn_inputs, (0, 1, 2))
add(family, "recurrent_penalty", rnn + """%g = tenon.gradient %h wrt {2} : tensor<2x3xf64> wrt tensor<3x3xf64>
%q = tenon.mul %g, %g : tensor<3x3xf64>, tensor<3x3xf64>
tenon.gradient %q wrt {1}, {2} : tensor<3x3xf64> wrt tensor<4x3xf64>, tensor<3x3xf64>""",
    lambda xs, w, u: jnp.sum(jax.grad(recur, 2)(xs, w, u) ** 2), rnn_inputs, (1, 2))

# ---- kinks
x = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0])
y = np.array([-2.0, 0.0, -0.5, 0.0, 1.0, 1.0, -2.0])
v = "tensor<7xf64>"
add(family, "abs", f"%y = tenon.abs {{0}} : {v}\ntenon.gradient %y wrt {{0}} : {v} wrt {v}", lambda x: jnp.sum(jnp.abs(x)), [x], (0,))
for name, f in [("max", jnp.maximum), ("min", jnp.minimum)]:
    add(family, name, f"%y = tenon.{name} {{0}}, {{1}} : {v}, {v}\ntenon.gradient %y wrt {{0}}, {{1}} : {v} wrt {v}, {v}",
        lambda x, y, f=f: jnp.sum(f(x, y)), [x, y], (0, 1))
add(family, "relu", f"%zero = tenon.constant dense<0.0> : tensor<f64>\n%y = tenon.max {{0}}, %zero : {v}, tensor<f64>\n"
    f"tenon.gradient %y wrt {{0}} : {v} wrt {v}", lambda x: jnp.sum(jax.nn.relu(x)), [x], (0,))
low, high = np.full(7, -1.0), np.full(7, 1.0)
add(family, "clamp", f"%y = tenon.clamp {{0}}, {{1}}, {{2}} : {v}, {v}, {v}\ntenon.gradient %y wrt {{0}}, {{1}}, {{2}} : {v} wrt {v}, {v}, {v}",
    lambda x, low, high: jnp.sum(jax.lax.clamp(low, x, high)), [x, low, high], (0, 1, 2))
for name, f in [("max", jnp.max), ("min", jnp.min)]:
    add(family, f"reduce_{name}", f"%y = tenon.reduce <{name}> {{0}} {{{{axes = array<i64: 0>}}}} : {v}\ntenon.gradient %y wrt {{0}} : tensor<f64> wrt {v}",
        lambda y, f=f: f(y), [y], (0,))
for name, f in [("floor", jnp.floor), ("ceil", jnp.ceil), ("round", jnp.round), ("sign", jnp.sign)]:
    add(family, name, f"%y = tenon.{name} {{0}} : {v}\ntenon.gradient %y wrt {{0}} : {v} wrt {v}", lambda x, f=f: jnp.sum(f(x)), [x], (0,))
(folder / "golden").mkdir(exist_ok=True)
family.write(folder / "golden")

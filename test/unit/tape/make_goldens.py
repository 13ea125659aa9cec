#!/usr/bin/env python3
"""Writes jax.inc: Jacobians, Hessians and products with them of small functions, as JAX computes them in f64.

    python3 test/unit/tape/make_goldens.py      (needs jax)

The functions stand in forward_test.cpp, too; their arguments come from a formula that it shares.
"""
import pathlib

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)


def numbers(*shape, seed):
    """The multiples of 1/1024 in [-1, 1) that drawn() in forward_test.cpp gives."""
    n = int(np.prod(shape))
    return jnp.asarray((((np.arange(n) * 7919 + seed * 104729) % 2048) - 1024).reshape(shape) / 1024.0)


w, v, u = numbers(4, 5, seed=1), numbers(3, 4, seed=2), numbers(3, 4, seed=3)
x = numbers(3, 4, seed=4)


def layer(x):  # [3, 4] -> [3, 5]
    return jnp.tanh(x @ w) * jnp.exp(jnp.sum(x, axis=1, keepdims=True))


def wide(x):  # [3, 4] -> [60]: more elements than x
    return jnp.concatenate([jnp.outer(jnp.sin(x[0]), jax.nn.softmax(x, axis=1)).reshape(-1), (x * x).reshape(-1)])


def narrow(x):  # [3, 4] -> [2]
    return jnp.stack([jnp.sum(jax.nn.sigmoid(x) * x), jnp.prod(jnp.cos(x[:, 1]))])


def loss(x):  # [3, 4] -> scalar
    return jnp.mean(layer(x) ** 2) + jax.nn.logsumexp(x[1]) * jnp.sum(x[2] ** 3)


def scan(x):  # a loop: [3, 4] -> [3, 4]
    return jax.lax.fori_loop(0, 5, lambda i, h: jnp.sin(h) * x + h / 2, x)


def newton(x):  # a loop that ends when it has converged: sqrt(1 + x^2)
    a = 1 + x * x
    return jax.lax.while_loop(lambda y: jnp.max(jnp.abs(y * y - a)) > 1e-12, lambda y: (y + a / y) / 2, a)


def write(out, name, value):
    value = np.asarray(value)
    out.write(f"const Golden {name}{{{{{', '.join(map(str, value.shape))}}}, {{\n")
    flat = [repr(float(z)) for z in value.reshape(-1)]
    for i in range(0, len(flat), 5):
        out.write("    " + ", ".join(flat[i : i + 5]) + ",\n")
    out.write("}};\n")


with open(pathlib.Path(__file__).resolve().parent / "jax.inc", "w") as out:
    out.write("// Written by make_goldens.py: do not edit.\n")
    for f in layer, wide, narrow, scan, newton:
        value, slope = jax.jvp(f, (x,), (v,))
        write(out, f"{f.__name__}_value", value)
        write(out, f"{f.__name__}_slope", slope)
    for f in layer, wide, narrow:
        write(out, f"{f.__name__}_jacobian", jax.jacrev(f)(x))
    write(out, "loss_hessian", jax.hessian(loss)(x))
    write(out, "loss_product", jax.jvp(jax.grad(loss), (x,), (v,))[1])
    # Of two arguments; a slope of a slope; a gradient through one.
    write(out, "two_slope", jax.jvp(lambda a, b: jnp.sin(a) * b, (x, u), (v, x))[1])
    write(out, "second_slope", jax.jvp(lambda a: jax.jvp(layer, (a,), (v,))[1], (x,), (u,))[1])
    write(out, "slope_gradient", jax.grad(lambda a: jnp.sum(jax.jvp(layer, (a,), (v,))[1]))(x))

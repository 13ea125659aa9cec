#!/usr/bin/env python3
"""Writes recurrent_goldens.inc: outputs, states and gradients of Keras's recurrent layers in double precision.

KERAS_BACKEND=jax python3 test/unit/nn/make_recurrent_goldens.py, with keras and jax installed. Inputs and weights come
from a formula (`numbers`) that the test has, too, so that only results are stored.
"""

import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import keras
import numpy as np

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
keras.src.backend.numpy.tanh = jnp.tanh  # Keras's own gives f32

BATCH, TIME, FEATURES, UNITS = 2, 4, 3, 2
# Per sequence, which steps count: one that ends early, and one with a gap and a masked beginning.
LENGTHS = [3, 4]
GAPS = [[True, True, False, True], [False, True, True, False]]


def numbers(shape, seed):
    """Numbers in [-0.5, 0.5) with 24 bits: exact in f32."""
    i = np.arange(int(np.prod(shape)), dtype=np.uint64)
    x = (i * 2654435761 + seed * 40503 + 12345) & 0xFFFFFFFF
    x ^= x >> 16
    x = (x * 2246822519) & 0xFFFFFFFF
    x ^= x >> 13
    return ((x >> 8).astype(np.float64) / 2**24 - 0.5).reshape(shape)


def fill(layer):
    for seed, variable in enumerate(layer.trainable_variables):
        variable.assign(2 * numbers(variable.shape, 10 + seed))


def lines_of(name, values):
    values = np.asarray(values)
    shape = ", ".join(map(str, values.shape))
    text = ", ".join(np.format_float_scientific(v, precision=12, trim="-") for v in values.reshape(-1))
    return f'{{"{name}", {{{shape}}}, {{{text}}}}},'


def states_of(results):
    return jax.tree.leaves(results)


def case(name, layer, mask=None, initial=None, gradients=False, time_major=False):
    x = 2 * numbers((BATCH, TIME, FEATURES), 1)
    layer.build(x.shape)
    fill(layer)
    kwargs = {}
    if mask is not None:
        kwargs["mask"] = jnp.asarray(mask)
    if initial is not None:
        kwargs["initial_state"] = initial
    output, *states = layer(x, **kwargs)
    result = [lines_of(f"{name}", output)]
    result += [lines_of(f"{name}/state/{i}", s) for i, s in enumerate(states_of(states))]
    if gradients:

        def loss(variables, x):
            results, _ = layer.stateless_call(variables, [v.value for v in layer.non_trainable_variables], x, **kwargs)
            results = jax.tree.leaves(results)
            return sum(jnp.sum(r * numbers(r.shape, 50 + i)) for i, r in enumerate(results))

        variables = [v.value for v in layer.trainable_variables]
        of_variables, of_x = jax.grad(loss, argnums=(0, 1))(variables, x)
        result += [lines_of(f"{name}/gradient/{i}", g) for i, g in enumerate(of_variables)]
        result.append(lines_of(f"{name}/gradient/x", of_x))
    return result


def dropped(name, layer, inputs, states):
    """The outputs of a training call whose dropout masks are given: 2 where a number of the formula is positive."""
    cell = layer.cell
    gates = {"simple": 1, "lstm": 4}.get(name, 3)
    each = states and gates > 1

    def factors(size, seed):
        return 2.0 * (numbers((gates, BATCH, size) if each else (BATCH, size), seed) > 0)

    layer.build((BATCH, TIME, FEATURES))
    fill(layer)
    if inputs:
        cell.get_dropout_mask = lambda _: jnp.asarray(factors(FEATURES, 60))
    if states:
        cell.get_recurrent_dropout_mask = lambda _: jnp.asarray(factors(UNITS, 61))
    case = "both" if inputs and states else "inputs" if inputs else "states"
    return [lines_of(f"{name}/dropped_{case}", layer(2 * numbers((BATCH, TIME, FEATURES), 1), training=True))]


def stateful(name, layer):
    """Two calls one after the other, and one after a reset."""
    x = 2 * numbers((BATCH, TIME, FEATURES), 1)
    layer.build(x.shape)
    fill(layer)
    result = [lines_of(f"{name}/stateful/{i}", layer(x)) for i in range(2)]
    layer.reset_state()
    return result + [lines_of(f"{name}/stateful/reset", layer(x))]


def main():
    layers = {
        "simple": keras.layers.SimpleRNN,
        "lstm": keras.layers.LSTM,
        "gru": keras.layers.GRU,
        "gru_before": lambda *a, **k: keras.layers.GRU(*a, reset_after=False, **k),
    }
    by_length = [[t < n for t in range(TIME)] for n in LENGTHS]
    lines = []
    for name, make in layers.items():
        def layer(sequences, **more):
            return make(UNITS, return_sequences=sequences, return_state=True, **more)

        initial = [numbers((BATCH, UNITS), 30 + i) for i in range(2 if name == "lstm" else 1)]
        lines += case(f"{name}/last", layer(False), gradients=True)
        lines += case(f"{name}/sequences", layer(True), gradients=True)
        lines += case(f"{name}/backwards", layer(True, go_backwards=True))
        lines += case(f"{name}/initial", layer(True), initial=initial)
        lines += case(f"{name}/lengths", layer(True), mask=by_length, gradients=True)
        lines += case(f"{name}/lengths_last", layer(False), mask=by_length)
        lines += case(f"{name}/gaps", layer(True), mask=GAPS)
        lines += case(f"{name}/gaps_zero", layer(True, zero_output_for_mask=True), mask=GAPS)
        lines += case(f"{name}/lengths_backwards", layer(True, go_backwards=True), mask=by_length)
        lines += case(f"{name}/no_bias", layer(True, use_bias=False))
        for sequences in (False, True):
            for merge in ("concat", "sum", "mul", "ave"):
                two = keras.layers.Bidirectional(layer(sequences), merge_mode=merge)
                lines += case(f"{name}/bidirectional_{merge}{'_sequences' if sequences else ''}", two)
        for inputs, states in [(True, False), (False, True), (True, True)]:
            rates = {"dropout": 0.5 * inputs, "recurrent_dropout": 0.5 * states}
            lines += dropped(name, make(UNITS, return_sequences=True, **rates), inputs, states)
        lines += stateful(name, make(UNITS, return_sequences=True, stateful=True))
        two = keras.layers.Bidirectional(layer(True))
        lines += case(f"{name}/bidirectional_lengths", two, mask=by_length, gradients=True)
    lines += case(
        "lstm/activations",
        keras.layers.LSTM(UNITS, activation="relu", recurrent_activation="hard_sigmoid", return_state=True),
    )
    stacked = lambda: [keras.layers.LSTMCell(UNITS), keras.layers.GRUCell(3), keras.layers.SimpleRNNCell(4)]
    lines += case("stacked/sequences", keras.layers.RNN(stacked(), return_sequences=True, return_state=True), gradients=True)
    # No masks on stacked cells: what Keras then gives depends on whether it unrolls.
    out = pathlib.Path(__file__).with_name("recurrent_goldens.inc")
    out.write_text("// Made by make_recurrent_goldens.py: name, shape, values.\n// clang-format off\n" + "\n".join(lines) + "\n")


main()

#!/usr/bin/env python3
"""Writes losses.inc: the losses of ten training steps of small models with each optimizer, by Keras and by JAX alone.

KERAS_BACKEND=jax python3 test/training_parity/make_goldens.py, with keras and jax installed. Keras's layers, losses and
optimizers run in f32. The same models, written down from their papers' formulas and differentiated by JAX in f64, are
the check of the first. Inputs and initial kernels come from a formula (`numbers`) that the test has, too; biases, scales
and offsets keep the values that Keras gives them.
"""

import os
import pathlib

os.environ["KERAS_BACKEND"] = "jax"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

STEPS = 10


def numbers(shape, seed):
    """Numbers in [-0.5, 0.5) with 24 bits: exact in f32."""
    i = np.arange(int(np.prod(shape)), dtype=np.uint64)
    x = (i * 2654435761 + seed * 40503 + 12345) & 0xFFFFFFFF
    x ^= x >> 16
    x = (x * 2246822519) & 0xFFFFFFFF
    x ^= x >> 13
    return ((x >> 8).astype(np.float64) / 2**24 - 0.5).reshape(shape)


def integers(shape, seed, count):
    return np.floor((numbers(shape, seed) + 0.5) * count).astype(np.int32)


# ---- the models in Keras -------------------------------------------------------------------------------------------


def mlp():
    return keras.Sequential([keras.Input((12,)), layers.Dense(16, "relu"), layers.Dense(8, "tanh"), layers.Dense(3)])


def cnn():
    return keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(4, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(6, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(4, "softmax"),
        ]
    )


def cnn_norm():
    return keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(1, "sigmoid"),
        ]
    )


def lstm():
    return keras.Sequential(
        [keras.Input((6, 5)), layers.LSTM(6, return_sequences=True), layers.LSTM(4), layers.Dense(1)]
    )


def gru():
    return keras.Sequential(
        [keras.Input((6, 5)), layers.Bidirectional(layers.GRU(3, return_sequences=True)), layers.SimpleRNN(4), layers.Dense(1)]
    )


def attention():
    tokens = keras.Input((5,), dtype="int32")
    x = layers.Embedding(11, 8)(tokens)
    for _ in range(2):
        x = layers.LayerNormalization()(x + layers.MultiHeadAttention(num_heads=2, key_dim=4)(x, x))
        x = layers.LayerNormalization()(x + layers.Dense(8)(layers.Dense(16, "gelu")(x)))
    return keras.Model(tokens, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))


def regression(batch):
    return lambda seed: (numbers((batch, 6, 5), seed), numbers((batch, 1), seed + 500))


MODELS = {
    "mlp": (
        mlp,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        lambda seed: (numbers((8, 12), seed), integers((8,), seed + 500, 3)),
    ),
    "cnn": (
        cnn,
        keras.losses.SparseCategoricalCrossentropy(),
        lambda seed: (numbers((4, 8, 8, 2), seed), integers((4,), seed + 500, 4)),
    ),
    "cnn_norm": (
        cnn_norm,
        keras.losses.BinaryCrossentropy(),
        lambda seed: (numbers((4, 8, 8, 2), seed), integers((4, 1), seed + 500, 2).astype(np.float64)),
    ),
    "lstm": (lstm, keras.losses.MeanSquaredError(), regression(4)),
    "gru": (gru, keras.losses.MeanSquaredError(), regression(4)),
    "attention": (
        attention,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        lambda seed: (integers((3, 5), seed, 11), integers((3,), seed + 500, 3)),
    ),
}

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.005),
}


def fill(model):
    """Kernels in order: the seed counts them alone, so that it does not matter where a layer keeps its biases."""
    seed = 10
    for variable in model.trainable_variables:
        if len(variable.shape) > 1 and not variable.path.endswith("bias"):
            variable.assign(numbers(variable.shape, seed).astype(np.float32))
            seed += 1


def train_with_keras(make, loss_of, batch, optimizer):
    model = make()
    fill(model)
    optimizer.build(model.trainable_variables)

    def forward(trainable, rest, x, y):
        outputs, rest = model.stateless_call(trainable, rest, x, training=True)
        return loss_of(y, outputs), rest

    @jax.jit
    def step(trainable, rest, slots, x, y):
        (loss, rest), gradients = jax.value_and_grad(forward, has_aux=True)(trainable, rest, x, y)
        trainable, slots = optimizer.stateless_apply(slots, gradients, trainable)
        return loss, trainable, rest, slots

    trainable = [v.value for v in model.trainable_variables]
    rest = [v.value for v in model.non_trainable_variables]
    slots = [v.value for v in optimizer.variables]
    losses = []
    for i in range(STEPS):
        x, y = batch(1000 + i)
        if x.dtype == np.float64:
            x = x.astype(np.float32)
        loss, trainable, rest, slots = step(trainable, rest, slots, x, y)
        assert loss.dtype == jnp.float32, loss.dtype
        losses.append(float(loss))
    initial = [np.asarray(v.value, np.float64) for v in make_filled(make).trainable_variables]
    return losses, initial


def make_filled(make):
    model = make()
    fill(model)
    return model


# ---- the same by JAX alone, in f64 ---------------------------------------------------------------------------------


def cross_entropy(logits, y):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1))


def convolve(x, w, stride, padding):
    return jax.lax.conv_general_dilated(x, w, (stride, stride), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))


def run_lstm(x, kernel, recurrent, bias, sequences):
    units = recurrent.shape[0]
    h = c = jnp.zeros((x.shape[0], units))
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = jnp.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        outputs.append(h)
    return jnp.stack(outputs, 1) if sequences else h


def run_gru(x, kernel, recurrent, bias):
    h = jnp.zeros((x.shape[0], recurrent.shape[0]))
    outputs = []
    for t in range(x.shape[1]):
        xz, xr, xh = jnp.split(x[:, t] @ kernel + bias[0], 3, axis=1)
        hz, hr, hh = jnp.split(h @ recurrent + bias[1], 3, axis=1)
        z, r = jax.nn.sigmoid(xz + hz), jax.nn.sigmoid(xr + hr)
        h = z * h + (1 - z) * jnp.tanh(xh + r * hh)
        outputs.append(h)
    return jnp.stack(outputs, 1)


def normalize(x, scale, offset):
    mean = jnp.mean(x, -1, keepdims=True)
    return (x - mean) / jnp.sqrt(jnp.mean((x - mean) ** 2, -1, keepdims=True) + 1e-3) * scale + offset


def loss_mlp(p, x, y):
    x = jax.nn.relu(x @ p[0] + p[1])
    return cross_entropy(jnp.tanh(x @ p[2] + p[3]) @ p[4] + p[5], y)


def loss_cnn(p, x, y):
    x = jax.nn.relu(convolve(x, p[0], 1, "SAME") + p[1])
    x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = jax.nn.relu(convolve(x, p[2], 1, "VALID") + p[3]).reshape(x.shape[0], -1)
    return cross_entropy(x @ p[4] + p[5], y)


def loss_cnn_norm(p, x, y):
    x = convolve(x, p[0], 2, "SAME")
    mean = jnp.mean(x, (0, 1, 2))
    x = (x - mean) / jnp.sqrt(jnp.mean((x - mean) ** 2, (0, 1, 2)) + 1e-3) * p[1] + p[2]
    x = jax.nn.relu(x)
    x = x.reshape(x.shape[0], 2, 2, 2, 2, 4).mean((2, 4)).reshape(x.shape[0], -1)
    z = x @ p[3] + p[4]
    return jnp.mean(jax.nn.softplus(z) - y * z)


def loss_lstm(p, x, y):
    x = run_lstm(run_lstm(x, *p[0:3], True), *p[3:6], False)
    return jnp.mean((x @ p[6] + p[7] - y) ** 2)


def loss_gru(p, x, y):
    x = jnp.concatenate([run_gru(x, *p[0:3]), run_gru(x[:, ::-1], *p[3:6])[:, ::-1]], -1)
    h = jnp.zeros((x.shape[0], 4))
    for t in range(x.shape[1]):
        h = jnp.tanh(x[:, t] @ p[6] + h @ p[7] + p[8])
    return jnp.mean((h @ p[9] + p[10] - y) ** 2)


def loss_attention(p, tokens, y):
    x = p[0][tokens]
    p = p[1:]
    for _ in range(2):
        q, k, v = (jnp.einsum("btd,dhe->bhte", x, p[2 * i]) + p[2 * i + 1][:, None] for i in range(3))
        weights = jax.nn.softmax(jnp.einsum("bhte,bhse->bhts", q, k) / 2)
        x = normalize(x + jnp.einsum("bhts,bhse,hed->btd", weights, v, p[6]) + p[7], p[8], p[9])
        x = normalize(x + jax.nn.gelu(x @ p[10] + p[11], approximate=False) @ p[12] + p[13], p[14], p[15])
        p = p[16:]
    return cross_entropy(x.mean(1) @ p[0] + p[1], y)


def sgd(g, s, t):
    return -0.1 * g, s


def momentum(g, s, t):
    s = (0.9 * s[0] - 0.05 * g,)
    return 0.9 * s[0] - 0.05 * g, s


def adam(g, s, t):
    m, v = 0.9 * s[0] + 0.1 * g, 0.999 * s[1] + 0.001 * g * g
    # Keras adds epsilon to sqrt(v) before its correction, unlike the paper's algorithm 1.
    return -0.01 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (jnp.sqrt(v) + 1e-7), (m, v)


def rmsprop(g, s, t):
    s = (0.9 * s[0] + 0.1 * g * g,)
    return -0.005 * g / jnp.sqrt(s[0] + 1e-7), s


def train_with_jax(loss_of, update, slots, initial, batch):
    p = [jnp.asarray(v) for v in initial]
    s = [(jnp.zeros_like(v),) * slots for v in p]
    step = jax.jit(jax.value_and_grad(loss_of))
    losses = []
    for i in range(STEPS):
        loss, gradients = step(p, *batch(1000 + i))
        losses.append(float(loss))
        for k, g in enumerate(gradients):
            change, s[k] = update(g, s[k], i + 1)
            p[k] = p[k] + change
    return losses


JAX_LOSSES = {f.__name__[5:]: f for f in (loss_mlp, loss_cnn, loss_cnn_norm, loss_lstm, loss_gru, loss_attention)}
JAX_OPTIMIZERS = {"sgd": (sgd, 0), "momentum": (momentum, 1), "adam": (adam, 2), "rmsprop": (rmsprop, 1)}


def main():
    rows = []
    for model, (make, loss_of, batch) in MODELS.items():
        for optimizer, make_optimizer in OPTIMIZERS.items():
            ours, initial = train_with_keras(make, loss_of, batch, make_optimizer())
            exact = train_with_jax(JAX_LOSSES[model], *JAX_OPTIMIZERS[optimizer], initial, batch)
            worst = max(abs(a - b) / abs(b) for a, b in zip(ours, exact))
            print(f"{model} {optimizer}: {exact[0]:.6f} -> {exact[-1]:.6f}, Keras in f32 from JAX in f64: {worst:.1e}")
            assert worst < 1e-5, (model, optimizer, ours, exact)
            keras_text = ", ".join(f"{v:.9e}" for v in ours)
            jax_text = ", ".join(f"{v:.12e}" for v in exact)
            rows.append(f'{{"{model}", "{optimizer}", {{{keras_text}}}, {{{jax_text}}}}},')
    text = "// Made by make_goldens.py: model, optimizer, ten losses by Keras in f32, and by JAX in f64.\n// clang-format off\n"
    pathlib.Path(__file__).with_name("losses.inc").write_text(text + "\n".join(rows) + "\n")


main()

"""Writes the numbers that models with masks are compared with, from Keras 3 on TensorFlow.

KERAS_BACKEND=tensorflow python make_mask_goldens.py, in this folder, with keras and tensorflow installed. (On JAX the
metrics of fit lose the mask.)
"""

import os
import textwrap

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
from keras import layers, losses, optimizers

rng = np.random.default_rng(23)


def array(name, x):
    numbers = ", ".join(np.format_float_scientific(v, unique=True, trim="0") + "f" for v in np.float32(x).ravel())
    return textwrap.fill(f"constexpr float {name}[] = {{{numbers}}};", 115, subsequent_indent="    ") + "\n"


def integers(name, x):
    return textwrap.fill(f"constexpr std::int64_t {name}[] = {{{', '.join(map(str, x.ravel()))}}};", 115,
                         subsequent_indent="    ") + "\n"


n, t = 6, 5
lengths = [5, 3, 1, 4, 2, 5]
words = np.array([[rng.integers(1, 7) if i < l else 0 for i in range(t)] for l in lengths])
tags = rng.integers(0, 3, size=(n, t))
rows = rng.uniform(0.2, 2, size=n).astype("f")
points = rng.normal(size=(n, t, 2)).astype("f")
for i, l in enumerate(lengths):
    points[i, l:] = -1
points[0, 1] = -1  # a gap
target = rng.normal(size=(n, 1)).astype("f")


def tagger():
    return keras.Sequential([keras.Input((t,), dtype="int32"), layers.Embedding(7, 4, mask_zero=True), layers.Dropout(0.0),
                             layers.LSTM(5, return_sequences=True), layers.Dense(3)])


def pooler():
    x = keras.Input((t, 2))
    h = layers.Masking(-1.0)(x)
    h = layers.Bidirectional(layers.GRU(3, return_sequences=True))(h)
    h = layers.BatchNormalization()(h)
    h = layers.MultiHeadAttention(2, 3)(h, h)
    h = layers.GlobalAveragePooling1D()(h)
    return keras.Model(x, layers.Dense(1)(h))


def last():
    return keras.Sequential([keras.Input((t,), dtype="int32"), layers.Embedding(7, 4, mask_zero=True),
                             layers.SimpleRNN(3), layers.Dense(1)])


def drawn(model):
    return [w if name.startswith("moving") else (0.6 * rng.normal(size=w.shape)).astype("f")
            for name, w in zip([v.name for v in model.weights], model.get_weights())]


with open("mask_goldens.inc", "w") as f:
    f.write("// Made by make_mask_goldens.py from Keras 3 on TensorFlow: padded sequences, weights, and what fit gave.\n")
    f.write(integers("data_words", words) + integers("data_tags", tags))
    f.write(array("data_rows", rows) + array("data_points", points) + array("data_target", target))

    def run(name, make, loss, x, y, **options):
        model = make()
        weights = drawn(model)
        model.set_weights(weights)
        f.write(array(f"data_{name}", np.concatenate([w.ravel() for w in weights])))
        model.compile(optimizers.SGD(0.002 if name == "pooler" else 0.2), loss, weighted_metrics=["accuracy"] if name != "pooler" else None)
        f.write(array(f"golden_{name}_before", model.predict(x, verbose=0)))
        history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0, **options).history
        for key, values in history.items():
            f.write(array(f"golden_{name}_{key}", values))
        f.write(array(f"golden_{name}_after", model.predict(x, verbose=0)))
        f.write(array(f"golden_{name}_weights", np.concatenate([w.ravel() for w in model.get_weights()])))

    cross = losses.SparseCategoricalCrossentropy(from_logits=True)
    run("tagger", tagger, cross, words, tags)
    run("weighted", tagger, cross, words, tags, sample_weight=rows[:, None])
    run("summed", tagger, losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum"), words, tags)
    run("last", last, losses.MeanSquaredError(), words, target)
    run("pooler", pooler, losses.MeanSquaredError(), points, target)

"""Writes the numbers that a model with two inputs and two outputs is compared with, from Keras 3 on JAX.

KERAS_BACKEND=jax python make_parts_goldens.py, in this folder, with keras and jax installed.
"""

import os
import textwrap

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from keras import layers, losses, metrics, optimizers

rng = np.random.default_rng(11)


def array(name, x):
    numbers = ", ".join(np.format_float_scientific(v, unique=True, trim="0") + "f" for v in np.float32(x).ravel())
    return textwrap.fill(f"constexpr float {name}[] = {{{numbers}}};", 115, subsequent_indent="    ") + "\n"


n = 10
user, item = rng.normal(size=(n, 4)).astype("f"), rng.normal(size=(n, 2)).astype("f")
rating, seen = rng.normal(size=(n, 1)).astype("f"), rng.integers(0, 3, size=n)
rows, others = rng.uniform(0.2, 2, size=n).astype("f"), rng.uniform(0.2, 2, size=n).astype("f")
weights = [(rng.normal(size=s) * 0.5).astype("f") for s in [(6, 5), (5,), (5, 1), (1,), (5, 3), (3,)]]


def model():
    inputs = {"user": keras.Input((4,), name="user"), "item": keras.Input((2,), name="item")}
    hidden = layers.Dense(5, "relu")(layers.Concatenate()([inputs["user"], inputs["item"]]))
    outputs = {"rating": layers.Dense(1, name="rating")(hidden), "seen": layers.Dense(3, name="seen")(hidden)}
    result = keras.Model(inputs, outputs)
    result.set_weights(weights)
    return result


x, y = {"user": user, "item": item}, {"rating": rating, "seen": seen}
loss = {"rating": losses.MeanSquaredError(), "seen": losses.SparseCategoricalCrossentropy(from_logits=True)}

with open("parts_goldens.inc", "w") as f:
    f.write("// Made by make_parts_goldens.py from Keras 3 on JAX: examples, weights, and what fit gave.\n")
    for name, value in [("user", user), ("item", item), ("rating", rating), ("rows", rows), ("others", others)]:
        f.write(array("data_" + name, value))
    f.write(f"constexpr std::int64_t data_seen[] = {{{', '.join(map(str, seen))}}};\n")
    f.write(array("data_weights", np.concatenate([w.ravel() for w in weights])))

    def write(name, history):
        for key, values in history.items():
            f.write(array(f"golden_{name}_{key}", values))

    m = model()
    m.compile(optimizers.SGD(0.1, momentum=0.9), loss, loss_weights={"rating": 0.5, "seen": 2.0},
              metrics={"rating": [metrics.MeanAbsoluteError(name="mae")], "seen": ["accuracy"]})
    write("plain", m.fit(x, y, batch_size=3, epochs=3, validation_split=0.2, shuffle=False, verbose=0).history)
    write("evaluate", {k: [v] for k, v in m.evaluate(x, y, batch_size=4, verbose=0, return_dict=True).items()})
    predicted = m.predict(x, verbose=0)
    f.write(array("golden_predict_rating", predicted["rating"]) + array("golden_predict_seen", predicted["seen"]))

    m = model()
    m.compile(optimizers.SGD(0.1), loss, weighted_metrics={"seen": ["accuracy"]})
    write("one", m.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0, sample_weight=rows).history)
    m = model()
    m.compile(optimizers.SGD(0.1), loss, weighted_metrics={"seen": ["accuracy"]})
    write("each", m.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0,
                        sample_weight={"rating": rows, "seen": others}, validation_data=(x, y, rows)).history)

"""Writes the numbers that losses, optimizers and schedules are compared with, from Keras 3 on JAX.

KERAS_BACKEND=jax python make_goldens.py, in this folder, with keras and jax installed.
"""

import os
import textwrap

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
from keras import losses, optimizers

rng = np.random.default_rng(5)


def numbers(x):
    return ", ".join(np.format_float_scientific(v, unique=True, trim="0") + "f" for v in np.float32(x).ravel())


def array(name, x):
    return textwrap.fill(f"constexpr float {name}[] = {{{numbers(x)}}};", 115, subsequent_indent="    ") + "\n"


# ---- losses: two matrices, probabilities, labels and weights; then the values of each sample and two reductions ------
t, p = rng.normal(size=(4, 3)).astype("f"), (3 * rng.normal(size=(4, 3))).astype("f")
logits = (8 * rng.normal(size=(4, 3))).astype("f")
logits[0] = [90, -60, 3]  # exp overflows
raw = rng.uniform(0.02, 1, size=(4, 3)).astype("f")
raw[2, 1] = 0  # clipped
q = raw / raw.sum(-1, keepdims=True)
u = rng.uniform(0, 1, size=(4, 3)).astype("f")  # probabilities that do not sum to 1
u[1] = [0, 1, 0.5]
binary = np.float32([[0, 1, 1], [1, 0, 0], [1, 1, 0], [0, 0, 1]])
labels = np.array([2, 0, 1, 1])
hot = np.eye(3, dtype="f")[labels]
target = rng.dirichlet([1, 1, 1], size=4).astype("f")
target[3] = [0, 0, 1]
weights = np.float32([0.5, 2, 0, 1.25])

with open("losses_goldens.inc", "w") as f:
    f.write("// Made by make_goldens.py from Keras 3 on JAX: [4,3] operands, then for each loss its 4 values, their\n")
    f.write("// weighted mean and their sum.\n")
    for name, x in [("t", t), ("p", p), ("logits", logits), ("q", q), ("u", u), ("binary", binary), ("hot", hot),
                    ("target", target), ("weights", weights)]:
        f.write(array("data_" + name, x))
    f.write(f"constexpr std::int64_t data_labels[] = {{{', '.join(map(str, labels))}}};\n")

    def case(name, make, y_true, y_pred):
        values = make(reduction=None)(y_true, y_pred)
        weighted = make()(y_true, y_pred, sample_weight=weights)
        total = make(reduction="sum")(y_true, y_pred)
        f.write(array("golden_" + name, np.concatenate([values, [weighted, total]])))

    from functools import partial as with_

    case("squared", losses.MeanSquaredError, t, p)
    case("absolute", losses.MeanAbsoluteError, t, p)
    case("percentage", losses.MeanAbsolutePercentageError, t, p)
    case("logarithmic", losses.MeanSquaredLogarithmicError, t, p)
    case("huber", losses.Huber, t, p)
    case("huber_2", with_(losses.Huber, delta=2.0), t, p)
    case("log_cosh", losses.LogCosh, t, 20 * p)
    case("binary", losses.BinaryCrossentropy, binary, u)
    case("binary_smooth", with_(losses.BinaryCrossentropy, label_smoothing=0.1), binary, u)
    case("binary_logits", with_(losses.BinaryCrossentropy, from_logits=True), binary, logits)
    case("binary_logits_smooth", with_(losses.BinaryCrossentropy, from_logits=True, label_smoothing=0.2), binary, logits)
    case("categorical", losses.CategoricalCrossentropy, target, q)
    case("categorical_sum", losses.CategoricalCrossentropy, target, u)
    case("categorical_logits", with_(losses.CategoricalCrossentropy, from_logits=True), target, logits)
    case("categorical_smooth", with_(losses.CategoricalCrossentropy, from_logits=True, label_smoothing=0.1), hot, logits)
    case("sparse", losses.SparseCategoricalCrossentropy, labels, q)
    case("sparse_logits", with_(losses.SparseCategoricalCrossentropy, from_logits=True), labels, logits)
    case("kl", losses.KLDivergence, target, q)
    case("poisson", losses.Poisson, binary, u)
    case("hinge", losses.Hinge, t, p)
    case("hinge_binary", losses.Hinge, binary, p)
    case("squared_hinge", losses.SquaredHinge, binary, p)
    case("categorical_hinge", losses.CategoricalHinge, hot, p)
    case("cosine", losses.CosineSimilarity, t, p)

# ---- optimizers: a matrix and a vector, ten steps along gradients that are given and partly follow the variables -----
w0, b0 = rng.normal(size=(2, 3)).astype("f"), rng.normal(size=3).astype("f")
gradients = [(rng.normal(size=(2, 3)).astype("f"), rng.normal(size=3).astype("f")) for _ in range(10)]

with open("optimizers_goldens.inc", "w") as f:
    f.write("// Made by make_goldens.py from Keras 3 on JAX: w [2,3] and b [3] before, gradients of ten steps less half\n")
    f.write("// of the variable, and for each optimizer w and b after steps 1, 2 and 10.\n")
    f.write(array("start", np.concatenate([w0.ravel(), b0])))
    f.write(array("drifts", np.concatenate([np.concatenate([g.ravel(), h]) for g, h in gradients])))

    def run(name, optimizer):
        w, b = keras.Variable(w0, name="w"), keras.Variable(b0, name="b")
        seen = []
        for i, (g, h) in enumerate(gradients):
            optimizer.apply_gradients([(g + w * np.float32(0.5), w), (h + b * np.float32(0.5), b)])
            if i + 1 in (1, 2, 10):
                seen += [keras.ops.convert_to_numpy(w).ravel(), keras.ops.convert_to_numpy(b)]
        f.write(array("golden_" + name, np.concatenate(seen)))

    run("sgd", optimizers.SGD(0.1))
    run("sgd_momentum", optimizers.SGD(0.1, momentum=0.9))
    run("sgd_nesterov", optimizers.SGD(0.1, momentum=0.9, nesterov=True))
    run("sgd_clipnorm", optimizers.SGD(0.1, clipnorm=0.7))
    run("sgd_clipvalue", optimizers.SGD(0.1, clipvalue=0.3))
    run("sgd_global_clipnorm", optimizers.SGD(0.1, global_clipnorm=0.7))
    run("sgd_decay", optimizers.SGD(0.1, momentum=0.5, weight_decay=0.05))
    run("adam", optimizers.Adam(0.01))
    run("adam_options", optimizers.Adam(0.02, beta_1=0.8, beta_2=0.9, epsilon=1e-4, clipnorm=1.0))
    run("amsgrad", optimizers.Adam(0.05, amsgrad=True, beta_2=0.7))
    run("adamw", optimizers.AdamW(0.01))
    run("adamw_decay", optimizers.AdamW(0.01, weight_decay=0.3))
    run("rmsprop", optimizers.RMSprop(0.01))
    run("rmsprop_options", optimizers.RMSprop(0.01, rho=0.8, momentum=0.5, centered=True))
    run("adagrad", optimizers.Adagrad(0.1))
    run("adagrad_options", optimizers.Adagrad(0.1, initial_accumulator_value=0.5, epsilon=1e-3))
    run("lion", optimizers.Lion(0.01))
    run("lion_decay", optimizers.Lion(0.01, beta_1=0.8, beta_2=0.9, weight_decay=0.1))
    run("schedule", optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)))

# ---- schedules: the rate after 0, 1, 2, ..., 15 steps ---------------------------------------------------------------
S = optimizers.schedules
with open("schedules_goldens.inc", "w") as f:
    f.write("// Made by make_goldens.py from Keras 3 on JAX: rates after 0, 1, ..., 15 steps.\n")
    for name, schedule in [
        ("exponential", S.ExponentialDecay(0.1, 4, 0.5)),
        ("staircase", S.ExponentialDecay(0.1, 4, 0.5, staircase=True)),
        ("inverse_time", S.InverseTimeDecay(0.1, 4, 0.5)),
        ("polynomial", S.PolynomialDecay(0.1, 10)),
        ("polynomial_2", S.PolynomialDecay(0.1, 10, end_learning_rate=0.02, power=2.0)),
        ("polynomial_cycle", S.PolynomialDecay(0.1, 4, end_learning_rate=0.01, power=1.5, cycle=True)),
        ("cosine", S.CosineDecay(0.1, 10)),
        ("cosine_alpha", S.CosineDecay(0.1, 10, alpha=0.2)),
        ("cosine_warmup", S.CosineDecay(0.01, 8, alpha=0.1, warmup_target=0.1, warmup_steps=4)),
        ("piecewise", S.PiecewiseConstantDecay([3, 7], [0.1, 0.05, 0.01])),
    ]:
        f.write(array("golden_" + name, [schedule(np.int32(i)) for i in range(16)]))

# ---- metrics: two batches of five, without weights and with ----------------------------------------------------------
from keras import metrics

y1 = rng.integers(0, 2, size=(10, 3)).astype("f")
p1 = rng.uniform(0, 1, size=(10, 3)).astype("f")
classes = rng.integers(0, 3, size=10)
w1 = rng.uniform(0, 2, size=10).astype("f")
with open("metrics_goldens.inc", "w") as f:
    f.write("// Made by make_goldens.py from Keras 3 on JAX: [10,3] operands in two batches of five, then for each metric\n")
    f.write("// its result without weights and with a weight for each row.\n")
    for name, x in [("y", y1), ("p", p1), ("rows", w1)]:
        f.write(array("data_" + name, x))
    f.write(f"constexpr std::int64_t data_classes[] = {{{', '.join(map(str, classes))}}};\n")
    for name, make, y, p_ in [
        ("accuracy", metrics.Accuracy, y1, (p1 > 0.3).astype("f")),
        ("binary_accuracy", lambda: metrics.BinaryAccuracy(threshold=0.4), y1, p1),
        ("categorical_accuracy", metrics.CategoricalAccuracy, np.eye(3, dtype="f")[classes], p1),
        ("sparse_categorical_accuracy", metrics.SparseCategoricalAccuracy, classes, p1),
        ("top_2", lambda: metrics.SparseTopKCategoricalAccuracy(k=2), classes, p1),
        ("precision", metrics.Precision, y1, p1),
        ("recall", lambda: metrics.Recall(thresholds=0.3), y1, p1),
        ("auc", metrics.AUC, y1[:, :1], p1[:, :1]),
        ("mse", metrics.MeanSquaredError, y1, p1),
        ("rmse", metrics.RootMeanSquaredError, y1, p1),
        ("mae", metrics.MeanAbsoluteError, y1, p1),
    ]:
        results = []
        for w in (None, w1):
            m = make()
            for batch in (slice(0, 5), slice(5, 10)):
                row = None if w is None else w[batch]
                if row is not None and name == "auc":
                    row = row[:, None]
                m.update_state(y[batch], p_[batch], sample_weight=row)
            results.append(float(m.result()))
        f.write(array("golden_" + name, results))

# ---- fit: a small perceptron from given weights, ten examples in batches of three, in order --------------------------
x = rng.normal(size=(10, 4)).astype("f")
fit_labels = rng.integers(0, 3, size=10)
layers = [(rng.normal(size=s).astype("f") * 0.5) for s in [(4, 5), (5,), (5, 3), (3,)]]
rows = rng.uniform(0.2, 2, size=10).astype("f")


def perceptron():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, "relu"), keras.layers.Dense(3)])
    model.set_weights(layers)
    return model


with open("fit_goldens.inc", "w") as f:
    f.write("// Made by make_goldens.py from Keras 3 on JAX: examples, weights, and what fit's three epochs gave.\n")
    f.write(array("data_x", x) + array("data_rows", rows))
    f.write(f"constexpr std::int64_t data_labels[] = {{{', '.join(map(str, fit_labels))}}};\n")
    for name, value in zip(["kernel_1", "bias_1", "kernel_2", "bias_2"], layers):
        f.write(array("data_" + name, value))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model = perceptron()
    model.compile(optimizers.SGD(0.1, momentum=0.9), loss, metrics=["accuracy"])
    h = model.fit(x, fit_labels, batch_size=3, epochs=3, validation_split=0.2, shuffle=False, verbose=0).history
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        f.write(array("golden_" + key, h[key]))
    f.write(array("golden_evaluate", model.evaluate(x, fit_labels, batch_size=4, verbose=0)))
    f.write(array("golden_predict", model.predict(x, verbose=0)))
    model = perceptron()
    model.compile(optimizers.Adam(0.05), loss, weighted_metrics=["accuracy"])
    h = model.fit(x, fit_labels, batch_size=4, epochs=3, shuffle=False, verbose=0, 
                  sample_weight=rows * np.float32([1.0, 2.0, 0.5])[fit_labels]).history
    f.write(array("golden_weighted_loss", h["loss"]) + array("golden_weighted_accuracy", h["accuracy"]))

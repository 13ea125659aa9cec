#!/usr/bin/env python3
"""Makes data/layers.safetensors with Keras 3 (KERAS_BACKEND=jax): for each case of layers_test.cpp the input, the
weights, the output, and the gradients of sum(output * r) for random r. What it writes is committed, so tests need no Python."""
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
import jax
import keras
import numpy as np
from keras import layers as L
from safetensors.numpy import save_file

random = np.random.default_rng(11)
out = {}


def normal(*shape):
    return random.normal(size=shape).astype(np.float32)


def case(name, layer, x, names=(), **call):
    """Weights are random, in Keras's order, under `names`."""
    xs = x if isinstance(x, list) else [x]
    layer(*xs, **call) if not isinstance(layer, (L.Add, L.Concatenate)) else layer(xs)
    weights = [w for w in layer.weights if "seed" not in w.path]
    assert len(weights) == len(names), [w.path for w in weights]
    for weight, label in zip(weights, names):
        value = normal(*weight.shape)
        weight.assign(np.abs(value) + 0.5 if "variance" in label else value)
        out[f"{name}/{label}"] = np.array(weight)
    for i, a in enumerate(xs):
        out[f"{name}/x{i if i else ''}"] = a
    gradients(name, layer, xs, weights, names, call)
    y = layer(*xs, **call) if not isinstance(layer, (L.Add, L.Concatenate)) else layer(xs)
    out[f"{name}/y"] = np.array(y[0] if isinstance(y, tuple) else y)
    for weight, label in zip(weights, names):
        if "moving" in label:
            out[f"{name}/after_{label}"] = np.array(weight)


def gradients(name, layer, xs, weights, names, call):
    if isinstance(layer, (L.Add, L.Concatenate)):
        return
    fixed = [v.value for v in layer.non_trainable_variables]
    floating = xs[0].dtype == np.float32

    def result(trainable, x):
        y = layer.stateless_call(trainable, fixed, x if floating else xs[0], *xs[1:], **call)[0]
        return y[0] if isinstance(y, tuple) else y

    trainable = [v.value for v in layer.trainable_variables]
    x = xs[0].astype(np.float32)
    r = normal(*result(trainable, x).shape)
    of_weights, of_x = jax.grad(lambda t, x: (result(t, x) * r).sum(), argnums=(0, 1))(trainable, x)
    out[f"{name}/r"] = r
    if floating:
        out[f"{name}/dx"] = np.array(of_x)
    for v, g in zip(layer.trainable_variables, of_weights):
        label = names[next(i for i, w in enumerate(weights) if w is v)]
        out[f"{name}/d_{label}"] = np.array(g)


kb = ("kernel", "bias")
case("dense", L.Dense(5, activation="gelu"), normal(2, 3, 4), kb)
case("conv1d", L.Conv1D(5, 3, strides=2, activation="relu"), normal(2, 9, 3), kb)
case("conv1d_causal", L.Conv1D(4, 3, padding="causal", dilation_rate=2), normal(2, 9, 3), kb)
case("conv2d", L.Conv2D(4, 3), normal(2, 7, 6, 3), kb)
case("conv2d_same", L.Conv2D(4, (3, 5), strides=2, padding="same"), normal(2, 8, 7, 3), kb)
case("conv2d_dilated", L.Conv2D(4, 3, dilation_rate=2, use_bias=False), normal(1, 9, 8, 2), ("kernel",))
case("conv2d_groups", L.Conv2D(6, 3, groups=2), normal(2, 6, 6, 4), kb)
case("depthwise", L.DepthwiseConv2D(3, depth_multiplier=2, strides=2, padding="same"), normal(2, 7, 6, 3), kb)
for window, stride, padding in [(3, 1, "valid"), (3, 2, "valid"), (3, 2, "same"), (4, 2, "same"), (2, 3, "valid"),
                                (2, 3, "same"), (3, 1, "same")]:
    case(f"transpose_{window}_{stride}_{padding}", L.Conv2DTranspose(4, window, strides=stride, padding=padding),
         normal(2, 4, 5, 3), kb)
case("max_pool1d", L.MaxPooling1D(3, strides=2, padding="same"), normal(2, 8, 3))
case("avg_pool1d", L.AveragePooling1D(3, strides=2, padding="same"), normal(2, 8, 3))
case("max_pool2d", L.MaxPooling2D(), normal(2, 7, 6, 3))
case("max_pool2d_same", L.MaxPooling2D((3, 2), strides=(2, 1), padding="same"), normal(2, 7, 6, 3))
case("avg_pool2d", L.AveragePooling2D(2), normal(2, 7, 6, 3))
case("avg_pool2d_same", L.AveragePooling2D(3, strides=2, padding="same"), normal(2, 7, 6, 3))
case("global_max1d", L.GlobalMaxPooling1D(), normal(2, 5, 3))
case("global_max2d", L.GlobalMaxPooling2D(keepdims=True), normal(2, 4, 5, 3))
case("global_avg1d", L.GlobalAveragePooling1D(), normal(2, 5, 3))
case("global_avg2d", L.GlobalAveragePooling2D(), normal(2, 4, 5, 3))
bn = ("gamma", "beta", "moving_mean", "moving_variance")
case("batch_norm", L.BatchNormalization(), normal(4, 3, 5) * 2 + 1, bn)
case("batch_norm_training", L.BatchNormalization(), normal(4, 3, 2, 5) * 2 + 1, bn, training=True)
case("batch_norm_plain", L.BatchNormalization(momentum=0.5, epsilon=0.1, center=False, scale=False),
     normal(6, 3) * 2 + 1, bn[2:], training=True)
case("layer_norm", L.LayerNormalization(), normal(2, 3, 6) * 2 + 1, ("gamma", "beta"))
case("layer_norm_plain", L.LayerNormalization(epsilon=0.01, center=False), normal(2, 6) * 2 + 1, ("gamma",))
case("group_norm", L.GroupNormalization(3), normal(2, 4, 3, 6) * 2 + 1, ("gamma", "beta"))
case("instance_norm", L.GroupNormalization(-1, center=False, scale=False), normal(2, 5, 4) * 2 + 1)
case("embedding", L.Embedding(7, 4), random.integers(0, 7, (2, 3)).astype(np.int64), ("embeddings",))
case("flatten", L.Flatten(), normal(2, 3, 4))
case("add", L.Add(), [normal(2, 3), normal(2, 3), normal(2, 1)])
case("concat", L.Concatenate(axis=1), [normal(2, 3, 2), normal(2, 1, 2)])
qkv = tuple(f"{a}.{b}" for a in ("query", "key", "value", "output") for b in kb)
case("attention", L.MultiHeadAttention(3, 4), [normal(2, 5, 6), normal(2, 7, 6)], qkv)
case("attention_causal", L.MultiHeadAttention(2, 4, value_dim=3, output_shape=5), [x := normal(2, 5, 6), x], qkv,
     use_causal_mask=True, return_attention_scores=True)  # without the scores, Keras takes values of the key's size alone
mask = random.integers(0, 2, (2, 5, 7)).astype(bool)
mask[:, :, 0] = True
case("attention_mask", L.MultiHeadAttention(2, 4, use_bias=False), [normal(2, 5, 6), normal(2, 7, 3), normal(2, 7, 4)],
     qkv[::2], attention_mask=mask)
out["attention_mask/mask"] = mask
x = np.linspace(-4, 8, 25).astype(np.float32)
out["activations/x"] = x
for name in ("linear", "relu", "sigmoid", "tanh", "exponential", "softplus", "silu", "gelu", "softmax", "log_softmax",
             "elu", "selu", "leaky_relu", "relu6", "softsign", "hard_sigmoid", "hard_silu", "mish"):
    out[f"activations/{name}"] = np.array(getattr(keras.activations, name)(x[None]))[0]
out["activations/gelu_tanh"] = np.array(keras.activations.gelu(x, approximate=True))
random = np.random.default_rng(12)
for window, stride, dilation, padding in [(3, 1, 2, "valid"), (3, 1, 2, "same"), ((2, 3), 1, (3, 1), "valid")]:
    label = f"transpose_dilated_{window}_{padding}".replace(", ", "x").replace("(", "").replace(")", "")
    case(label, L.Conv2DTranspose(4, window, strides=stride, padding=padding, dilation_rate=dilation), normal(2, 4, 5, 3), kb)
# Narrow dtypes: the statistics and the affine map are f32's.
for dtype in ("float16", "bfloat16"):
    for kind, layer in [("batch_norm", L.BatchNormalization(dtype="mixed_" + dtype)),
                        ("layer_norm", L.LayerNormalization(dtype="mixed_" + dtype)),
                        ("group_norm", L.GroupNormalization(2, dtype="mixed_" + dtype))]:
        x = jax.numpy.asarray(normal(600, 4) * 3 + 40).astype(dtype)
        y = layer(x, training=True) if kind == "batch_norm" else layer(x)
        assert y.dtype == dtype
        out[f"{kind}_{dtype}/x"], out[f"{kind}_{dtype}/y"] = (np.array(a.astype("float32")) for a in (x, y))
        if kind == "batch_norm":
            out[f"{kind}_{dtype}/mean"] = np.array(layer.moving_mean)
            out[f"{kind}_{dtype}/variance"] = np.array(layer.moving_variance)

path = Path(__file__).parent / "data" / "layers.safetensors"
save_file({k: np.ascontiguousarray(v) for k, v in out.items()}, path)
print(path.stat().st_size, "bytes,", len(out), "arrays")

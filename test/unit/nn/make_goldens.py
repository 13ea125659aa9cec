#!/usr/bin/env python3
"""Makes data/*.safetensors and data/*.npy with Python's safetensors and NumPy; what it writes is committed, so tests
need no Python. With a file as argument: checks that Python's safetensors reads it, and prints what it holds."""
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
from safetensors.numpy import load_file, save_file

data = Path(__file__).parent / "data"


def main():
    data.mkdir(exist_ok=True)
    save_file({
        "f32": np.arange(6, dtype=np.float32).reshape(2, 3) / 2,
        "f64": np.array([0.1, 0.2]),
        "f16": np.array([1.5, -2], np.float16),
        "bf16": np.array([1, -2], ml_dtypes.bfloat16),
        "i8": np.array([-128, 127], np.int8),
        "i16": np.array([-32768, 5], np.int16),
        "i32": np.array([[1], [2]], np.int32),
        "i64": np.array([-1, 2**53 + 1], np.int64),
        "u8": np.array([0, 255], np.uint8),
        "bool": np.array([True, False, True]),
        "scalar": np.array(3.5, np.float32),
        "empty": np.zeros((0, 3), np.float32),
        'quo"te\\\né\x01': np.array([7], np.int32),
    }, data / "all.safetensors")

    # The network of weights_test.cpp: softmax(relu(x w + b) w2 + b2).
    random = np.random.default_rng(5)
    net = {
        "fc1.kernel": random.normal(size=(5, 4)).astype(np.float32),
        "fc1.bias": random.normal(size=4).astype(np.float32),
        "rest.0.kernel": random.normal(size=(4, 3)).astype(np.float32),
        "rest.0.bias": random.normal(size=3).astype(np.float32),
    }
    save_file(net, data / "net.safetensors", metadata={"format": "np"})
    x = random.normal(size=(3, 5)).astype(np.float32)
    z = np.maximum(x.astype(np.float64) @ net["fc1.kernel"] + net["fc1.bias"], 0) @ net["rest.0.kernel"] + net["rest.0.bias"]
    e = np.exp(z - z.max(-1, keepdims=True))
    np.save(data / "net_x.npy", x)
    np.save(data / "net_y.npy", (e / e.sum(-1, keepdims=True)).astype(np.float32))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        for name, value in load_file(sys.argv[1]).items():
            print(name, value.dtype, value.shape)
    else:
        main()

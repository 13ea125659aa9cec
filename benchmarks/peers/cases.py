"""The models that Tenon and its peers are compared on, each written once against a small op set that a system supplies,
and what their calls cost at least: floating-point operations and bytes of memory.

Nothing but the standard library is needed to import this file; NumPy draws the weights.
"""
import math

CASES = {}


def case(name, **kw):
    def register(build):
        CASES[name] = (build, kw)
        return build
    return register


# --- models ------------------------------------------------------------------------------------
# A builder gets an op set `B` (a peer), a weight source `W(name, *shape)` and its inputs.

def mlp(B, W, x, sizes=(784, 512, 512, 10)):
    for i, (m, n) in enumerate(zip(sizes, sizes[1:])):
        x = B.bias(B.matmul(x, W(f"w{i}", m, n)), W(f"b{i}", n))
        if i + 2 < len(sizes):
            x = B.relu(x)
    return B.softmax(x)


def conv_bn_relu(B, W, x, name, k, cin, cout, stride=1):
    return B.relu(B.bias(B.conv(x, W(f"{name}.w", k, k, cin, cout), stride), W(f"{name}.b", cout)))


def small_cnn(B, W, x):  # 28x28x1, LeNet-sized
    x = B.maxpool(conv_bn_relu(B, W, x, "c0", 3, 1, 32))
    x = B.maxpool(conv_bn_relu(B, W, x, "c1", 3, 32, 64))
    x = B.reshape(x, (x.shape[0], 7 * 7 * 64))
    return mlp(B, W, x, (7 * 7 * 64, 128, 10))


def resnet8(B, W, x):  # 32x32x3, three residual stages
    x = conv_bn_relu(B, W, x, "stem", 3, 3, 16)
    cin = 16
    for s, cout in enumerate((16, 32, 64)):
        stride = 1 if s == 0 else 2
        y = conv_bn_relu(B, W, x, f"s{s}a", 3, cin, cout, stride)
        y = B.bias(B.conv(y, W(f"s{s}b.w", 3, 3, cout, cout), 1), W(f"s{s}b.b", cout))
        sc = x if stride == 1 and cin == cout else B.conv(x, W(f"s{s}p.w", 1, 1, cin, cout), stride)
        x, cin = B.relu(B.add(y, sc)), cout
    return mlp(B, W, B.mean_hw(x), (64, 10))


def mobilenet(B, W, x):  # MobileNetV1, width 0.5, 128x128x3
    x = conv_bn_relu(B, W, x, "stem", 3, 3, 16, 2)
    c = 16
    plan = [(32, 1), (64, 2), (64, 1), (128, 2), (128, 1), (256, 2)] + [(256, 1)] * 5 + [(512, 2), (512, 1)]
    for i, (cout, s) in enumerate(plan):
        x = B.relu(B.bias(B.depthwise(x, W(f"d{i}.w", 3, 3, c, 1), s), W(f"d{i}.b", c)))
        x = conv_bn_relu(B, W, x, f"p{i}", 1, c, cout)
        c = cout
    return mlp(B, W, B.mean_hw(x), (c, 1000))


def layernorm(B, W, x, name, d):
    mu = B.mean_last(x)
    xc = B.sub(x, mu)
    inv = B.rsqrt(B.mean_last(B.mul(xc, xc)), 1e-5)
    return B.bias(B.mul(B.mul(xc, inv), W(f"{name}.g", d)), W(f"{name}.b", d))


def encoder(B, W, x, layers=2, d=384, heads=12, seq=128):  # MiniLM-shaped, pre-norm
    h = d // heads
    for l in range(layers):
        y = layernorm(B, W, x, f"l{l}.n1", d)
        q, k, v = (B.transpose(B.reshape(B.bias(B.matmul(y, W(f"l{l}.{n}w", d, d)), W(f"l{l}.{n}b", d)),
                                         (1, seq, heads, h)), (0, 2, 1, 3)) for n in "qkv")
        a = B.softmax(B.scale(B.matmul(q, B.transpose(k, (0, 1, 3, 2))), h ** -0.5))
        o = B.reshape(B.transpose(B.matmul(a, v), (0, 2, 1, 3)), (1, seq, d))
        x = B.add(x, B.bias(B.matmul(o, W(f"l{l}.ow", d, d)), W(f"l{l}.ob", d)))
        y = layernorm(B, W, x, f"l{l}.n2", d)
        y = B.gelu(B.bias(B.matmul(y, W(f"l{l}.f1", d, 4 * d)), W(f"l{l}.g1", 4 * d)))
        x = B.add(x, B.bias(B.matmul(y, W(f"l{l}.f2", 4 * d, d)), W(f"l{l}.g2", d)))
    return x


def lstm(B, W, x, hidden=256):  # x: [time, batch, features]; a loop in the graph, not an unrolled one
    feat = x.shape[2]
    return B.lstm(x, W("wx", feat, 4 * hidden), W("wh", hidden, 4 * hidden), W("b", 4 * hidden))


def gemm(B, W, a, columns=None):  # a times a constant
    return B.matmul(a, W("b", a.shape[1], columns or a.shape[1]))


def call_overhead(B, W, x):  # what a peer's own call costs; subtract it before praising a small model
    return B.add(x, x)


def collatz(B, W, n):  # data-dependent while with an if inside: total steps of 1..n[0]
    return B.collatz(n)


def train(forward, classes, batch):  # softmax cross-entropy + backward + Adam, one step
    def build(B, W, x):
        return B.train_step(forward, W, x, classes, batch)
    build.is_training = True
    return build


# What a case is, beside its model: `x` the shape of its input, or of all of `value`; `only` the peers that can run it;
# `inputs` weights that are inputs as well; `like` the case of the peers that it is compared with.
for _b in (1, 8, 64):
    case(f"mlp_b{_b}", x=(_b, 784))(mlp)
case("cnn_b1", x=(1, 28, 28, 1))(small_cnn)
case("cnn_b32", x=(32, 28, 28, 1))(small_cnn)
case("resnet8_b1", x=(1, 32, 32, 3))(resnet8)
case("mobilenet_b1", x=(1, 128, 128, 3))(mobilenet)
case("encoder_b1", x=(1, 128, 384))(encoder)
case("lstm_t64_b1", x=(64, 1, 128))(lstm)
case("lstm_t64_b16", x=(64, 16, 128))(lstm)
case("lstm_open_t64_b1", x=(64, 1, 128), only=(), like="lstm_t64_b1")(lstm)  # ours for any time and batch
case("lstm_open_t64_b16", x=(64, 16, 128), only=(), like="lstm_t64_b16")(lstm)
for _n in (64, 128, 256, 512, 1024, 2048):
    case(f"gemm_{_n}", x=(_n, _n))(gemm)
case("call_overhead", x=(1, 1))(call_overhead)
case("collatz_1000", x=(1,), value=1000, only=("jax", "tf", "tfxla", "iree"))(collatz)
case("train_mlp_b32", x=(32, 784), only=("jax", "tf", "tfxla"))(train(mlp, 10, 32))
case("train_cnn_b32", x=(32, 28, 28, 1), only=("jax", "tf", "tfxla"))(train(small_cnn, 10, 32))


# Products alone, ours against the machine's peak: cubes and odd shapes, M x N x K; `_rt` have both factors at run time.
CUBES = (64, 128, 256, 512, 1024, 2048)
ODD = ((7, 300, 1000), (129, 257, 513), (1000, 10, 784), (33, 1023, 65), (1, 1024, 1024), (500, 500, 33), (1500, 36, 100),
       (255, 1, 255))
for _m, _n, _k in [(_n, _n, _n) for _n in CUBES] + list(ODD):
    _product = lambda B, W, a, n=_n: gemm(B, W, a, n)
    if (_m, _n, _k) in ODD:
        case(f"gemm_{_m}x{_n}x{_k}", x=(_m, _k), only=())(_product)
    case(f"gemm_{_m}x{_n}x{_k}_rt", x=(_m, _k), only=(), inputs=("b",))(_product)


def make_weights():
    import numpy as np
    store = {}

    def weight(name, *shape):
        if name not in store:
            rng = np.random.default_rng(abs(hash_name(name)) % (1 << 32))
            fan = int(np.prod(shape[:-1])) or 1
            w = rng.standard_normal(shape, dtype=np.float32) * np.float32((2.0 / fan) ** 0.5)
            if name.endswith(".g"):
                w = np.ones(shape, np.float32) + np.float32(0.1) * w
            store[name] = w.astype(np.float32)
        return store[name]
    weight.store = store
    return weight


def hash_name(s):
    h = 2166136261
    for ch in s.encode():
        h = (h ^ ch) * 16777619 & 0xFFFFFFFF
    return h


def input_of(shape):
    import numpy as np
    return np.random.default_rng(7).standard_normal(shape, dtype=np.float32)


# --- what a case costs at least ------------------------------------------------------------------

class Shapes:
    """An op set of shapes alone. `flops` are those of contractions, `reads` bytes of weights that a loop reads again."""

    class T:
        def __init__(s, *shape): s.shape = tuple(shape)

    def __init__(self): self.contractions, self.reads, self.updates = [], 0, 1

    def same(s, x, *_): return x
    bias = add = sub = mul = scale = relu = gelu = softmax = rsqrt = same

    def contract(s, flops, *shape):
        s.contractions.append(flops)
        return Shapes.T(*shape)

    def matmul(s, a, b):
        m, k, n = a.shape[-2], a.shape[-1], b.shape[-1]
        return s.contract(2 * math.prod(a.shape[:-2]) * m * k * n, *a.shape[:-1], n)

    def conv(s, x, w, stride):
        n, h, ww, _ = x.shape
        shape = n, -(-h // stride), -(-ww // stride), w.shape[3]
        return s.contract(2 * math.prod(shape) * math.prod(w.shape[:3]), *shape)

    def depthwise(s, x, w, stride):
        n, h, ww, c = x.shape
        shape = n, -(-h // stride), -(-ww // stride), c
        return s.contract(2 * math.prod(shape) * math.prod(w.shape[:2]), *shape)

    def maxpool(s, x): return Shapes.T(x.shape[0], x.shape[1] // 2, x.shape[2] // 2, x.shape[3])
    def mean_hw(s, x): return Shapes.T(x.shape[0], x.shape[3])
    def mean_last(s, x): return Shapes.T(*x.shape[:-1], 1)
    def reshape(s, x, shape): return Shapes.T(*shape)
    def transpose(s, x, p): return Shapes.T(*(x.shape[i] for i in p))

    def lstm(s, x, wx, wh, b):
        time, batch, features = x.shape
        h = wh.shape[0]
        s.reads += 4 * (time - 1) * math.prod(wh.shape)
        return s.contract(2 * time * batch * (features + h) * 4 * h, time, batch, h)

    def collatz(s, n): return Shapes.T()

    def train_step(s, forward, W, x, classes, batch):
        forward(s, W, x)
        # Two more products for each: the gradients of its weights and, but for the first, of its input.
        s.contractions += [2 * sum(s.contractions) - s.contractions[0]]
        s.updates = 6  # value and two slots, read and written
        return Shapes.T()


def cost(name):
    """Floating-point operations, bytes read and written, and bytes of the working set of a call."""
    build, kw = CASES[name]
    ops, weights = Shapes(), {}

    def weight(name, *shape):
        weights[name] = 4 * math.prod(shape)
        return Shapes.T(*shape)
    out = build(ops, weight, Shapes.T(*kw["x"]))
    own = 4 * (math.prod(kw["x"]) + math.prod(out.shape))
    kept = sum(weights.values())
    return {"flops": sum(ops.contractions), "bytes": own + kept * ops.updates + ops.reads,
            "set": own + kept * max(1, ops.updates // 2)}

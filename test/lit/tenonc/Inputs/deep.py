"""A training step's gradients for a deep network, with every `span` layers a checkpoint or (0) without any."""

import sys

kind, depth, span, name = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
H, W = ("64x32xf32", "32x32xf32") if kind == "mlp" else ("4x10x10x8xf32", "3x3x8x8xf32")
H, W = f"tensor<{H}>", f"tensor<{W}>"


def layer(i, x, indent):
    product = (f"tenon.matmul {x}, %w{i} : {H}, {W}" if kind == "mlp" else
               f"tenon.conv {x}, %w{i} {{strides = array<i64: 1, 1>, padding = array<i64: 1, 1, 1, 1>, "
               f"dilations = array<i64: 1, 1>}} : {H}, {W}")
    print(f"{indent}%a{i} = {product}\n{indent}%t{i} = tenon.tanh %a{i} : {H}\n{indent}%s{i} = tenon.sin %a{i} : {H}\n"
          f"{indent}%m{i} = tenon.mul %t{i}, %s{i} : {H}, {H}\n{indent}%r{i} = tenon.add %m{i}, {x} : {H}, {H}")
    return f"%r{i}"


all_w = ", ".join([W] * depth)
print(f"module @{name} {{\nfunc.func @step(%x: {H}, {', '.join(f'%w{i}: {W}' for i in range(depth))}) -> ({all_w}) {{")
x = "%x"
for i in range(0, depth, span or 1):
    if not span:
        x = layer(i, x, "  ")
        continue
    print(f"  %c{i} = tenon.checkpoint -> {H} {{")
    y = x
    for k in range(i, min(i + span, depth)):
        y = layer(k, y, "    ")
    print(f"    tenon.yield {y} : {H}\n  }}")
    x = f"%c{i}"
axes = "0, 1" if kind == "mlp" else "0, 1, 2, 3"
print(f"  %q = tenon.mul {x}, {x} : {H}, {H}\n  %l = tenon.reduce <mean> %q {{axes = array<i64: {axes}>}} : {H}\n"
      f"  %g:{depth} = tenon.gradient %l wrt {', '.join(f'%w{i}' for i in range(depth))} : tensor<f32> wrt {all_w}\n"
      f"  return {', '.join(f'%g#{i}' for i in range(depth))} : {all_w}\n}}\n}}")

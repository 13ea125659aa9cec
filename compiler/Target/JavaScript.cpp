// Writes the JavaScript module of a model: loads the WebAssembly module, moves typed arrays in and out of its memory.
#include "compiler/Target/Header.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::tenon;

static constexpr StringLiteral body = R"js(
const elementTypes = {
  f32: Float32Array, f64: Float64Array, f16: Uint16Array, bf16: Uint16Array, i8: Int8Array, i16: Int16Array,
  i32: Int32Array, i64: BigInt64Array, u8: Uint8Array, i1: Uint8Array,
};

/** What a function returned instead of 0: `code` is one of tenon/runtime/abi.h, the message a sentence. */
export class TenonError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * Loads the model. `source`: nothing (the file beside this one), a URL, the bytes, or a WebAssembly.Module.
 * The result has a method per function: `model.f({dims..., inputs..., [weights], [state]}) -> {outputs...}` with typed
 * arrays in row-major order; its arguments are described by `interfaces`. One call at a time: JavaScript's way.
 */
export async function load(source = new URL(wasmFile, import.meta.url)) {
  let module = source;
  if (!(module instanceof WebAssembly.Module)) {
    if (source instanceof URL || typeof source === "string") {
      const url = new URL(source, import.meta.url);
      if (url.protocol === "file:") {
        const { readFile } = await import("node:fs/promises");
        source = await readFile(url);
      } else {
        source = await (await fetch(url)).arrayBuffer();
      }
    }
    module = await WebAssembly.compile(source);
  }
  const { exports } = await WebAssembly.instantiate(module, {});
  return new Model(exports);
}

const align = (value, to) => Math.ceil(value / to) * to;
const product = (sizes) => sizes.reduce((a, b) => a * b, 1);

class Model {
  #exports;
  #base; // Above it memory belongs to the call that is being made.

  constructor(exports) {
    this.#exports = exports;
    this.#base = align(Number(exports.__heap_base.value ?? exports.__heap_base), 64);
    for (const name of Object.keys(interfaces)) this[name] = (args = {}) => this.#call(name, args);
  }

  /** A state with its first values: opaque, owned by this model, valid as long as it. */
  createState() {
    if (!stateBytes) throw new TypeError(`${modelName} has no state`);
    const pointer = this.#base;
    this.#base = align(pointer + stateBytes, 64);
    this.#grow(this.#base);
    this.#exports[`${modelName}_state_init`](pointer);
    return { pointer };
  }

  /** The state as a Uint8Array, which a model of any target reads. */
  saveState(state) {
    const bytes = align(this.#base, 64);
    this.#grow(bytes + savedStateBytes + 512);
    this.#check(`${modelName}_state_save`, bytes + savedStateBytes, (context) => [context, state.pointer, bytes, savedStateBytes]);
    return new Uint8Array(this.#exports.memory.buffer, bytes, savedStateBytes).slice();
  }

  /** Takes bytes that saveState(), or another target, made; a TenonError says what is wrong with others, and nothing has changed. */
  loadState(state, saved) {
    const data = new Uint8Array(saved.buffer ?? saved, saved.byteOffset ?? 0, saved.byteLength);
    const bytes = align(this.#base, 64);
    this.#grow(bytes + data.length + 512);
    new Uint8Array(this.#exports.memory.buffer, bytes, data.length).set(data);
    this.#check(`${modelName}_state_load`, bytes + data.length, (context) => [context, state.pointer, bytes, data.length]);
  }

  /** Calls with a struct tenon_context, up to and including its message buffer, that lies behind `top`. */
  #check(symbol, top, makeArguments) {
    const { buffer } = this.#exports.memory;
    const context = align(top, 8), message = context + 16;
    new Uint32Array(buffer, context, 3).set([12, message, 256]);
    new Uint8Array(buffer, message, 1)[0] = 0;
    const code = this.#exports[symbol](...makeArguments(context));
    if (!code) return;
    const text = new Uint8Array(this.#exports.memory.buffer, message, 256);
    throw new TenonError(code, new TextDecoder().decode(text.slice(0, text.indexOf(0))) || `${symbol}: error ${code}`);
  }

  #grow(bytes) {
    const { memory } = this.#exports;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  }

  #call(name, args) {
    const { dims, inputs, outputs, workspaceBytes, weightsBytes, state, computedDims, symbol } = interfaces[name];
    const known = new Set([...dims, ...inputs.map((input) => input.name), "weights", "state"]);
    for (const key of Object.keys(args)) {
      if (!known.has(key)) throw new TypeError(`${symbol}: there is no argument \`${key}\``);
    }
    const sizes = dims.map((dim) => {
      if (!Number.isSafeInteger(args[dim])) throw new TypeError(`${symbol}: \`${dim}\` is the size of a dimension, but got ${args[dim]}`);
      return args[dim];
    });
    let top = this.#base;
    const allocate = (bytes, alignment = 64) => {
      const pointer = align(top, alignment);
      top = pointer + bytes;
      return pointer;
    };
    const extents = computedDims ? allocate(8 * computedDims, 8) : 0;
    const bigSizes = sizes.map(BigInt);
    this.#grow(top);
    let computed = [];
    if (computedDims && sizes.every((size) => size >= 0)) {
      this.#exports[`${symbol}_output_dims`](...bigSizes, extents);
      computed = [...new BigInt64Array(this.#exports.memory.buffer, extents, computedDims)].map(Number);
    }
    const resolve = (dim) => (typeof dim === "number" ? dim : typeof dim === "string" ? sizes[dims.indexOf(dim)] : computed[dim[0]]);
    const place = (argument) => {
      const shape = argument.dims.map(resolve);
      const count = Math.max(product(shape), 0);
      const Type = elementTypes[argument.dtype];
      return { ...argument, shape, count, Type, pointer: allocate(count * Type.BYTES_PER_ELEMENT) };
    };
    const placed = inputs.map((input) => {
      const data = args[input.name];
      const result = place(input);
      if (!(data instanceof result.Type) || data.length !== result.count) {
        const came = data?.length === undefined ? String(data) : `${data.constructor.name} of ${data.length}`;
        throw new TypeError(`${symbol}: \`${input.name}\` is a ${result.Type.name} of ${result.count} elements, [${result.shape}], but got ${came}`);
      }
      return { ...result, data };
    });
    if (weightsBytes) {
      const data = new Uint8Array(args.weights?.buffer ?? args.weights ?? 0);
      placed.push({ pointer: allocate(data.length), data, count: data.length, Type: Uint8Array });
    }
    const results = outputs.map(place);
    const scratchBytes = workspaceBytes ?? this.#exports[`${symbol}_workspace_bytes`](...bigSizes) >>> 0;
    const scratch = allocate(scratchBytes);
    this.#grow(top + 512); // and what #check() needs
    const { buffer } = this.#exports.memory;
    for (const { Type, pointer, count, data } of placed) new Type(buffer, pointer, count).set(data);
    const parameters = [...bigSizes, ...placed.map(({ pointer }) => pointer)];
    if (state) {
      if (!args.state) throw new TypeError(`${symbol}: \`state\` comes from createState()`);
      parameters.push(args.state.pointer);
    }
    this.#check(symbol, top, (context) => [context, ...parameters, ...results.map(({ pointer }) => pointer), scratch, scratchBytes]);
    return Object.fromEntries(results.map(({ name, Type, pointer, count }) => [name, new Type(buffer, pointer, count).slice()]));
  }
}
)js";

static llvm::json::Array describe(const FunctionSignature &function, ArrayRef<ArgumentSignature> arguments) {
  llvm::json::Array result;
  for (const ArgumentSignature &argument : arguments) {
    llvm::json::Array dims;
    for (const Dimension &dim : argument.dims) {
      if (dim.isStatic())
        dims.push_back(dim.value);
      else if (dim.kind == Dimension::Kind::Named)
        dims.push_back(function.dims[dim.value]);
      else
        dims.push_back(llvm::json::Array{dim.value});
    }
    result.push_back(
        llvm::json::Object{{"name", argument.name}, {"dtype", getName(argument.dtype)}, {"dims", std::move(dims)}});
  }
  return result;
}

std::string mlir::tenon::emitJavaScriptModule(const ModelInterface &model, StringRef wasmFile) {
  llvm::json::Object interfaces;
  for (const FunctionSignature &function : model.functions) {
    llvm::json::Object row{{"symbol", model.getSymbol(function)},
                           {"dims", llvm::json::Array(function.dims)},
                           {"inputs", describe(function, function.inputs)},
                           {"outputs", describe(function, function.outputs)},
                           {"state", takesState(function)},
                           {"weightsBytes", function.weightsBytes.value_or(0)},
                           {"computedDims", static_cast<int64_t>(function.getNumComputedDims())}};
    if (function.workspaceBytes)
      row["workspaceBytes"] = *function.workspaceBytes;
    interfaces[function.name] = std::move(row);
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "// The model `" << model.name << "` for JavaScript (browsers and Node). Generated: do not edit.\n"
     << "const modelName = " << llvm::json::Value(model.name) << ";\nconst wasmFile = " << llvm::json::Value(wasmFile)
     << ";\nconst stateBytes = " << model.stateBytes << ";\nconst savedStateBytes = " << model.savedBytes << ";\n\n"
     << "/** Names, dtypes and dims: a number is a size, a string the name of an open dimension, [i] a size that is "
        "computed. */\n"
     << "export const interfaces = " << llvm::formatv("{0:2}", llvm::json::Value(std::move(interfaces))) << ";\n"
     << body;
  return text;
}

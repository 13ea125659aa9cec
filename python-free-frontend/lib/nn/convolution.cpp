// Convolutional layers.
#include "tenon/nn/convolution.h"
#include "tenon/create.h"
#include "weights.h"

namespace tenon::nn {

namespace {

// Kernel, bias and activation, around one operation.
struct Windowed : LayerState {
  Activation activation;
  bool use_bias;
  Initializer kernel_initializer, bias_initializer;
  std::optional<Variable> kernel, bias;
  std::int64_t channels = 0;
  std::size_t rank;

  template <class Options>
  Windowed(const char *kind, std::size_t rank, const Options &o, Location where)
      : LayerState(kind, o.name, where), activation(o.activation), use_bias(o.use_bias),
        kernel_initializer(o.kernel_initializer), bias_initializer(o.bias_initializer), rank(rank) {}

  virtual void build(DType dtype) = 0;
  virtual Tensor apply(const Arg &x) = 0;

  void positive(std::int64_t n, const char *what) const {
    if (n <= 0)
      fail("expected " + std::string(what) + " of 1 or more, but got " + std::to_string(n), made);
  }
  void add_bias(std::int64_t outputs, DType dtype) {
    if (use_bias)
      bias.emplace(make_weight(*this, "bias", bias_initializer, {outputs}, dtype));
  }
  void check_groups(std::int64_t groups, Location where) const {
    if (channels % groups)
      fail(std::to_string(groups) + " groups do not divide the " + std::to_string(channels) + " channels", where);
  }

  Tensor call(const Tensor &x, Call call, Location where) override {
    const TensorType type = check_argument(
        *this, x, rank, rank, rank == 3 ? "[batch,time,channels]" : "[batch,height,width,channels]", where);
    if (!kernel) {
      channels = known_size(*this, type, -1, "number of channels", where);
      if (channels == 0)
        fail("the argument has no channels: " + type.describe(), where);
      build(type.dtype);
    }
    check_built(*this, type, -1, channels, kernel->dtype(), "number of channels", where);
    Tensor y = apply(Arg(x, where));
    if (bias)
      y = Arg(y, where) + Arg(*bias, where);
    return activation ? activation(Arg(y, where), call) : y;
  }
  Masked call_masked(const Tensor &x, const Call &call, Location where) override {
    return {this->call(x, call, where), {}}; // its windows are no steps
  }
  void collect(Collector &collector, const std::string &path) const override {
    if (kernel)
      collector.add(tenon::detail::join(path, "kernel"), *kernel);
    if (bias)
      collector.add(tenon::detail::join(path, "bias"), *bias);
    activation.collect(collector, tenon::detail::join(path, "activation"));
  }
};

struct ConvState final : Windowed {
  std::int64_t filters;
  Shape window;
  ConvOptions options;

  template <class Options>
  ConvState(const char *kind, std::int64_t filters, Shape window, ConvOptions conv, const Options &o, Location where)
      : Windowed(kind, window.size() + 2, o, where), filters(filters), window(std::move(window)),
        options(std::move(conv)) {
    positive(filters, "filters");
    for (const std::int64_t n : this->window) positive(n, "a window");
    for (const std::int64_t n : options.strides) positive(n, "a stride");
    for (const std::int64_t n : options.dilations) positive(n, "a dilation");
    positive(options.groups, "groups");
    if (filters % options.groups)
      fail(std::to_string(options.groups) + " groups do not divide the " + std::to_string(filters) + " filters", where);
  }
  void build(DType dtype) override {
    check_groups(options.groups, made);
    Shape shape = window;
    shape.push_back(channels / options.groups);
    shape.push_back(filters);
    kernel.emplace(make_weight(*this, "kernel", kernel_initializer, shape, dtype));
    add_bias(filters, dtype);
  }
  Tensor apply(const Arg &x) override { return conv(x, Arg(*kernel, x.where), options); }
};

struct DepthwiseState final : Windowed {
  DepthwiseConv2DOptions options;
  Size2 window;

  DepthwiseState(Size2 window, DepthwiseConv2DOptions o, Location where)
      : Windowed("DepthwiseConv2D", 4, o, where), options(std::move(o)), window(window) {
    positive(std::min(window.height, window.width), "a window");
    positive(std::min(options.strides.height, options.strides.width), "a stride");
    positive(std::min(options.dilations.height, options.dilations.width), "a dilation");
    positive(options.depth_multiplier, "a depth multiplier");
  }
  void build(DType dtype) override {
    const Shape shape{window.height, window.width, channels, options.depth_multiplier};
    kernel.emplace(make_weight(*this, "kernel", kernel_initializer, shape, dtype));
    add_bias(channels * options.depth_multiplier, dtype);
  }
  // A group for each channel, whose filters are its outputs.
  Tensor apply(const Arg &x) override {
    const Tensor filter =
        reshape(Arg(*kernel, x.where), {window.height, window.width, 1, channels * options.depth_multiplier});
    return conv(x, Arg(filter, x.where),
                {.strides = {options.strides.height, options.strides.width},
                 .padding = options.padding,
                 .dilations = {options.dilations.height, options.dilations.width},
                 .groups = channels});
  }
};

struct TransposeState final : Windowed {
  std::int64_t filters;
  Size2 window;
  Conv2DTransposeOptions options;

  TransposeState(std::int64_t filters, Size2 window, Conv2DTransposeOptions o, Location where)
      : Windowed("Conv2DTranspose", 4, o, where), filters(filters), window(window), options(std::move(o)) {
    positive(filters, "filters");
    positive(std::min(window.height, window.width), "a window");
    positive(std::min(options.strides.height, options.strides.width), "a stride");
    positive(std::min(options.dilations.height, options.dilations.width), "a dilation");
    if (options.padding == Padding::given)
      fail("expected padding valid or same", where);
  }
  void build(DType dtype) override {
    kernel.emplace(
        make_weight(*this, "kernel", kernel_initializer, {window.height, window.width, filters, channels}, dtype));
    add_bias(filters, dtype);
  }
  Tensor apply(const Arg &x) override {
    const auto beyond = [](std::int64_t stride, std::int64_t window) {
      return std::max<std::int64_t>(stride - window, 0);
    };
    const auto spread = [](std::int64_t n, std::int64_t dilation) { return (n - 1) * dilation + 1; };
    const Tensor columns = dilated(kernel->value(x.where), 1, window.width, options.dilations.width, x.where);
    const Tensor filter = dilated(columns, 0, window.height, options.dilations.height, x.where);
    return conv_transpose(
        x, Arg(filter, x.where),
        {.strides = {options.strides.height, options.strides.width},
         .padding = options.padding,
         .output_padding = {beyond(options.strides.height, spread(window.height, options.dilations.height)),
                            beyond(options.strides.width, spread(window.width, options.dilations.width))}});
  }
  // The n rows of an axis with zeros between them: the window of a dilated convolution, written out.
  static Tensor dilated(const Tensor &x, int axis, std::int64_t n, std::int64_t dilation, Location where) {
    if (dilation == 1 || n == 1)
      return x;
    Shape zeros_shape = x.shape(where);
    zeros_shape[std::size_t(axis)] = dilation - 1;
    const Tensor gap = zeros(zeros_shape, x.dtype(where), where);
    std::vector<Tensor> rows;
    for (const Tensor &row : split(Arg(x, where), n, axis)) {
      if (!rows.empty())
        rows.push_back(gap);
      rows.push_back(row);
    }
    return concat(rows, axis, where);
  }
};

} // namespace

Conv1D::Conv1D(std::int64_t filters, std::int64_t window, Conv1DOptions o, Location where)
    : Layer(new ConvState("Conv1D", filters, {window},
                          {.strides = {o.stride},
                           .padding = o.causal ? Padding{(window - 1) * o.dilation, 0} : o.padding,
                           .dilations = {o.dilation},
                           .groups = o.groups},
                          o, where)) {}
Conv2D::Conv2D(std::int64_t filters, Size2 window, Conv2DOptions o, Location where)
    : Layer(new ConvState("Conv2D", filters, {window.height, window.width},
                          {.strides = {o.strides.height, o.strides.width},
                           .padding = o.padding,
                           .dilations = {o.dilations.height, o.dilations.width},
                           .groups = o.groups},
                          o, where)) {}
DepthwiseConv2D::DepthwiseConv2D(Size2 window, DepthwiseConv2DOptions options, Location where)
    : Layer(new DepthwiseState(window, std::move(options), where)) {}
Conv2DTranspose::Conv2DTranspose(std::int64_t filters, Size2 window, Conv2DTransposeOptions options, Location where)
    : Layer(new TransposeState(filters, window, std::move(options), where)) {}

} // namespace tenon::nn

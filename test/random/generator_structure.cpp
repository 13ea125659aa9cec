// The generator's ops that have structure: reductions, contractions, windows, movements of data, indexing.
#include "generator.h"

#include <algorithm>
#include <numeric>

namespace tenon::test {

void Generator::reduction() {
  const int x = any();
  const Dimensions &dims = at(x).dims;
  if (dims.empty())
    return;
  const auto rank = std::int64_t(dims.size());
  Value value;
  value.operands = {x};
  const bool keep = random_.percent(30);
  std::vector<bool> reduced(dims.size());
  if (random_.percent(20)) {
    const std::int64_t axis = random_.below(rank);
    value.op = random_.percent(50) ? Op::argmax : Op::argmin;
    value.numbers = {axis, keep};
    reduced[std::size_t(axis)] = true;
  } else {
    value.op = Op::reduce;
    value.function = int(random_.below(std::int64_t(reduce_functions().size())));
    value.numbers = {keep};
    switch (random_.below(4)) {
    case 0: reduced.assign(dims.size(), true); break; // no axes: all
    case 1: reduced[std::size_t(rank - 1)] = true; break;
    case 2: reduced[std::size_t(random_.below(rank))] = true; break;
    default:
      for (std::size_t i = 0; i < dims.size(); ++i) reduced[i] = random_.percent(50);
    }
    if (std::find(reduced.begin(), reduced.end(), true) == reduced.end())
      return;
    if (std::find(reduced.begin(), reduced.end(), false) != reduced.end() || random_.percent(30))
      for (std::size_t i = 0; i < dims.size(); ++i)
        if (reduced[i])
          value.numbers.push_back(std::int64_t(i));
  }
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (!reduced[i])
      value.dims.push_back(dims[i]);
    else if (keep)
      value.dims.push_back({1});
  add(std::move(value));
}

void Generator::along_axis() {
  const int x = any();
  const Dimensions dims = at(x).dims;
  if (dims.empty())
    return;
  const std::int64_t axis =
      random_.percent(60) ? std::int64_t(dims.size()) - 1 : random_.below(std::int64_t(dims.size()));
  Value value;
  value.operands = {x};
  value.dims = dims;
  value.numbers = {axis};
  switch (random_.below(8)) {
  case 0:
  case 1: value.op = Op::softmax; break;
  case 2: value.op = Op::log_softmax; break;
  case 3: {
    const DType dtype = is_floating(at(x).dtype) ? at(x).dtype : only_.value_or(f32);
    const int scale = like(dtype, {dims.back()}), offset = like(dtype, {dims.back()});
    value.op = Op::layer_norm;
    value.operands = {x, scale, offset};
    value.numbers = {};
    break;
  }
  case 4:
    value.op = Op::cumsum;
    value.numbers = {axis, random_.percent(30), random_.percent(30)};
    break;
  case 5:
    value.op = random_.percent(50) ? Op::sort : Op::argsort;
    value.numbers = {axis, random_.percent(40)};
    break;
  case 6: {
    value.op = random_.percent(50) ? Op::top_k_values : Op::top_k_indices;
    if (dims.back().is_open())
      return;
    value.numbers = {random_.below(std::min<std::int64_t>(dims.back().size, 9) + 1)};
    value.dims.back() = {value.numbers[0]};
    break;
  }
  default: {
    value.op = Op::reverse;
    value.numbers.clear();
    for (std::size_t i = 0; i < dims.size(); ++i)
      if (random_.percent(60))
        value.numbers.push_back(std::int64_t(i));
  }
  }
  add(std::move(value));
}

void Generator::contraction() {
  const int x = any_where([](const Value &v) { return !v.dims.empty() && v.dtype != boolean; });
  if (x < 0)
    return;
  const Dimensions a = at(x).dims;
  Value value;
  value.op = Op::matmul;
  const bool row = a.size() == 1, transpose_lhs = random_.percent(25), transpose_rhs = random_.percent(35);
  value.numbers = {transpose_lhs, transpose_rhs};
  const Dimension k = row || !transpose_lhs ? a.back() : a[a.size() - 2];
  const auto inner = [&](const Dimensions &b) { return b.size() == 1 || transpose_rhs ? b.back() : b[b.size() - 2]; };
  const auto batch = [](const Dimensions &d) {
    return d.size() > 2 ? Dimensions(d.begin(), d.end() - 2) : Dimensions();
  };
  int y = random_.percent(40) ? any_where([&](const Value &v) {
    return !v.dims.empty() && v.dtype != boolean && inner(v.dims) == k &&
           broadcast(batch(a), batch(v.dims)).has_value();
  })
                              : -1;
  if (y < 0) {
    Dimensions b;
    if (random_.percent(15)) {
      b = {k};
    } else {
      b = {k, dimension()};
      if (transpose_rhs)
        std::swap(b[0], b[1]);
      if (random_.percent(30)) {
        Dimensions outer = batch(a);
        if (outer.empty())
          outer = {{random_.between(1, 3)}};
        for (Dimension &dim : outer)
          if (random_.percent(20))
            dim = {1};
        b.insert(b.begin(), outer.begin(), outer.end());
      }
    }
    y = input(at(x).dtype, b);
    if (y < 0)
      return;
  }
  const Dimensions b = at(y).dims;
  const std::optional<Dimensions> outer = broadcast(batch(a), batch(b));
  if (!outer)
    return;
  value.operands = {x, y};
  value.dims = *outer;
  if (!row)
    value.dims.push_back(transpose_lhs ? a.back() : a[a.size() - 2]);
  if (b.size() > 1)
    value.dims.push_back(transpose_rhs ? b[b.size() - 2] : b.back());
  if (count(value.dims) * std::max<std::int64_t>(k.size, 1) > 2000000)
    return;
  add(std::move(value));
}

// Strides, dilations and padding, in the order that interpret.cpp reads; sets the result's spatial dimensions.
void Generator::window_numbers(Value &value, const Dimensions &x, const std::vector<std::int64_t> &window, bool pool) {
  const std::size_t s = window.size();
  std::vector<std::int64_t> strides(s), dilations(s), low_high(2 * s);
  const std::int64_t padding = random_.below(3);
  value.dims = {x[0]};
  for (std::size_t i = 0; i < s; ++i) {
    strides[i] = random_.percent(60) ? 1 : random_.between(2, 3);
    dilations[i] = random_.percent(80) ? 1 : 2;
    const std::int64_t n = x[i + 1].size, reach = (window[i] - 1) * dilations[i] + 1;
    std::int64_t total = 0;
    if (padding == 1) {
      total = std::max<std::int64_t>(((n + strides[i] - 1) / strides[i] - 1) * strides[i] + reach - n, 0);
    } else if (padding == 2) {
      const std::int64_t most = pool ? (window[i] - 1) / 2 : 2; // a pool's window never lies in padding alone
      low_high[2 * i] = random_.between(0, most);
      low_high[2 * i + 1] = random_.between(0, most);
      total = low_high[2 * i] + low_high[2 * i + 1];
    }
    const std::int64_t out = n + total < reach ? 0 : (n + total - reach) / strides[i] + 1;
    value.dims.push_back({out});
  }
  value.numbers.push_back(padding);
  if (pool)
    value.numbers.insert(value.numbers.end(), window.begin(), window.end());
  for (const auto &list : {strides, dilations, low_high})
    value.numbers.insert(value.numbers.end(), list.begin(), list.end());
}

void Generator::window() {
  const auto fits = [](const Value &v) {
    return (v.dims.size() == 3 || v.dims.size() == 4) && v.dtype != boolean &&
           is_static(Dimensions(v.dims.begin() + 1, v.dims.end()));
  };
  int x = any_where(fits);
  if (x < 0) {
    Dimensions dims{
        dimension(), {random_.between(1, 12)}, {random_.between(1, 12)}, {random_.of(std::array{1, 2, 3, 4, 16, 17})}};
    if (random_.percent(40))
      dims.erase(dims.begin() + 1);
    x = input(is_floating(main_dtype_) ? main_dtype_ : dtype(), dims);
    if (x < 0 || at(x).dtype == boolean)
      return;
  }
  const Dimensions dims = at(x).dims;
  const std::size_t s = dims.size() - 2;
  std::vector<std::int64_t> window;
  for (std::size_t i = 0; i < s; ++i)
    window.push_back(std::min<std::int64_t>(random_.between(1, 4), std::max<std::int64_t>(dims[i + 1].size, 1)));
  const std::int64_t channels = dims.back().size;
  Value value;
  switch (random_.below(5)) {
  case 0:
  case 1: {
    value.op = Op::conv;
    std::int64_t groups = 1, outputs = random_.of(std::array{1, 2, 5, 8, 17, 33});
    if (random_.percent(25))
      groups = channels, outputs = channels * random_.between(1, 2);
    else if (channels % 2 == 0 && random_.percent(30))
      groups = 2, outputs *= 2;
    if (groups == 0 || count(dims) * outputs * 9 > 4000000)
      return;
    Dimensions filter;
    for (std::int64_t w : window) filter.push_back({w});
    filter.insert(filter.end(), {{channels / groups}, {outputs}});
    value.operands = {x, like(at(x).dtype, filter)};
    value.numbers = {groups};
    window_numbers(value, dims, window, false);
    value.dims.push_back({outputs});
    break;
  }
  case 2: {
    value.op = Op::conv_transpose;
    const std::int64_t outputs = random_.of(std::array{1, 3, 8, 17});
    Dimensions filter;
    for (std::int64_t w : window) filter.push_back({w});
    filter.insert(filter.end(), {{outputs}, {channels}});
    value.operands = {x, like(at(x).dtype, filter)};
    // Padding in numbers; its size has to leave something.
    std::vector<std::int64_t> strides, dilations, low_high;
    value.dims = {dims[0]};
    for (std::size_t i = 0; i < s; ++i) {
      strides.push_back(random_.between(1, 3));
      dilations.push_back(random_.percent(80) ? 1 : 2);
      low_high.insert(low_high.end(), {random_.between(0, 1), random_.between(0, 1)});
      const std::int64_t n = dims[i + 1].size;
      value.dims.push_back(
          {(n - 1) * strides[i] + (window[i] - 1) * dilations[i] + 1 - low_high[2 * i] - low_high[2 * i + 1]});
      if (n == 0 || value.dims.back().size < 0)
        return;
    }
    value.dims.push_back({outputs});
    value.numbers = {2};
    for (const auto &list : {strides, dilations, low_high})
      value.numbers.insert(value.numbers.end(), list.begin(), list.end());
    break;
  }
  default:
    value.op = random_.percent(50) ? Op::max_pool : Op::avg_pool;
    value.operands = {x};
    value.numbers = {value.op == Op::avg_pool && random_.percent(40)};
    window_numbers(value, dims, window, true);
    value.dims.push_back(dims.back());
  }
  add(std::move(value));
}

void Generator::movement() {
  const int x = any();
  const Dimensions dims = at(x).dims;
  const auto rank = std::int64_t(dims.size());
  Value value;
  value.operands = {x};
  switch (random_.below(8)) {
  case 0: { // reshape: into other factors, a leading open dimension as -1
    value.op = Op::reshape;
    const std::size_t kept = !dims.empty() && dims[0].is_open() ? 1 : 0;
    const Dimensions rest(dims.begin() + std::ptrdiff_t(kept), dims.end());
    if (!is_static(rest))
      return;
    std::int64_t left = count(rest);
    if (kept) {
      if (left == 0)
        return;
      value.numbers.push_back(-1);
      value.dims.push_back(computed(dims[0].size, {dims[0]}));
    }
    while (value.dims.size() < 3 && random_.percent(70)) {
      std::int64_t factor = 1;
      for (std::int64_t f : {2, 3, 5, 7, 8, 13})
        if (left % f == 0 && left > 0 && random_.percent(50))
          factor = f;
      value.numbers.push_back(factor);
      value.dims.push_back({factor});
      left /= factor;
    }
    if (left != 1 || random_.percent(50)) {
      value.numbers.push_back(left);
      value.dims.push_back({left});
    }
    break;
  }
  case 1: { // broadcast_to
    if (!is_static(dims))
      return;
    value.op = Op::broadcast_to;
    value.dims = dims;
    for (Dimension &dim : value.dims)
      if (dim.size == 1)
        dim = {random_.between(0, 9)};
    if (random_.percent(50))
      value.dims.insert(value.dims.begin(), {random_.between(1, 4)});
    for (const Dimension &dim : value.dims) value.numbers.push_back(dim.size);
    break;
  }
  case 2:
  case 3: { // transpose
    if (rank < 2)
      return;
    value.op = Op::transpose;
    value.numbers.resize(dims.size());
    std::iota(value.numbers.begin(), value.numbers.end(), 0);
    for (std::size_t i = dims.size(); i > 1; --i)
      std::swap(value.numbers[i - 1], value.numbers[std::size_t(random_.below(std::int64_t(i)))]);
    for (std::int64_t i : value.numbers) value.dims.push_back(dims[std::size_t(i)]);
    break;
  }
  case 4: { // expand_dims, squeeze
    const auto one = std::find(dims.begin(), dims.end(), Dimension{1});
    value.dims = dims;
    if (one != dims.end() && random_.percent(50)) {
      value.op = Op::squeeze;
      value.numbers = {one - dims.begin()};
      value.dims.erase(value.dims.begin() + (one - dims.begin()));
    } else {
      value.op = Op::expand_dims;
      value.numbers = {random_.below(rank + 1)};
      value.dims.insert(value.dims.begin() + value.numbers[0], Dimension{1});
    }
    break;
  }
  case 5: { // pad
    value.op = Op::pad;
    if (dims.empty())
      return;
    std::vector<std::int64_t> low, high;
    for (const Dimension &dim : dims) {
      low.push_back(random_.percent(50) ? 0 : random_.between(1, 3));
      high.push_back(random_.percent(50) ? 0 : random_.between(1, 3));
      value.dims.push_back(low.back() + high.back() ? computed(dim.size + low.back() + high.back(), {dim}) : dim);
    }
    value.numbers = low;
    value.numbers.insert(value.numbers.end(), high.begin(), high.end());
    value.operands = {x, like(at(x).dtype, {})};
    break;
  }
  default: { // slice
    if (dims.empty())
      return;
    value.op = Op::slice;
    for (const Dimension &dim : dims) {
      std::int64_t start = Slice::omitted, stop = Slice::omitted, step = 1;
      if (random_.percent(30))
        step = random_.of(std::array{2, 3, -1, -2});
      if (!dim.is_open() && random_.percent(50)) {
        start = random_.between(0, dim.size);
        stop = random_.between(0, dim.size);
        if (step > 0 ? start > stop : start < stop)
          std::swap(start, stop);
        if (step > 0 && random_.percent(30))
          stop = Slice::omitted;
      } else if (dim.is_open() && random_.percent(40)) {
        (random_.percent(50) ? start : stop) = random_.between(0, 3) * (random_.percent(50) ? 1 : -1);
      }
      value.numbers.insert(value.numbers.end(), {start, stop, step});
      // As Python counts.
      const std::int64_t n = dim.size;
      const auto bound = [&](std::int64_t b, std::int64_t low, std::int64_t high) {
        return std::clamp(b < 0 ? b + n : b, low, high);
      };
      const std::int64_t first = step > 0 ? (start == Slice::omitted ? 0 : bound(start, 0, n))
                                          : (start == Slice::omitted ? n - 1 : bound(start, -1, n - 1));
      const std::int64_t last = step > 0 ? (stop == Slice::omitted ? n : bound(stop, 0, n))
                                         : (stop == Slice::omitted ? -1 : bound(stop, -1, n - 1));
      const std::int64_t size = step > 0 ? (last - first + step - 1) / step : (first - last - step - 1) / -step;
      const bool whole = start == Slice::omitted && stop == Slice::omitted && (step == 1 || step == -1);
      value.dims.push_back(whole ? dim : computed(std::max<std::int64_t>(size, 0), {dim}));
    }
  }
  }
  add(std::move(value));
}

void Generator::joining() {
  const int x = any();
  const Dimensions dims = at(x).dims;
  if (dims.empty())
    return;
  const std::int64_t axis = random_.below(std::int64_t(dims.size()));
  const auto at_axis = std::size_t(axis);
  Value value;
  value.operands = {x};
  value.dims = dims;
  switch (random_.below(4)) {
  case 0: { // concat
    value.op = Op::concat;
    value.numbers = {axis};
    for (std::int64_t parts = random_.between(1, 2); parts; --parts) {
      Dimensions other = dims;
      if (random_.percent(50))
        other[at_axis] = dimension();
      const int y = like(at(x).dtype, other);
      if (y < 0)
        return;
      value.operands.push_back(y);
      value.dims[at_axis] =
          computed(value.dims[at_axis].size + at(y).dims[at_axis].size, {value.dims[at_axis], at(y).dims[at_axis]});
    }
    break;
  }
  case 1: { // stack
    value.op = Op::stack;
    value.numbers = {random_.below(std::int64_t(dims.size()) + 1)};
    const int y = like(at(x).dtype, dims);
    if (y < 0)
      return;
    value.operands.push_back(y);
    if (random_.percent(30))
      value.operands.push_back(x);
    value.dims.insert(value.dims.begin() + value.numbers[0], Dimension{std::int64_t(value.operands.size())});
    break;
  }
  case 2: { // split
    value.op = Op::split;
    if (dims[at_axis].is_open())
      return;
    const std::int64_t first = random_.between(0, dims[at_axis].size), which = random_.below(2);
    value.numbers = {axis, which, first, dims[at_axis].size - first};
    value.dims[at_axis] = {value.numbers[std::size_t(2 + which)]};
    break;
  }
  default: { // tile
    value.op = Op::tile;
    for (Dimension &dim : value.dims) {
      value.numbers.push_back(random_.percent(60) ? 1 : random_.between(2, 3));
      if (value.numbers.back() != 1)
        dim = computed(dim.size * value.numbers.back(), {dim});
    }
  }
  }
  add(std::move(value));
}

void Generator::indexing() {
  const int x = any();
  const Dimensions dims = at(x).dims;
  Value value;
  switch (random_.below(4)) {
  case 0: { // gather
    if (dims.empty())
      return;
    const std::int64_t axis = random_.below(std::int64_t(dims.size()));
    const int i = indices(dims[std::size_t(axis)]);
    if (i < 0)
      return;
    value.op = Op::gather;
    value.operands = {x, i};
    value.numbers = {axis};
    value.dims = dims;
    value.dims.erase(value.dims.begin() + axis);
    value.dims.insert(value.dims.begin() + axis, at(i).dims.begin(), at(i).dims.end());
    break;
  }
  case 1: { // scatter
    if (dims.empty())
      return;
    const int i = indices(dims[0]);
    if (i < 0)
      return;
    Dimensions updates = at(i).dims;
    updates.insert(updates.end(), dims.begin() + 1, dims.end());
    if (count(updates) > 16384)
      return;
    value.op = random_.percent(50) ? Op::scatter : Op::scatter_add;
    value.operands = {x, i, like(at(x).dtype, updates)};
    value.dims = dims;
    break;
  }
  case 2: { // one_hot, of whatever integers there are
    const int i = any_where([](const Value &v) { return is_integer(v.dtype); });
    if (i < 0)
      return;
    value.op = Op::one_hot;
    value.operands = {i};
    value.numbers = {random_.between(0, 9), std::int64_t(dtype())};
    value.dims = at(i).dims;
    value.dims.push_back({value.numbers[0]});
    break;
  }
  default: { // one row, known only when the function runs
    if (dims.empty())
      return;
    const int i = indices(dims[0], Dimensions());
    if (i < 0)
      return;
    value.op = Op::pick;
    value.operands = {x, i};
    value.dims = Dimensions(dims.begin() + 1, dims.end());
  }
  }
  add(std::move(value));
}

} // namespace tenon::test

// Printing as NumPy's str(): shortest digits, aligned columns, summaries above 1000 elements
// (numpy/_core/arrayprint.py).
#include "buffer.h"
#include "tenon/ops.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ostream>

namespace tenon {

using namespace detail;

namespace {

constexpr std::int64_t threshold = 1000, edge_items = 3;
constexpr std::size_t line_width = 75;
constexpr int max_precision = 8;

// ---- one number ---------------------------------------------------------------------------------------------------

/// The shortest decimal that reads back as the same number of its own dtype: digits (first before the point) and
/// exponent.
struct Decimal {
  bool negative;
  std::string digits;
  int exponent;
};

Decimal parse_scientific(std::string_view text) {
  Decimal d{text[0] == '-', {}, 0};
  if (d.negative)
    text.remove_prefix(1);
  const std::size_t e = text.find('e');
  for (char c : text.substr(0, e))
    if (c != '.')
      d.digits += c;
  d.exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  while (d.digits.size() > 1 && d.digits.back() == '0') d.digits.pop_back();
  return d;
}

template <class T> Decimal shortest(T x) {
  char text[64];
  if constexpr (std::is_floating_point_v<T>) {
    const auto end = std::to_chars(text, text + sizeof text, x, std::chars_format::scientific).ptr;
    return parse_scientific({text, std::size_t(end - text)});
  } else { // 16 bits: the first precision that reads back
    for (int precision = 0;; ++precision) {
      std::snprintf(text, sizeof text, "%.*e", precision, double(float(x)));
      if (T(std::strtof(text, nullptr)).bits == x.bits || precision > 8)
        return parse_scientific(text);
    }
  }
}

/// "123.": all digits before the point, at most `precision` behind it, no trailing zeros; the point stays.
std::string positional(const Decimal &d, double exact, int precision) {
  const int behind = int(d.digits.size()) - 1 - d.exponent;
  std::string text;
  if (behind > precision) { // cut: rounded from the exact value
    char buffer[512];
    std::snprintf(buffer, sizeof buffer, "%.*f", precision, exact);
    text = buffer;
    if (precision == 0)
      text += '.';
  } else {
    text = d.negative ? "-" : "";
    if (d.exponent < 0) {
      text += "0." + std::string(std::size_t(-d.exponent - 1), '0') + d.digits;
    } else {
      for (int i = 0; i <= d.exponent; ++i) text += i < int(d.digits.size()) ? d.digits[std::size_t(i)] : '0';
      text += '.';
      if (int(d.digits.size()) > d.exponent + 1)
        text += d.digits.substr(std::size_t(d.exponent) + 1);
    }
  }
  while (text.back() == '0') text.pop_back();
  return text;
}

struct ScientificParts {
  std::string integer, fraction;
  int exponent;
};
ScientificParts scientific_parts(double exact, int precision) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*e", precision, exact);
  const std::string_view text = buffer;
  const std::size_t point = text.find('.'), e = text.find('e');
  return {std::string(text.substr(0, std::min(point, e))),
          point == text.npos ? "" : std::string(text.substr(point + 1, e - point - 1)), std::atoi(buffer + e + 1)};
}
std::string exponent_text(int exponent, int width) {
  std::string digits = std::to_string(std::abs(exponent));
  while (int(digits.size()) < width) digits.insert(digits.begin(), '0');
  return (exponent < 0 ? "-" : "+") + digits;
}

// ---- a column -----------------------------------------------------------------------------------------------------

/// How all elements of an array are written.
struct Format {
  DType dtype;
  bool scientific = false;
  int left = 0, right = 0, precision = max_precision, exponent_width = 0;
  bool scalar = false;
};

template <class T> double exact(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return double(x);
  else
    return double(float(x));
}

template <class T> Format float_format(DType dtype, const std::vector<T> &data) {
  Format format{dtype};
  double largest = 0, smallest = INFINITY;
  bool all_finite = true, negative_infinity = false, any_finite = false;
  for (const T &x : data) {
    const double value = exact(x);
    if (!std::isfinite(value)) {
      all_finite = false;
      negative_infinity |= std::isinf(value) && value < 0;
      continue;
    }
    any_finite = true;
    if (value == 0)
      continue;
    largest = std::max(largest, std::abs(value));
    smallest = std::min(smallest, std::abs(value));
  }
  if (largest > 0) {
    // NumPy compares in the array's own dtype.
    const double ratio = std::is_same_v<T, double> ? largest / smallest : exact(T(float(largest / smallest)));
    const double cutoff = dtype == f64 ? 1e8 : dtype == f16 ? 1e3 : 1e6;
    format.scientific = largest >= cutoff || smallest < exact(T(0.0001f)) || ratio > 1000;
    if (std::is_same_v<T, double>)
      format.scientific = largest >= cutoff || smallest < 0.0001 || ratio > 1000;
  }
  if (!any_finite) {
    format.right = 0;
  } else if (format.scientific) {
    format.precision = 0;
    for (const T &x : data) {
      if (!std::isfinite(exact(x)))
        continue;
      const int digits = std::min(int(shortest(x).digits.size()) - 1, max_precision);
      ScientificParts parts = scientific_parts(exact(x), digits);
      while (!parts.fraction.empty() && parts.fraction.back() == '0') parts.fraction.pop_back();
      format.precision = std::max(format.precision, int(parts.fraction.size()));
      format.left = std::max(format.left, int(parts.integer.size()));
      format.exponent_width = std::max(format.exponent_width, int(exponent_text(parts.exponent, 2).size()) - 1);
    }
    format.right = format.exponent_width + 2 + format.precision;
  } else {
    for (const T &x : data) {
      if (!std::isfinite(exact(x)))
        continue;
      const std::string text = positional(shortest(x), exact(x), max_precision);
      const std::size_t point = text.find('.');
      format.left = std::max(format.left, int(point));
      format.right = std::max(format.right, int(text.size() - point - 1));
    }
  }
  if (!all_finite)
    format.left = std::max({format.left, 3 - (format.right + 1), 3 + negative_infinity - (format.right + 1)});
  return format;
}

template <class T> std::string write_float(const Format &format, T x) {
  const double value = exact(x);
  if (!std::isfinite(value)) {
    const std::string text = std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    return std::string(std::size_t(std::max(0, format.left + format.right + 1 - int(text.size()))), ' ') + text;
  }
  if (format.scientific) {
    const ScientificParts parts = scientific_parts(value, format.precision);
    return std::string(std::size_t(std::max(0, format.left - int(parts.integer.size()))), ' ') + parts.integer + "." +
           parts.fraction + "e" + exponent_text(parts.exponent, format.exponent_width);
  }
  std::string text = positional(shortest(x), value, max_precision);
  const int point = int(text.find('.')), behind = int(text.size()) - point - 1;
  return std::string(std::size_t(std::max(0, format.left - point)), ' ') + text +
         std::string(std::size_t(std::max(0, format.right - behind)), ' ');
}

// As NumPy writes a scalar: positional in a range that depends on the dtype, with a digit behind the point, else
// scientific.
template <class T> std::string write_scalar(DType dtype, T x) {
  const double cutoff = dtype == f64 ? 1e16 : dtype == f16 ? 1e3 : 1e6;
  const double value = exact(x);
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  const Decimal d = shortest(x);
  if (value == 0 || (std::abs(value) >= 1e-4 && std::abs(value) < cutoff)) {
    const std::string text = positional(d, value, 400);
    return text.back() == '.' ? text + "0" : text;
  }
  return (d.negative ? "-" : "") + d.digits.substr(0, 1) + (d.digits.size() > 1 ? "." + d.digits.substr(1) : "") + "e" +
         exponent_text(d.exponent, 2);
}

// ---- an array -----------------------------------------------------------------------------------------------------

class Printer {
public:
  explicit Printer(const Buffer &value) : value_(value) {
    std::int64_t stride = 1;
    strides_.resize(value.rank);
    for (std::size_t i = value.rank; i-- > 0; stride *= value.dims[i]) strides_[i] = stride;
    summarize_ = value.count > threshold;
  }

  std::string text() {
    if (value_.rank == 0)
      return scalar();
    if (value_.count == 0)
      return "[]";
    std::vector<std::int64_t> shown;
    collect(0, 0, shown);
    with_type(value_.dtype, [&](auto element) {
      using T = decltype(element);
      const T *data = value_.as<T>();
      if constexpr (std::is_integral_v<T>) {
        format_.dtype = value_.dtype;
        for (std::int64_t i : shown) format_.left = std::max(format_.left, int(word<T>(data[i]).size()));
        if (value_.dtype == boolean)
          format_.left = 5; // ' True' beside 'False', always
      } else {
        std::vector<T> values;
        for (std::int64_t i : shown) values.push_back(data[i]);
        format_ = float_format(value_.dtype, values);
      }
    });
    return array(0, 0, " ", line_width);
  }

private:
  template <class T> static std::string word(T x) {
    if constexpr (std::is_same_v<T, bool>)
      return x ? "True" : "False";
    else
      return std::to_string(x);
  }

  std::string scalar() const {
    return with_type(value_.dtype, [&](auto element) {
      using T = decltype(element);
      if constexpr (std::is_integral_v<T>)
        return word<T>(*value_.as<T>());
      else
        return write_scalar(value_.dtype, *value_.as<T>());
    });
  }

  std::string write(std::int64_t at) const {
    return with_type(value_.dtype, [&](auto element) {
      using T = decltype(element);
      if constexpr (std::is_integral_v<T>) {
        const std::string text = word<T>(value_.as<T>()[at]);
        return std::string(std::size_t(std::max(0, format_.left - int(text.size()))), ' ') + text;
      } else {
        return write_float(format_, value_.as<T>()[at]);
      }
    });
  }

  bool is_summarized(std::size_t axis) const { return summarize_ && value_.dims[axis] > 2 * edge_items; }

  // The elements that are shown decide the format.
  void collect(std::size_t axis, std::int64_t at, std::vector<std::int64_t> &shown) const {
    if (axis == value_.rank)
      return shown.push_back(at);
    const std::int64_t n = value_.dims[axis];
    for (std::int64_t i = 0; i < n; ++i)
      if (!is_summarized(axis) || i < edge_items || i >= n - edge_items)
        collect(axis + 1, at + i * strides_[axis], shown);
  }

  static void extend(std::string &text, std::string &line, const std::string &word, std::size_t width,
                     const std::string &indent) {
    if (line.size() + word.size() > width && line.size() > indent.size()) {
      while (line.back() == ' ') line.pop_back();
      text += line + "\n";
      line = indent;
    }
    line += word;
  }

  std::string array(std::size_t axis, std::int64_t at, const std::string &indent, std::size_t width) const {
    if (axis == value_.rank)
      return write(at);
    const std::int64_t n = value_.dims[axis];
    const bool summary = is_summarized(axis);
    std::vector<std::int64_t> items;
    for (std::int64_t i = 0; i < n; ++i)
      if (!summary || i < edge_items || i >= n - edge_items)
        items.push_back(i);
    std::string text;
    if (axis + 1 == value_.rank) {
      std::string line = indent;
      for (std::size_t k = 0; k < items.size(); ++k) {
        if (summary && k == std::size_t(edge_items)) {
          extend(text, line, "...", width - 1, indent);
          line += ' ';
        }
        extend(text, line, array(axis + 1, at + items[k] * strides_[axis], indent + " ", width - 1), width - 1, indent);
        if (k + 1 < items.size())
          line += ' ';
      }
      text += line;
    } else {
      const std::string separator(value_.rank - axis - 1, '\n');
      for (std::size_t k = 0; k < items.size(); ++k) {
        if (summary && k == std::size_t(edge_items))
          text += indent + "..." + separator;
        text += indent + array(axis + 1, at + items[k] * strides_[axis], indent + " ", width - 1);
        if (k + 1 < items.size())
          text += separator;
      }
    }
    return "[" + text.substr(indent.size()) + "]";
  }

  const Buffer &value_;
  std::vector<std::int64_t> strides_;
  Format format_{f32};
  bool summarize_;
};

} // namespace

std::string Tensor::to_string(Location where) const {
  if (Access::slot(*this) >= 0 || is_tracing)
    throw Error("to_string", "the function is being traced, so that values are not known yet", where,
                "tenon::print(\"{}\", {x}) prints when it runs");
  if (!buffer_)
    throw Error("to_string", "use of a Tensor without a value", where);
  return Printer(*buffer_).text();
}

std::ostream &operator<<(std::ostream &out, const Tensor &x) { return out << x.to_string(Location()); }

} // namespace tenon

// The reader of golden files and the comparison of arrays.
#include "golden_file.h"

#include <cmath>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <zlib.h>

using namespace tenon::test;

size_t tenon::test::element_bytes(const std::string &dtype) {
  if (dtype == "f64" || dtype == "i64")
    return 8;
  if (dtype == "f32" || dtype == "i32")
    return 4;
  if (dtype == "f16" || dtype == "bf16" || dtype == "i16")
    return 2;
  return 1;
}

namespace {
template <class T> T load(const unsigned char *bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

double half(uint16_t bits) {
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  double magnitude = exponent == 31  ? (fraction ? NAN : INFINITY)
                     : exponent == 0 ? std::ldexp(fraction, -24)
                                     : std::ldexp(1024 + fraction, exponent - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

std::vector<unsigned char> from_hex(const std::string &text) {
  std::vector<unsigned char> bytes;
  if (text == "-")
    return bytes;
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    bytes.push_back(static_cast<unsigned char>(digit(text[i]) * 16 + digit(text[i + 1])));
  return bytes;
}

Array parse_array(std::istringstream &line) {
  Array array;
  std::string shape, hex;
  line >> array.dtype >> shape >> hex;
  if (shape != "scalar") {
    std::istringstream sizes(shape);
    for (std::string size; std::getline(sizes, size, ',');) array.shape.push_back(std::stoll(size));
  }
  array.bytes = from_hex(hex);
  size_t expected = element_bytes(array.dtype);
  for (int64_t size : array.shape) expected *= static_cast<size_t>(size);
  if (array.bytes.size() != expected)
    throw std::runtime_error("expected " + std::to_string(expected) + " bytes, got " +
                             std::to_string(array.bytes.size()));
  return array;
}

std::string inflate_file(const std::string &path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (!file)
    throw std::runtime_error(path + ": cannot be opened");
  std::string text;
  char buffer[65536];
  int got = 0;
  while ((got = gzread(file, buffer, sizeof buffer)) > 0) text.append(buffer, static_cast<size_t>(got));
  gzclose(file);
  if (got < 0)
    throw std::runtime_error(path + ": is not a whole gzip file");
  return text;
}
} // namespace

double tenon::test::element(const Array &array, size_t index) {
  const unsigned char *at = array.bytes.data() + index * element_bytes(array.dtype);
  if (array.dtype == "f64")
    return load<double>(at);
  if (array.dtype == "f32")
    return load<float>(at);
  if (array.dtype == "f16")
    return half(load<uint16_t>(at));
  if (array.dtype == "bf16") {
    uint32_t bits = uint32_t(load<uint16_t>(at)) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  if (array.dtype == "i64")
    return double(load<int64_t>(at));
  if (array.dtype == "i32")
    return load<int32_t>(at);
  if (array.dtype == "i16")
    return load<int16_t>(at);
  if (array.dtype == "i8")
    return load<int8_t>(at);
  return *at;
}

std::string tenon::test::compare(const Array &expected, const Array &got, double rel, double abs) {
  size_t width = element_bytes(expected.dtype), count = expected.bytes.size() / width;
  for (size_t i = 0; i < count; ++i) {
    double e = element(expected, i), g = element(got, i);
    if (std::memcmp(expected.bytes.data() + i * width, got.bytes.data() + i * width, width) == 0 ||
        (std::isnan(e) && std::isnan(g)))
      continue;
    bool exact = rel == 0 && abs == 0;
    // Infinities are equal or they are not; their difference says nothing.
    if (!exact && std::isfinite(e) && std::isfinite(g) && std::fabs(g - e) <= abs + rel * std::fabs(e))
      continue;
    std::ostringstream sentence;
    sentence.precision(17);
    sentence << "element " << i << " of " << count << ": expected " << e << ", got " << g << " (difference " << g - e
             << ", allowed " << abs + rel * std::fabs(e) << ")";
    return sentence.str();
  }
  return "";
}

std::vector<GoldenCase> tenon::test::read_golden_file(const std::string &path) {
  std::istringstream text(inflate_file(path));
  std::vector<GoldenCase> cases;
  size_t number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    try {
      if (kind == "case") {
        cases.emplace_back();
        cases.back().name = line.substr(5);
      } else if (cases.empty()) {
        throw std::runtime_error("expected a case first");
      } else if (kind == "tol") {
        words >> cases.back().rel >> cases.back().abs;
      } else if (kind == "in") {
        cases.back().inputs.push_back(parse_array(words));
      } else if (kind == "out") {
        cases.back().outputs.push_back(parse_array(words));
      } else if (kind == "ir") {
        cases.back().ir += line.substr(3) + "\n";
      } else if (kind != "end") {
        throw std::runtime_error("expected case, tol, in, out, ir or end, got '" + kind + "'");
      }
    } catch (const std::exception &error) {
      throw std::runtime_error(path + ":" + std::to_string(number) + ": " + error.what());
    }
  }
  return cases;
}

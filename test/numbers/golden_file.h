// Reads golden files: cases of IR, inputs, expected outputs and tolerance (the format stands in goldens.py).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tenon::test {
struct Array {
  std::string dtype;
  std::vector<int64_t> shape;
  std::vector<unsigned char> bytes;
};

struct GoldenCase {
  std::string name, ir;
  double rel = 0, abs = 0;
  std::vector<Array> inputs, outputs;
};

/// Throws std::runtime_error with file and line where the file is not readable or not in the format.
std::vector<GoldenCase> read_golden_file(const std::string &path);

/// Bytes of an element in memory.
size_t element_bytes(const std::string &dtype);
/// Element `index` as a number, exactly (a float of 16 bits is one of 64, too).
double element(const Array &array, size_t index);

/// Compares bit for bit where both tolerances are 0 (any NaN equals any NaN), else as |got - expected| <= abs + rel *
/// |expected|. Returns an empty string, or a sentence about the first element that differs.
std::string compare(const Array &expected, const Array &got, double rel, double abs);
} // namespace tenon::test

// Reads .npy files as NumPy and save_npy write them: version 1, little endian, C order.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

struct Array {
  std::string dtype; ///< as NumPy describes it: "<f4"
  std::vector<std::int64_t> shape;
  std::vector<unsigned char> bytes;
};

/// Throws a std::runtime_error that names the file.
inline Array read_npy(const std::string &path) {
  const auto fail = [&](const char *what) { throw std::runtime_error(path + ": " + what); };
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file)
    fail("cannot be read");
  std::vector<unsigned char> all;
  unsigned char piece[1 << 16];
  while (const std::size_t n = std::fread(piece, 1, sizeof piece, file)) all.insert(all.end(), piece, piece + n);
  std::fclose(file);
  if (all.size() < 10 || std::memcmp(all.data(), "\x93NUMPY\x01", 7) != 0)
    fail("expected an .npy file of version 1");
  const std::size_t start = 10 + all[8] + 256u * all[9];
  if (all.size() < start)
    fail("truncated");
  const std::string header(all.begin() + 10, all.begin() + std::ptrdiff_t(start));
  if (header.find("'fortran_order': False") == std::string::npos)
    fail("expected elements in C order");
  const auto after = [&](const char *key, char first) {
    const std::size_t place = header.find(key);
    const std::size_t found = place == std::string::npos ? place : header.find(first, place + std::strlen(key));
    if (found == std::string::npos)
      fail("a header without what was expected");
    return found + 1;
  };
  Array array;
  const std::size_t descr = after("'descr':", '\'');
  array.dtype = header.substr(descr, header.find('\'', descr) - descr);
  std::size_t count = 1;
  for (const char *p = header.c_str() + after("'shape':", '('); *p && *p != ')';) {
    char *end;
    array.shape.push_back(std::strtoll(p, &end, 10));
    count *= std::size_t(array.shape.back());
    for (p = end; *p == ',' || *p == ' ';) ++p;
  }
  array.bytes.assign(all.begin() + std::ptrdiff_t(start), all.end());
  if (array.bytes.size() != count * std::strtoul(array.dtype.c_str() + 2, nullptr, 10))
    fail("another number of bytes than its shape says");
  return array;
}

} // namespace bench

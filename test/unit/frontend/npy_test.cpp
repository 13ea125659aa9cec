// .npy files: what NumPy wrote is read, what is wrong is said, and nothing crashes at any length.
#include <tenon/tenon.h>

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <unistd.h>

using tenon::Shape;
using tenon::Tensor;

namespace {

std::string data(const std::string &name) { return TENON_TEST_DATA "/" + name; }

std::string error_of(const std::string &path) {
  try {
    tenon::load_npy(path);
  } catch (const tenon::Error &e) {
    return e.what();
  }
  return "no error";
}
#define EXPECT_SAYS(path, text) EXPECT_NE(error_of(path).find(text), std::string::npos) << error_of(path)

TEST(Npy, ReadsEveryDtype) {
  EXPECT_EQ(tenon::load_npy(data("f4.npy")).to_string(), "[[0.   0.25 0.5 ]\n [0.75 1.   1.25]]");
  EXPECT_EQ(tenon::load_npy(data("f8.npy")).dtype(), tenon::f64);
  EXPECT_EQ(tenon::load_npy(data("f2.npy")).to_string(), "[[0.  0.5 1. ]\n [1.5 2.  2.5]]");
  for (const char *name : {"i1", "i2", "i4", "i8"}) {
    Tensor x = tenon::load_npy(data(std::string(name) + ".npy"));
    EXPECT_EQ(tenon::size_of(x.dtype()), std::size_t(name[1] - '0'));
    EXPECT_EQ(x.to_string(), "[[-3 -2 -1]\n [ 0  1  2]]");
  }
  EXPECT_EQ(tenon::load_npy(data("u1.npy")).dtype(), tenon::u8);
  EXPECT_EQ(tenon::load_npy(data("b1.npy")).to_string(), "[[ True False  True]\n [False  True False]]");
  EXPECT_EQ(tenon::load_npy(data("scalar.npy")).shape(), Shape{});
  EXPECT_EQ(tenon::load_npy(data("empty.npy")).shape(), (Shape{0, 4}));
}

TEST(Npy, ReadsEveryVersionAndOrder) {
  EXPECT_EQ(tenon::load_npy(data("version_2.npy")).to_string(), tenon::load_npy(data("f4.npy")).to_string());
  EXPECT_EQ(tenon::load_npy(data("version_3.npy")).to_string(), tenon::load_npy(data("f4.npy")).to_string());
  EXPECT_EQ(tenon::load_npy(data("fortran.npy")).to_string(), tenon::arange(0.0, 24.0).reshape({2, 3, 4}).to_string());
}

TEST(Npy, SaysWhatItCannotRead) {
  EXPECT_SAYS(data("missing.npy"), "missing.npy': cannot be opened: No such file or directory (npy_test.cpp:");
  EXPECT_SAYS(data("big_endian.npy"), "unsupported dtype '>f4'; expected f2, f4, f8");
  EXPECT_SAYS(data("big_endian.npy"), "it is big endian: save it with .astype('<f4')");
  EXPECT_SAYS(data("complex.npy"), "unsupported dtype '<c8'");
  EXPECT_SAYS(data("u4.npy"), "unsupported dtype '<u4'");
  EXPECT_SAYS(data("structured.npy"), "expected one dtype, but got a structured one");
  EXPECT_SAYS(data("archive.npz"), "this is a .npz archive");
  EXPECT_SAYS(data("../npy_test.cpp"), "expected a .npy file, but its first bytes are others");
}

class Scratch {
public:
  explicit Scratch(const std::string &contents)
      : path_(testing::TempDir() + "tenon_npy_test." + std::to_string(getpid()) + ".npy") {
    std::ofstream(path_, std::ios::binary) << contents;
  }
  ~Scratch() { std::remove(path_.c_str()); }
  const std::string &path() const { return path_; }

private:
  std::string path_;
};

std::string contents(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Npy, IsTruncatedAtAnyLength) {
  const std::string whole = contents(data("f4.npy"));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    Scratch file(whole.substr(0, length));
    const std::string message = error_of(file.path());
    EXPECT_NE(message.find(length < 8 ? "bytes" : "truncated"), std::string::npos) << length << ": " << message;
  }
  EXPECT_SAYS(Scratch(whole.substr(0, whole.size() - 1)).path(),
              "truncated: f32[2,3] needs 24 bytes of elements, but the file has 23");
  EXPECT_SAYS(Scratch(whole + "x").path(), "1 bytes follow the elements of f32[2,3]");
}

TEST(Npy, HasAMalformedHeader) {
  const auto with_header = [](const std::string &header) {
    return std::string("\x93NUMPY\x01\x00", 8) + char(header.size() & 255) + char(header.size() >> 8) + header;
  };
  for (const char *header : {"", "{", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
                             "{'descr': '<f4', 'shape': (-1,)}", "{'descr': '<f4', 'shape': (99999999999999999999,)}",
                             "{'descr': '<f4', 'shape': (1,", "{'descr': '<f4, 'shape': (1,)}",
                             "{'what': '<f4', 'shape': (1,)}", "import os"})
    EXPECT_SAYS(Scratch(with_header(header)).path(), "the header is malformed");
  EXPECT_SAYS(
      Scratch(with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }")).path(),
      "is too large");
  EXPECT_SAYS(Scratch(std::string("\x93NUMPY\x07\x00", 8) + std::string(100, ' ')).path(),
              "unsupported format version 7");
}

// Every byte of the header changed, one after the other: an Error or a Tensor, never a crash.
TEST(Npy, SurvivesAnyByteOfItsHeader) {
  const std::string whole = contents(data("f4.npy"));
  for (std::size_t at = 0; at < 128; ++at)
    for (const char byte : {'\0', ' ', '9', '(', '\'', '\xff'}) {
      std::string changed = whole;
      changed[at] = byte;
      Scratch file(changed);
      (void)error_of(file.path());
    }
}

TEST(Npy, WritesWhatItReads) {
  const std::string path = testing::TempDir() + "tenon_npy_saved.npy";
  for (const char *name : {"f4", "f8", "f2", "i1", "i2", "i4", "i8", "u1", "b1", "scalar", "empty", "fortran"}) {
    Tensor x = tenon::load_npy(data(std::string(name) + ".npy"));
    tenon::save_npy(path, x);
    if (std::string(name) != "fortran") {
      EXPECT_EQ(contents(path), contents(data(std::string(name) + ".npy"))) << name; // NumPy's very bytes
    }
    EXPECT_TRUE(tenon::array_equal(tenon::load_npy(path), x));
  }
  Tensor b({1.5, -2.0}, tenon::bf16);
  tenon::save_npy(path, b);
  EXPECT_TRUE(tenon::array_equal(tenon::load_npy(path), b));
  std::remove(path.c_str());
  try {
    tenon::save_npy("/nowhere/x.npy", b);
    FAIL();
  } catch (const tenon::Error &e) {
    EXPECT_NE(std::string(e.what()).find("'/nowhere/x.npy' cannot be written: No such file or directory"),
              std::string::npos);
  }
}

} // namespace

// NumPy's .npy files: versions 1 to 3, little endian, C and Fortran order (numpy/lib/format.py).
#include "sizes.h"
#include "tenon/create.h"

#include <bit>
#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace tenon {

using namespace detail;

static_assert(std::endian::native == std::endian::little, "elements are written as they lie in memory");

namespace {

class File {
public:
  File(const std::string &path, const char *mode) : file_(std::fopen(path.c_str(), mode)) {}
  ~File() {
    if (file_)
      std::fclose(file_);
  }
  File(const File &) = delete;
  explicit operator bool() const { return file_; }
  std::size_t read(void *to, std::size_t bytes) { return std::fread(to, 1, bytes, file_); }
  bool write(const void *from, std::size_t bytes) { return std::fwrite(from, 1, bytes, file_) == bytes; }
  bool close() { return std::fclose(std::exchange(file_, nullptr)) == 0; }
  bool at_end() { return std::fgetc(file_) == EOF; }
  /// Bytes behind the present position, or -1 where it is no regular file.
  long left() {
    const long now = std::ftell(file_);
    if (now < 0 || std::fseek(file_, 0, SEEK_END))
      return -1;
    const long end = std::ftell(file_);
    return std::fseek(file_, now, SEEK_SET) ? -1 : end - now;
  }

private:
  std::FILE *file_;
};

/// A reader of the header: a Python dict literal with the keys descr, fortran_order and shape.
class Header {
public:
  Header(std::string_view text, const std::string &path, Location where) : text_(text), path_(path), where_(where) {
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr")
        descr = peek() == '[' ? fail("expected one dtype, but got a structured one") : string();
      else if (key == "fortran_order")
        fortran = boolean();
      else if (key == "shape")
        tuple(), has_shape_ = true;
      else
        fail("unknown key '" + key + "'");
      if (!accept(',') && peek() != '}')
        fail("expected ',' or '}'");
    }
    if (descr.empty() || !has_shape_)
      fail("descr or shape is missing");
  }

  std::string descr;
  bool fortran = false;
  Shape shape;

  [[noreturn]] std::string fail(const std::string &problem) const {
    throw Error("load_npy", "'" + path_ + "': the header is malformed: " + problem, where_);
  }

private:
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c)
      return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c))
      fail(std::string("expected '") + c + "'");
  }
  std::string string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"')
      fail("expected a string");
    const std::size_t end = text_.find(quote, ++at_);
    if (end == text_.npos)
      fail("a string does not end");
    std::string result(text_.substr(at_, end - at_));
    at_ = end + 1;
    return result;
  }
  bool boolean() {
    peek();
    for (const auto &[word, value] :
         {std::pair(std::string_view("True"), true), std::pair(std::string_view("False"), false)})
      if (text_.substr(at_, word.size()) == word)
        return at_ += word.size(), value;
    fail("expected True or False");
  }
  void tuple() {
    expect('(');
    while (!accept(')')) {
      std::int64_t n = 0;
      if (peek() < '0' || peek() > '9')
        fail("expected a size");
      for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, text_[at_] - '0', &n))
          fail("a size is too large");
      accept('L'); // Python 2 wrote long integers so
      shape.push_back(n);
      if (!accept(',') && peek() != ')')
        fail("expected ',' or ')'");
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  const std::string &path_;
  Location where_;
  bool has_shape_ = false;
};

struct Described {
  const char *descr;
  DType dtype;
};
constexpr Described dtypes[] = {{"<f4", f32}, {"<f8", f64}, {"<f2", f16}, {"|i1", i8},      {"<i2", i16},
                                {"<i4", i32}, {"<i8", i64}, {"|u1", u8},  {"|b1", boolean}, {"<V2", bf16}};

DType dtype_of_descr(const std::string &descr, const std::string &path, Location where) {
  for (const Described &d : dtypes) {
    if (descr == d.descr)
      return d.dtype;
    if (descr.size() == 3 && descr.substr(1) == d.descr + 1 &&
        (descr[0] == '=' || (size_of(d.dtype) == 1 && (descr[0] == '<' || descr[0] == '>'))))
      return d.dtype;
  }
  if (descr == "|V2")
    return bf16; // as ml_dtypes saves it
  std::string remedy = "save it with .astype(np.float32), or another dtype that Tenon has";
  if (!descr.empty() && descr[0] == '>')
    remedy = "it is big endian: save it with .astype('<" + descr.substr(1) + "')";
  throw Error("load_npy",
              "'" + path + "': unsupported dtype '" + descr +
                  "'; expected f2, f4, f8, i1, i2, i4, i8, u1 or b1 in little endian",
              where, remedy);
}

// Column-major to row-major.
void reorder(const Buffer &from, Buffer &to) {
  const std::size_t rank = to.rank, bytes = size_of(to.dtype);
  std::vector<std::int64_t> strides(rank), index(rank, 0);
  std::int64_t stride = 1;
  for (std::size_t i = 0; i < rank; stride *= to.dims[i++]) strides[i] = stride;
  for (std::int64_t at = 0; at < to.count; ++at) {
    std::int64_t source = 0;
    for (std::size_t i = 0; i < rank; ++i) source += index[i] * strides[i];
    std::memcpy(to.as<char>() + std::size_t(at) * bytes, from.as<char>() + std::size_t(source) * bytes, bytes);
    for (std::size_t i = rank; i-- > 0;) {
      if (++index[i] < to.dims[i])
        break;
      index[i] = 0;
    }
  }
}

} // namespace

Tensor load_npy(const std::string &path, Location where) {
  const auto fail = [&](const std::string &problem, const std::string &remedy = {}) {
    throw Error("load_npy", "'" + path + "': " + problem, where, remedy);
  };
  File file(path, "rb");
  if (!file)
    fail(std::string("cannot be opened: ") + std::strerror(errno));
  unsigned char start[8];
  const std::size_t got = file.read(start, sizeof start);
  if (got < sizeof start || std::memcmp(start, "\x93NUMPY", 6) != 0) {
    if (got >= 4 && std::memcmp(start, "PK\3\4", 4) == 0)
      fail("expected a .npy file, but this is a .npz archive", "save each array with np.save");
    fail(got < sizeof start ? "expected a .npy file, but it has only " + std::to_string(got) + " bytes"
                            : "expected a .npy file, but its first bytes are others");
  }
  if (start[6] < 1 || start[6] > 3)
    fail("unsupported format version " + std::to_string(start[6]) + "; expected 1, 2 or 3");
  unsigned char size[4] = {};
  const std::size_t size_bytes = start[6] == 1 ? 2 : 4;
  if (file.read(size, size_bytes) < size_bytes)
    fail("truncated in the header");
  const std::size_t length = size[0] | size[1] << 8 | size[2] << 16 | std::size_t(size[3]) << 24;
  const long left = file.left();
  if (left >= 0 && std::size_t(left) < length)
    fail("truncated in the header: expected " + std::to_string(length) + " bytes, but got " + std::to_string(left));
  if (length > (1u << 20))
    fail("the header has " + std::to_string(length) + " bytes, more than any array needs");
  std::string text(length, '\0');
  if (const std::size_t n = file.read(text.data(), length); n < length)
    fail("truncated in the header: expected " + std::to_string(length) + " bytes, but got " + std::to_string(n));
  const Header header(text, path, where);
  const DType dtype = dtype_of_descr(header.descr, path, where);
  std::int64_t bytes = std::int64_t(size_of(dtype));
  for (std::int64_t n : header.shape)
    if (__builtin_mul_overflow(bytes, n, &bytes))
      fail("the shape " + describe(header.shape) + " is too large");
  const long rest = file.left();
  if (rest >= 0 && rest < bytes)
    fail("truncated: " + describe(dtype, header.shape) + " needs " + std::to_string(bytes) +
         " bytes of elements, but the file has " + std::to_string(rest));
  if (rest > bytes)
    fail(std::to_string(rest - bytes) + " bytes follow the elements of " + describe(dtype, header.shape));
  BufferRef buffer(allocate(dtype, header.shape));
  if (file.read(buffer->data, buffer->bytes()) < buffer->bytes())
    fail("truncated: fewer than " + std::to_string(bytes) + " bytes of elements");
  if (dtype == boolean)
    for (std::int64_t i = 0; i < buffer->count; ++i)
      buffer->as<unsigned char>()[i] = buffer->as<unsigned char>()[i] != 0;
  if (header.fortran && header.shape.size() > 1) {
    BufferRef ordered(allocate(dtype, header.shape));
    reorder(*buffer, *ordered);
    buffer = std::move(ordered);
  }
  return constant(buffer.take(), where);
}

void save_npy(const std::string &path, const Tensor &x, Location where) {
  const TensorType type = type_of(x, "save_npy", where);
  const Buffer *value = Access::buffer(x);
  if (!value)
    throw Error("save_npy", "the function is being traced, so that values are not known yet", where);
  const char *descr = nullptr;
  for (const Described &d : dtypes)
    if (d.dtype == type.dtype)
      descr = d.descr;
  std::string header = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < type.dims.size(); ++i) header += (i ? ", " : "") + std::to_string(type.dims[i]);
  header += type.dims.size() == 1 ? ",), }" : "), }";
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  const unsigned char start[] = {
      0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (unsigned char)(header.size() & 255), (unsigned char)(header.size() >> 8)};
  const std::string beside = path + ".part" + std::to_string(::getpid());
  const auto fail = [&](int error) {
    std::remove(beside.c_str());
    throw Error("save_npy", "'" + path + "' cannot be written: " + std::strerror(error), where);
  };
  errno = 0;
  File file(beside, "wb");
  if (!file)
    fail(errno);
  if (!file.write(start, sizeof start) || !file.write(header.data(), header.size()) ||
      !file.write(value->data, value->bytes()) || !file.close())
    fail(errno ? errno : EIO);
  if (std::rename(beside.c_str(), path.c_str()))
    fail(errno);
}

} // namespace tenon

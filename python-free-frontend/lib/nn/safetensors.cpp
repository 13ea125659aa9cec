// safetensors files: eight bytes of length, a JSON header, the elements (github.com/huggingface/safetensors).
#include "apply.h"
#include "json.h"
#include "tenon/weights.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace tenon {

using namespace detail;

static_assert(std::endian::native == std::endian::little, "elements are written as they lie in memory");

namespace {

struct Code {
  const char *name;
  DType dtype;
};
// Last to first is the order in a file: that of the Rust library's enumeration.
constexpr Code codes[] = {{"BOOL", boolean}, {"U8", u8},   {"I8", i8},   {"I16", i16}, {"F16", f16},
                          {"BF16", bf16},    {"I32", i32}, {"F32", f32}, {"F64", f64}, {"I64", i64}};

int rank_of(DType dtype) {
  for (int i = 0; i < int(std::size(codes)); ++i)
    if (codes[i].dtype == dtype)
      return i;
  throw InternalError("a dtype without a safetensors code");
}

struct Entry {
  std::string name;
  DType dtype;
  Shape shape;
  std::int64_t begin, end;
};

struct FileCloser {
  std::FILE *file;
  ~FileCloser() {
    if (file)
      std::fclose(file);
  }
};

std::string quoted(const std::string &name) { return "'" + name + "'"; }

Entry read_entry(JsonReader &json, const std::string &name) {
  Entry entry{name, f32, {}, -1, -1};
  bool has_dtype = false, has_shape = false;
  json.object([&](const std::string &key) {
    if (key == "dtype" && !has_dtype) {
      const std::string code = json.string();
      const auto *found =
          std::find_if(std::begin(codes), std::end(codes), [&](const Code &c) { return c.name == code; });
      if (found == std::end(codes))
        json.fail(quoted(name) + " has the dtype " + code + ", which Tenon does not have");
      entry.dtype = found->dtype;
      has_dtype = true;
    } else if (key == "shape" && !has_shape) {
      json.array([&] { entry.shape.push_back(json.size()); });
      has_shape = true;
    } else if (key == "data_offsets" && entry.begin < 0) {
      std::vector<std::int64_t> offsets;
      json.array([&] { offsets.push_back(json.size()); });
      if (offsets.size() != 2)
        json.fail("expected two offsets for " + quoted(name));
      entry.begin = offsets[0];
      entry.end = offsets[1];
    } else {
      json.fail("an unexpected key " + quoted(key) + " for " + quoted(name));
    }
  });
  if (!has_dtype || !has_shape || entry.begin < 0)
    json.fail(quoted(name) + " lacks its dtype, shape or data_offsets");
  std::int64_t bytes = std::int64_t(size_of(entry.dtype));
  for (const std::int64_t n : entry.shape)
    if (__builtin_mul_overflow(bytes, n, &bytes))
      json.fail(quoted(name) + " is too large");
  if (entry.end < entry.begin || entry.end - entry.begin != bytes)
    json.fail(quoted(name) + " is " + describe(entry.dtype, entry.shape) + ", which takes " + std::to_string(bytes) +
              " bytes, but its offsets are " + std::to_string(entry.begin) + " and " + std::to_string(entry.end));
  return entry;
}

std::vector<Entry> read_header(std::string_view text) {
  if (text.empty() || text[0] != '{')
    throw JsonReader::Malformed("expected '{' at byte 0");
  JsonReader json(text);
  std::vector<Entry> entries;
  bool has_metadata = false;
  json.object([&](const std::string &name) {
    if (name == "__metadata__") {
      if (std::exchange(has_metadata, true))
        json.fail("__metadata__ comes twice");
      json.object([&](const std::string &) { json.string(); });
      return;
    }
    for (const Entry &entry : entries)
      if (entry.name == name)
        json.fail(quoted(name) + " comes twice");
    entries.push_back(read_entry(json, name));
  });
  json.end();
  return entries;
}

} // namespace

NamedTensors load_safetensors(const std::string &path, Location where) {
  const auto fail = [&](const std::string &problem) {
    throw Error("load_safetensors", "'" + path + "': " + problem, where);
  };
  const FileCloser closer{std::fopen(path.c_str(), "rb")};
  std::FILE *file = closer.file;
  if (!file)
    fail(std::string("cannot be opened: ") + std::strerror(errno));
  std::fseek(file, 0, SEEK_END);
  const std::int64_t size = std::ftell(file);
  std::rewind(file);
  std::uint64_t length = 0;
  if (size < 8 || std::fread(&length, 1, 8, file) < 8)
    fail("expected a safetensors file, but it has only " + std::to_string(std::max<std::int64_t>(size, 0)) + " bytes");
  if (length > 100'000'000)
    fail("expected a safetensors file, but its header would have " + std::to_string(length) + " bytes");
  if (length > std::uint64_t(size - 8))
    fail("truncated in the header: expected " + std::to_string(length) + " bytes, but got " + std::to_string(size - 8));
  std::string header(length, '\0');
  if (std::fread(header.data(), 1, length, file) < length)
    fail("cannot be read");
  std::vector<Entry> entries;
  try {
    entries = read_header(header);
  } catch (const JsonReader::Malformed &e) {
    fail(std::string("the header is malformed: ") + e.what());
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry &a, const Entry &b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
  std::int64_t at = 0;
  for (const Entry &entry : entries) {
    if (entry.begin != at)
      fail("the elements of '" + entry.name + "' begin at byte " + std::to_string(entry.begin) + ", but those before " +
           "them end at " + std::to_string(at));
    at = entry.end;
  }
  if (const std::int64_t rest = size - 8 - std::int64_t(length); rest != at)
    fail((rest < at ? "truncated: expected " : "expected ") + std::to_string(at) + " bytes of elements, but got " +
         std::to_string(rest));
  NamedTensors result;
  for (const Entry &entry : entries) {
    BufferRef buffer(allocate(entry.dtype, entry.shape));
    if (std::fread(buffer->data, 1, buffer->bytes(), file) < buffer->bytes())
      fail("cannot be read");
    if (entry.dtype == boolean)
      for (std::int64_t i = 0; i < buffer->count; ++i)
        buffer->as<unsigned char>()[i] = buffer->as<unsigned char>()[i] != 0;
    result.emplace(entry.name, Access::adopt(buffer.take()));
  }
  return result;
}

void save_safetensors(const std::string &path, const NamedTensors &tensors, Location where) {
  struct Item {
    const std::string *name;
    const Buffer *value;
  };
  std::vector<Item> items;
  for (const auto &[name, tensor] : tensors) {
    type_of(tensor, "save_safetensors", where); // a Tensor without a value
    const Buffer *value = Access::buffer(tensor);
    if (!value)
      throw Error("save_safetensors", "the function is being traced, so that values are not known yet", where);
    if (name == "__metadata__")
      throw Error("save_safetensors", "a Tensor cannot be called '__metadata__' in this format", where);
    items.push_back({&name, value});
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Item &a, const Item &b) { return rank_of(a.value->dtype) > rank_of(b.value->dtype); });
  std::string header = "{";
  std::size_t at = 0;
  for (const Item &item : items) {
    header += (header.size() > 1 ? "," : "") + json_quote(*item.name) + ":{\"dtype\":\"" +
              codes[rank_of(item.value->dtype)].name + "\",\"shape\":" + describe(item.value->shape()) +
              ",\"data_offsets\":[" + std::to_string(at) + "," + std::to_string(at + item.value->bytes()) + "]}";
    at += item.value->bytes();
  }
  header += "}";
  header.append((8 - header.size() % 8) % 8, ' ');
  const std::uint64_t length = header.size();

  const std::string beside = path + ".part" + std::to_string(::getpid());
  const auto fail = [&](int error) {
    std::remove(beside.c_str());
    throw Error("save_safetensors", "'" + path + "' cannot be written: " + std::strerror(error ? error : EIO), where);
  };
  errno = 0;
  std::FILE *file = std::fopen(beside.c_str(), "wb");
  if (!file)
    fail(errno);
  const auto write = [&](const void *data, std::size_t bytes) { return std::fwrite(data, 1, bytes, file) == bytes; };
  bool good = write(&length, 8) && write(header.data(), header.size());
  for (const Item &item : items) good = good && write(item.value->data, item.value->bytes());
  const int error = errno;
  if (std::fclose(file) || !good)
    fail(good ? errno : error);
  if (std::rename(beside.c_str(), path.c_str()))
    fail(errno);
}

} // namespace tenon

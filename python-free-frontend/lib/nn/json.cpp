// A reader of JSON text.
#include "json.h"

namespace tenon::detail {

void JsonReader::fail(const std::string &problem) const {
  throw Malformed(problem + " at byte " + std::to_string(at_));
}

char JsonReader::peek() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
    ++at_;
  return at_ < text_.size() ? text_[at_] : '\0';
}
bool JsonReader::accept(char c) {
  if (peek() != c)
    return false;
  ++at_;
  return true;
}
void JsonReader::expect(char c) {
  if (!accept(c))
    fail(std::string("expected '") + c + "'");
}
void JsonReader::end() {
  peek();
  if (at_ < text_.size())
    fail("expected the end");
}

std::uint32_t JsonReader::hexadecimal() {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0)
      fail("expected four hexadecimal digits");
    code = code << 4 | std::uint32_t(digit);
    ++at_;
  }
  return code;
}

std::string JsonReader::string() {
  expect('"');
  std::string result;
  for (;;) {
    if (at_ >= text_.size())
      fail("a string does not end");
    const char c = text_[at_++];
    if (c == '"')
      return result;
    if (std::uint8_t(c) < 0x20)
      fail("a control character in a string");
    if (c != '\\') {
      result += c;
      continue;
    }
    const char escape = at_ < text_.size() ? text_[at_++] : '\0';
    switch (escape) {
    case '"':
    case '\\':
    case '/': result += escape; break;
    case 'b': result += '\b'; break;
    case 'f': result += '\f'; break;
    case 'n': result += '\n'; break;
    case 'r': result += '\r'; break;
    case 't': result += '\t'; break;
    case 'u': {
      std::uint32_t code = hexadecimal();
      if (code >= 0xD800 && code < 0xDC00) { // the first of a pair
        if (text_.substr(at_, 2) != "\\u")
          fail("half a surrogate pair");
        at_ += 2;
        const std::uint32_t second = hexadecimal();
        if (second < 0xDC00 || second > 0xDFFF)
          fail("half a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00);
      } else if (code >= 0xDC00 && code <= 0xDFFF) {
        fail("half a surrogate pair");
      }
      if (code < 0x80) {
        result += char(code);
      } else {
        const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
        result += char((0xF00 >> more & 0xFF) | code >> 6 * more);
        for (int i = more; i-- > 0;) result += char(0x80 | (code >> 6 * i & 0x3F));
      }
      break;
    }
    default: fail("an unknown escape in a string");
    }
  }
}

std::int64_t JsonReader::size() {
  const char first = peek();
  if (first < '0' || first > '9')
    fail("expected a size");
  std::int64_t n = 0;
  const std::size_t start = at_;
  for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
    if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, text_[at_] - '0', &n))
      fail("a size is too large");
  if (first == '0' && at_ - start > 1)
    fail("a size begins with 0");
  return n;
}

std::string json_quote(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
    case '"': result += "\\\""; continue;
    case '\\': result += "\\\\"; continue;
    case '\b': result += "\\b"; continue;
    case '\f': result += "\\f"; continue;
    case '\n': result += "\\n"; continue;
    case '\r': result += "\\r"; continue;
    case '\t': result += "\\t"; continue;
    default: break;
    }
    if (std::uint8_t(c) < 0x20) {
      constexpr char digits[] = "0123456789abcdef";
      result += std::string("\\u00") + digits[c >> 4] + digits[c & 15];
    } else {
      result += c;
    }
  }
  return result + "\"";
}

} // namespace tenon::detail

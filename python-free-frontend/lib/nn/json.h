// A reader of JSON text, strict (RFC 8259), for headers: the caller says what comes next.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tenon::detail {

class JsonReader {
public:
  /// `where` in `what()`: the byte of the text.
  struct Malformed : std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  explicit JsonReader(std::string_view text) : text_(text) {}

  /// Calls f(key) for each member, which reads its value.
  template <class F> void object(F f) {
    expect('{');
    if (accept('}'))
      return;
    do {
      const std::string key = string();
      expect(':');
      f(key);
    } while (accept(','));
    expect('}');
  }
  /// Calls f() for each element, which reads it.
  template <class F> void array(F f) {
    expect('[');
    if (accept(']'))
      return;
    do f();
    while (accept(','));
    expect(']');
  }
  std::string string();
  /// A number that is not negative and has neither fraction nor exponent.
  std::int64_t size();
  /// Nothing but white space is left.
  void end();
  [[noreturn]] void fail(const std::string &problem) const;

private:
  char peek();
  bool accept(char c);
  void expect(char c);
  std::uint32_t hexadecimal();

  std::string_view text_;
  std::size_t at_ = 0;
};

/// A JSON string with its quotes, as Rust's serde writes it.
std::string json_quote(std::string_view text);

} // namespace tenon::detail

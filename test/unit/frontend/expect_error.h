// Tests of messages: EXPECT_ERROR(expression, "text") for a tenon::Error whose what() contains the text.
#pragma once

#include <tenon/error.h>

#include <gtest/gtest.h>

template <class F> std::string message_of(F f) {
  try {
    f();
  } catch (const tenon::Error &e) {
    return e.what();
  }
  return "no error";
}
#define EXPECT_ERROR(expression, text)                                                                                 \
  do {                                                                                                                 \
    const std::string message = message_of([&] { (void)(expression); });                                               \
    EXPECT_NE(message.find(text), std::string::npos) << message;                                                       \
  } while (false)

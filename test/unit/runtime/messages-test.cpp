// Every sentence that the runtime writes, and how it behaves without a context, a buffer or room.
#include "tenon/runtime/compiled.h"
#include "tenon/runtime/cpu.h"
#include "tenon/runtime/host.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace {

// A context with a message buffer of `capacity` bytes, filled with '#' so that what was not written shows.
struct Caller {
  explicit Caller(size_t capacity = 256) : buffer(capacity + 1, '#') {
    context.struct_size = sizeof context;
    context.message = buffer.data();
    context.message_capacity = capacity;
  }
  std::string message() const { return buffer.c_str(); }

  std::string buffer;
  tenon_context context = {};
};

struct Frame : Caller {
  explicit Frame(size_t capacity = 256) : Caller(capacity) {}
  tenon_frame frame = {&context, TENON_OK, 0, "m_f", nullptr};
};

TEST(RuntimeMessages, NullPointerNamesFunctionAndArgument) {
  Caller caller;
  EXPECT_EQ(tenon_runtime_null_pointer(&caller.context, "digits_predict", "x"), TENON_ERROR_NULL_POINTER);
  EXPECT_EQ(caller.message(), "digits_predict: argument `x` is null, but has to point to its elements");
}

TEST(RuntimeMessages, MisalignedPointerGivesAddressAndAlignment) {
  Caller caller;
  const void *pointer = reinterpret_cast<const void *>(uintptr_t{0x10a1});
  EXPECT_EQ(tenon_runtime_misaligned(&caller.context, "m_f", "workspace", pointer, 64), TENON_ERROR_MISALIGNED);
  EXPECT_EQ(caller.message(), "m_f: argument `workspace` is at 0x10a1, but has to be aligned to 64 bytes");
}

TEST(RuntimeMessages, DimensionGivesValueAndTheBoundItBreaks) {
  Caller caller;
  EXPECT_EQ(tenon_runtime_bad_dimension(&caller.context, "m_f", "batch", -1, 0, 100), TENON_ERROR_DIMENSION);
  EXPECT_EQ(caller.message(), "m_f: dimension `batch` is -1, but has to be at least 0");
  EXPECT_EQ(tenon_runtime_bad_dimension(&caller.context, "m_f", "batch", 101, 0, 100), TENON_ERROR_DIMENSION);
  EXPECT_EQ(caller.message(), "m_f: dimension `batch` is 101, but may be at most 100");
  tenon_runtime_bad_dimension(&caller.context, "m_f", "batch", INT64_MIN, 0, 100);
  EXPECT_EQ(caller.message(), "m_f: dimension `batch` is -9223372036854775808, but has to be at least 0");
}

TEST(RuntimeMessages, WorkspaceGivesBothSizes) {
  Caller caller;
  EXPECT_EQ(tenon_runtime_workspace_too_small(&caller.context, "m_f", 4096, 100), TENON_ERROR_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(caller.message(), "m_f: the workspace has 100 bytes, but has to have at least 4096");
  tenon_runtime_workspace_too_small(&caller.context, "m_f", 4096, 1);
  EXPECT_EQ(caller.message(), "m_f: the workspace has 1 byte, but has to have at least 4096");
}

TEST(RuntimeMessages, CpuNamesWhatIsMissing) {
  Caller caller;
  const uint64_t unknown = (UINT64_C(1) << 60) | (UINT64_C(1) << 61);
  EXPECT_EQ(tenon_runtime_cpu_unsupported(&caller.context, "m_f", unknown), TENON_ERROR_CPU);
  EXPECT_EQ(caller.message(),
            "m_f: compiled for a CPU with more features than this one, which lacks feature 60, feature 61");
}

TEST(RuntimeMessages, RaiseFillsTheHolesInOrder) {
  Frame f;
  const int64_t values[] = {12, -3, INT64_MIN};
  tenon_runtime_raise(&f.frame, TENON_ERROR_INDEX_OUT_OF_RANGE, "index {} is outside [{}, {}) (a.cpp:3)", 3, values);
  EXPECT_EQ(f.frame.status, TENON_ERROR_INDEX_OUT_OF_RANGE);
  EXPECT_EQ(f.message(), "m_f: index 12 is outside [-3, -9223372036854775808) (a.cpp:3)");
}

TEST(RuntimeMessages, RaiseTakesMoreHolesThanValuesAndTheReverse) {
  const int64_t values[] = {1, 2};
  Frame more, fewer;
  tenon_runtime_raise(&more.frame, TENON_ERROR_ASSERTION, "{} {}", 1, values);
  EXPECT_EQ(more.message(), "m_f: 1 {}");
  tenon_runtime_raise(&fewer.frame, TENON_ERROR_ASSERTION, "{", 2, values);
  EXPECT_EQ(fewer.message(), "m_f: {");
}

TEST(RuntimeMessages, TheFirstErrorStays) {
  Frame f;
  tenon_runtime_raise(&f.frame, TENON_ERROR_ASSERTION, "first", 0, nullptr);
  tenon_runtime_raise(&f.frame, TENON_ERROR_LIMIT, "second", 0, nullptr);
  EXPECT_EQ(f.frame.status, TENON_ERROR_ASSERTION);
  EXPECT_EQ(f.message(), "m_f: first");
}

TEST(RuntimeMessages, ANullContextOrBufferStillGivesTheCode) {
  EXPECT_EQ(tenon_runtime_null_pointer(nullptr, "f", "x"), TENON_ERROR_NULL_POINTER);
  EXPECT_EQ(tenon_runtime_misaligned(nullptr, "f", "x", nullptr, 4), TENON_ERROR_MISALIGNED);
  EXPECT_EQ(tenon_runtime_bad_dimension(nullptr, "f", "n", -1, 0, 1), TENON_ERROR_DIMENSION);
  EXPECT_EQ(tenon_runtime_workspace_too_small(nullptr, "f", 2, 1), TENON_ERROR_WORKSPACE_TOO_SMALL);
  EXPECT_EQ(tenon_runtime_cpu_unsupported(nullptr, "f", 1), TENON_ERROR_CPU);
  tenon_frame frame = {nullptr, TENON_OK, 0, "f", nullptr};
  tenon_runtime_raise(&frame, TENON_ERROR_ASSERTION, "no one listens", 0, nullptr);
  EXPECT_EQ(frame.status, TENON_ERROR_ASSERTION);
  tenon_context silent = {};
  silent.struct_size = sizeof silent;
  EXPECT_EQ(tenon_runtime_null_pointer(&silent, "f", "x"), TENON_ERROR_NULL_POINTER);
}

TEST(RuntimeMessages, AnOlderCallersContextIsReadOnlyAsFarAsItGoes) {
  Caller caller;
  caller.context.struct_size = offsetof(tenon_context, message_capacity);
  tenon_runtime_null_pointer(&caller.context, "f", "x");
  EXPECT_EQ(caller.buffer[0], '#');
  caller.context.struct_size = offsetof(tenon_context, cancel);
  tenon_runtime_null_pointer(&caller.context, "f", "x");
  EXPECT_EQ(caller.buffer[0], 'f');
}

TEST(RuntimeMessages, LongMessagesAreCutAtEveryCapacity) {
  const std::string whole = "m_f: argument `x` is null, but has to point to its elements";
  for (size_t capacity = 0; capacity <= whole.size() + 2; ++capacity) {
    Caller caller(capacity);
    tenon_runtime_null_pointer(&caller.context, "m_f", "x");
    EXPECT_EQ(caller.buffer[capacity], '#') << "written past the end";
    if (capacity > 0)
      EXPECT_EQ(caller.message(), whole.substr(0, capacity - 1));
  }
}

TEST(RuntimeMessages, ACutNeverSplitsACharacter) {
  // Two, three and four bytes: e with acute, the euro sign, an emoji.
  const std::string text = "a\xC3\xA9"
                           "b\xE2\x82\xAC"
                           "c\xF0\x9F\x98\x80"
                           "d";
  const size_t boundaries[] = {0, 1, 3, 4, 7, 8, 12, 13};
  for (size_t capacity = 1; capacity <= text.size() + 1; ++capacity) {
    Frame f(capacity);
    f.frame.function = nullptr;
    tenon_runtime_raise(&f.frame, TENON_ERROR_ASSERTION, text.c_str(), 0, nullptr);
    size_t expected = 0;
    for (size_t boundary : boundaries)
      if (boundary < capacity)
        expected = boundary;
    EXPECT_EQ(f.message(), text.substr(0, expected)) << "capacity " << capacity;
  }
}

TEST(RuntimeStatus, EveryCodeHasItsWords) {
  EXPECT_STREQ(tenon_status_string(TENON_OK), "ok");
  EXPECT_STREQ(tenon_status_string(TENON_ERROR_WORKSPACE_TOO_SMALL), "workspace too small");
  for (int32_t code = 0; code <= TENON_ERROR_STATE; ++code)
    EXPECT_STRNE(tenon_status_string(code), "unknown code") << code;
  EXPECT_STREQ(tenon_status_string(TENON_ERROR_STATE + 1), "unknown code");
  EXPECT_STREQ(tenon_status_string(-1), "unknown code");
}

TEST(RuntimeDtype, SizesAndNames) {
  EXPECT_EQ(tenon_dtype_size(TENON_DTYPE_F64), 8u);
  EXPECT_EQ(tenon_dtype_size(TENON_DTYPE_BF16), 2u);
  EXPECT_EQ(tenon_dtype_size(TENON_DTYPE_BOOL), 1u);
  EXPECT_EQ(tenon_dtype_size(TENON_DTYPE_NONE), 0u);
  EXPECT_EQ(tenon_dtype_size(99), 0u);
  EXPECT_STREQ(tenon_dtype_string(TENON_DTYPE_U8), "uint8");
  EXPECT_STREQ(tenon_dtype_string(99), "none");
}

} // namespace

// Lists: elements of any size, in order and where they were, and all memory back.
#include "tenon/runtime/compiled.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace {

struct Host {
  tenon_context context = {};
  char message[128] = "";
  int64_t bytes = 0;
  int allocations = 0, failing = -1;

  Host() {
    context.struct_size = sizeof context;
    context.message = message;
    context.message_capacity = sizeof message;
    context.host = this;
    context.allocate = [](void *self, size_t bytes) -> void * {
      Host &host = *static_cast<Host *>(self);
      if (host.allocations++ == host.failing)
        return nullptr;
      host.bytes += static_cast<int64_t>(bytes);
      return std::malloc(bytes);
    };
    context.release = [](void *self, void *memory, size_t bytes) {
      static_cast<Host *>(self)->bytes -= static_cast<int64_t>(bytes);
      std::free(memory);
    };
  }
};

tenon_frame frame_of(const tenon_context *context) { return {context, TENON_OK, 0, "m_f", nullptr}; }

TEST(RuntimeLists, HoldElementsWhereTheyAre) {
  Host host;
  tenon_frame frame = frame_of(&host.context);
  tenon_list *list = tenon_runtime_list_create(&frame, 0);
  ASSERT_NE(list, nullptr);
  std::vector<int64_t *> elements;
  for (int64_t i = 0; i < 10000; ++i) {
    auto *element = static_cast<int64_t *>(tenon_runtime_list_push(&frame, list, 128));
    ASSERT_NE(element, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(element) % 64, 0u);
    std::memset(element, 0xff, 128);
    *element = i;
    elements.push_back(element);
  }
  EXPECT_LE(host.allocations, 14) << "chunks double";
  EXPECT_LE(host.bytes, 4 * 128 * 10000);
  EXPECT_EQ(tenon_runtime_list_count(list), 10000);
  for (int64_t i = 0; i < 10000; ++i) {
    ASSERT_EQ(tenon_runtime_list_get(list, i, 128), elements[i]);
    ASSERT_EQ(*elements[i], i);
  }
  for (int64_t i = 10000; i-- > 0;) ASSERT_EQ(tenon_runtime_list_pop(list, 128), elements[i]);
  EXPECT_EQ(tenon_runtime_list_pop(list, 128), nullptr);
  tenon_runtime_lists_free(&frame);
  EXPECT_EQ(host.bytes, 0);
  EXPECT_EQ(frame.lists, nullptr);
}

// Against a stack of vectors: pushes and pops of elements whose sizes differ, none among them.
TEST(RuntimeLists, AreStacksOfElementsOfAnySize) {
  Host host;
  tenon_frame frame = frame_of(&host.context);
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    tenon_list *list = tenon_runtime_list_create(&frame, 3);
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(tenon_runtime_list_count(list), 0);
    std::vector<std::pair<int64_t, unsigned char>> expected;
    for (int step = 0; step < 2000; ++step) {
      const bool push = random() % 100 < (step < 1000 ? 60u : 40u);
      if (push) {
        const int64_t words = random() % 50 == 0 ? 900 : random() % 9, bytes = words < 8 ? 8 * words : 64 * words;
        void *element = tenon_runtime_list_push(&frame, list, bytes);
        ASSERT_NE(element, nullptr);
        const auto value = static_cast<unsigned char>(random());
        std::memset(element, value, bytes);
        expected.emplace_back(bytes, value);
      } else if (!expected.empty()) {
        auto [bytes, value] = expected.back();
        expected.pop_back();
        auto *element = static_cast<unsigned char *>(tenon_runtime_list_pop(list, bytes));
        ASSERT_NE(element, nullptr);
        for (int64_t i = 0; i < bytes; ++i) ASSERT_EQ(element[i], value);
      } else {
        ASSERT_EQ(tenon_runtime_list_pop(list, 0), nullptr);
      }
      ASSERT_EQ(tenon_runtime_list_count(list), static_cast<int64_t>(expected.size()));
    }
  }
  tenon_runtime_lists_free(&frame);
  EXPECT_EQ(host.bytes, 0);
}

TEST(RuntimeLists, AreTheSameAgainByTheirNumber) {
  Host host;
  tenon_frame frame = frame_of(&host.context);
  tenon_list *first = tenon_runtime_list_create(&frame, 0), *second = tenon_runtime_list_create(&frame, 1);
  EXPECT_NE(first, second);
  void *element = tenon_runtime_list_push(&frame, first, 8);
  const int allocations = host.allocations;
  EXPECT_EQ(tenon_runtime_list_create(&frame, 0), first);
  EXPECT_EQ(tenon_runtime_list_push(&frame, first, 8), element) << "its memory is used again";
  EXPECT_EQ(host.allocations, allocations);
  EXPECT_NE(tenon_runtime_list_create(&frame, -1), tenon_runtime_list_create(&frame, -1));
  tenon_runtime_lists_free(&frame);
  EXPECT_EQ(host.bytes, 0);
}

TEST(RuntimeLists, FailWithoutMemory) {
  Host host;
  for (host.failing = 0; host.failing < 6; ++host.failing) {
    host.allocations = 0;
    tenon_frame frame = frame_of(&host.context);
    tenon_list *list = tenon_runtime_list_create(&frame, 0);
    EXPECT_EQ(list == nullptr, host.failing == 0);
    int pushed = 0;
    while (list && tenon_runtime_list_push(&frame, list, 64)) ++pushed;
    EXPECT_EQ(pushed > 0, host.failing > 1);
    tenon_runtime_list_failed(&frame, "a list", " (f.cpp:3)");
    EXPECT_EQ(frame.status, TENON_ERROR_HOST);
    EXPECT_STREQ(host.message, "m_f: a list needs memory from the host, but its `allocate` gave none (f.cpp:3)");
    tenon_runtime_lists_free(&frame);
    EXPECT_EQ(host.bytes, 0);
  }
  host.failing = -1;
  tenon_frame frame = frame_of(&host.context);
  tenon_list *list = tenon_runtime_list_create(&frame, 0);
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(tenon_runtime_list_push(&frame, list, INT64_MAX), nullptr);
  EXPECT_EQ(tenon_runtime_list_push(&frame, list, -64), nullptr);
  tenon_runtime_lists_free(&frame);
}

TEST(RuntimeLists, NeedBothServices) {
  Host host;
  host.context.release = nullptr;
  for (const tenon_context *context : {static_cast<const tenon_context *>(nullptr), &std::as_const(host.context)}) {
    tenon_frame frame = frame_of(context);
    EXPECT_EQ(tenon_runtime_list_create(&frame, 0), nullptr);
    tenon_runtime_list_failed(&frame, "a list", "");
    EXPECT_EQ(frame.status, TENON_ERROR_HOST);
    tenon_runtime_lists_free(&frame);
  }
  EXPECT_STREQ(host.message, "m_f: a list needs memory from the host, but the context has no `allocate` and `release`");
  // A program that knows nothing of them.
  host.context.struct_size = offsetof(tenon_context, allocate);
  tenon_frame frame = frame_of(&host.context);
  EXPECT_EQ(tenon_runtime_list_create(&frame, 0), nullptr);
}

} // namespace

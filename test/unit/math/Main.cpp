// The test program's main: gtest, and --exhaustive.
#include "Accuracy.h"

#include <gtest/gtest.h>

bool tenon_test::exhaustive = false;

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i)
    if (std::strcmp(argv[i], "--exhaustive") == 0)
      tenon_test::exhaustive = true;
  return RUN_ALL_TESTS();
}

// The tests run where the compiler did, so that the names of sources that it saw lead to the files.
#pragma once

#include <unistd.h>

namespace {
[[maybe_unused]] const bool sources_are_found = chdir(TENON_COMPILED_IN) == 0;
}

// Runs a function eagerly and traced.
#include "parts/model.h"

#include <cstdio>

int main() {
  auto traced = tenon::function(count);
  for (int start : {1, 50})
    std::printf("%d %d\n", count(tenon::Tensor(start)).item<int>(), traced(tenon::Tensor(start)).item<int>());
}

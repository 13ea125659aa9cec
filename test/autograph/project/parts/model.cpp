// Found beside this file, in the linked library's folder, and in the package.
#include "model.h"
#include <bonus.h>

TENON_FUNCTION tenon::Tensor count(tenon::Tensor x) {
  if (x > LIMIT)
    return x;
  while (x < LIMIT)
    x += STEP;
  return x + std::max(bonus, last);
}

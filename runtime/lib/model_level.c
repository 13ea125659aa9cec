/* The same, of a description. */
#include "tenon/runtime/compiled.h"
#include "tenon/runtime/host.h"

const struct tenon_level_info *tenon_model_level(const struct tenon_model_info *model) {
  const int32_t level = tenon_runtime_cpu_level(model->levels, model->level_count);
  return level < model->level_count ? &model->levels[level] : NULL;
}

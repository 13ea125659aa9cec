/* Codes in words. */
#include "tenon/runtime/host.h"

const char *tenon_status_string(int32_t status) {
  switch (status) {
  case TENON_OK: return "ok";
  case TENON_ERROR_NULL_POINTER: return "null pointer";
  case TENON_ERROR_MISALIGNED: return "misaligned pointer";
  case TENON_ERROR_DIMENSION: return "dimension out of range";
  case TENON_ERROR_WORKSPACE_TOO_SMALL: return "workspace too small";
  case TENON_ERROR_CPU: return "CPU lacks features";
  case TENON_ERROR_ASSERTION: return "assertion failed";
  case TENON_ERROR_INDEX_OUT_OF_RANGE: return "index out of range";
  case TENON_ERROR_SHAPE_MISMATCH: return "shapes do not match";
  case TENON_ERROR_CANCELLED: return "cancelled";
  case TENON_ERROR_LIMIT: return "declared limit exceeded";
  case TENON_ERROR_HOST: return "host service missing or failed";
  case TENON_ERROR_WEIGHTS: return "external weights missing or wrong";
  case TENON_ERROR_ABI_VERSION: return "ABI versions do not match";
  case TENON_ERROR_STATE: return "saved state does not fit or is damaged";
  default: return "unknown code";
  }
}

/* Element types: names and sizes. */
#include "tenon/runtime/host.h"

const char *tenon_dtype_string(int32_t dtype) {
  switch (dtype) {
  case TENON_DTYPE_F32: return "float32";
  case TENON_DTYPE_F64: return "float64";
  case TENON_DTYPE_F16: return "float16";
  case TENON_DTYPE_BF16: return "bfloat16";
  case TENON_DTYPE_I8: return "int8";
  case TENON_DTYPE_I16: return "int16";
  case TENON_DTYPE_I32: return "int32";
  case TENON_DTYPE_I64: return "int64";
  case TENON_DTYPE_U8: return "uint8";
  case TENON_DTYPE_BOOL: return "bool";
  default: return "none";
  }
}

size_t tenon_dtype_size(int32_t dtype) {
  switch (dtype) {
  case TENON_DTYPE_I8:
  case TENON_DTYPE_U8:
  case TENON_DTYPE_BOOL: return 1;
  case TENON_DTYPE_F16:
  case TENON_DTYPE_BF16:
  case TENON_DTYPE_I16: return 2;
  case TENON_DTYPE_F32:
  case TENON_DTYPE_I32: return 4;
  case TENON_DTYPE_F64:
  case TENON_DTYPE_I64: return 8;
  default: return 0;
  }
}

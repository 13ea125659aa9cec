/* Tensors as text, into a bounded writer. Internal to the runtime. */
#ifndef TENON_RUNTIME_LIB_FORMAT_H
#define TENON_RUNTIME_LIB_FORMAT_H

#include "text.h"

void tenon_text_tensor(struct text *text, const struct tenon_tensor *tensor);

#endif

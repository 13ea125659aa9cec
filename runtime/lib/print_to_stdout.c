/* A print service for programs that have a stdout. */
#include <stdio.h>

#include "tenon/runtime/host.h"

void tenon_print_to_stdout(void *host, const char *text, size_t length) {
  (void)host;
  (void)fwrite(text, 1, length, stdout);
}

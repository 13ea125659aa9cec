/* Reads the numbers of a small .npy file of little-endian float32, as the test data are. */
#ifndef TENON_TEST_NPY_H
#define TENON_TEST_NPY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_npy(const char *path, float *values, size_t count) {
  unsigned char header[10];
  FILE *file = fopen(path, "rb");
  if (file == NULL || fread(header, 1, 10, file) != 10 || memcmp(header, "\x93NUMPY\x01", 7) != 0 ||
      fseek(file, 10 + header[8] + 256 * header[9], SEEK_SET) != 0 ||
      fread(values, sizeof *values, count, file) != count || fgetc(file) != EOF) {
    fprintf(stderr, "%s: expected an .npy file of %lu numbers\n", path, (unsigned long)count);
    exit(1);
  }
  fclose(file);
}

#endif

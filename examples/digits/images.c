/* The example's data step: the pixels of a CSV on stdin, divided by 16, as an .npy file: images ROWS FILE.npy
 * NumPy's format 1.0 is a magic, a length, and a Python literal, then the numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  const int rows = argc == 3 ? atoi(argv[1]) : 0;
  char header[128];
  if (rows < 1) {
    fprintf(stderr, "images: expected a number of rows and a file to write\n");
    return 2;
  }
  FILE *out = fopen(argv[2], "wb");
  if (out == NULL) {
    perror(argv[2]);
    return 1;
  }
  memset(header, ' ', sizeof header);
  memcpy(header, "\x93NUMPY\x01\x00\x76\x00", 10);
  const int length =
      snprintf(header + 10, sizeof header - 10, "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 64), }", rows);
  header[10 + length] = ' ';
  header[sizeof header - 1] = '\n';
  fwrite(header, 1, sizeof header, out);
  for (int i = 0; i < rows; ++i) {
    float pixels[65]; /* and the label */
    for (int j = 0; j < 65; ++j) {
      if (scanf("%f%*[,\r\n]", &pixels[j]) != 1) {
        fprintf(stderr, "images: row %d ends after %d of 65 numbers\n", i, j);
        return 1;
      }
      pixels[j] /= 16;
    }
    fwrite(pixels, sizeof pixels[0], 64, out);
  }
  return fclose(out) == 0 ? 0 : 1;
}

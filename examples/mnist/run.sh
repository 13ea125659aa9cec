#!/bin/sh
# Trains, then builds and runs the C program: run.sh MNIST_PROGRAM DATA_FOLDER RUNTIME.a RUNTIME_INCLUDE CALL.c
set -eu
gzip -dc "$2/images.npy.gz" >images.npy
cp "$2/labels.npy" .
"$1"
cc -std=c11 -O2 -Wall -Wextra -Wpedantic -Werror -I"$4" -I. "$5" mnist.o "$3" -o mnist_call
./mnist_call

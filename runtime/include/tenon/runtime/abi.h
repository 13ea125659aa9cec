/* The contract between a compiled model and the program that calls it: codes, context, description.
 *
 * A compiled function is plain C: it takes typed pointers, writes outputs that the caller owns, and returns a code.
 *
 *     int32_t digits_predict(const struct tenon_context *context, int64_t batch, const float *x, float *probabilities,
 *                            void *workspace, size_t workspace_bytes);
 *
 * It allocates nothing (but see tenon_context::allocate), keeps nothing between calls, prints nothing and never aborts.
 * It may run in any number of threads at once, each call with its own workspace, outputs and (when there is one)
 * message buffer.
 *
 * Generated headers name these types only by their struct tags (`const struct tenon_context *`), so that they need
 * neither this header nor any other but <stdint.h> and <stddef.h>. Include this one to pass a context, to name the
 * codes or to read a description. It is C99 and C++11, and needs no library.
 *
 * Versions. TENON_ABI_VERSION is major * 65536 + minor. A minor version only appends: fields at the end of a struct
 * that carries its size, codes, dtypes. A major version may do anything, and a caller refuses what it does not know:
 *
 *     const struct tenon_model_info *model = digits_describe();
 *     if (TENON_ABI_MAJOR(model->abi_version) != TENON_ABI_MAJOR(TENON_ABI_VERSION)) ...
 *
 * All strings are UTF-8 and end with a NUL. Fields called `reserved` are zero.
 */
#ifndef TENON_RUNTIME_ABI_H
#define TENON_RUNTIME_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_ABI_VERSION 0x00010002u /* 1.1: state, memory from the host; 1.2: tenon_level_info */
#define TENON_ABI_MAJOR(version) ((uint32_t)(version) >> 16)
#define TENON_ABI_MINOR(version) ((uint32_t)(version) & 0xffffu)

/* Alignment in bytes of every workspace. Other pointers need the alignment of their element type, no more. */
#define TENON_WORKSPACE_ALIGNMENT 64

/*--- Codes ----------------------------------------------------------------------------------------------------------
 * What a compiled function returns: 0, or why it did nothing or stopped. The values never change.
 *
 * Codes 1 to 5 are found before any work: outputs and state are as they were. Later ones may leave outputs and state
 * partly written. With a message buffer in the context each comes with a sentence that names the function, the
 * argument, what was expected and what came.
 */
typedef enum tenon_status {
  TENON_OK = 0,
  TENON_ERROR_NULL_POINTER = 1,        /* an argument is null */
  TENON_ERROR_MISALIGNED = 2,          /* an argument does not have the alignment of its elements */
  TENON_ERROR_DIMENSION = 3,           /* an open dimension is negative, or too large to address */
  TENON_ERROR_WORKSPACE_TOO_SMALL = 4, /* the workspace is smaller than this call needs */
  TENON_ERROR_CPU = 5,                 /* compiled for instructions that this CPU does not have */
  TENON_ERROR_ASSERTION = 6,           /* an assertion of the model does not hold */
  TENON_ERROR_INDEX_OUT_OF_RANGE = 7,  /* an index taken from data lies outside its dimension */
  TENON_ERROR_SHAPE_MISMATCH = 8,      /* dimensions that have to agree do not */
  TENON_ERROR_CANCELLED = 9,           /* the context's cancel flag was set */
  TENON_ERROR_LIMIT = 10,              /* more loop iterations or elements than a declared bound */
  TENON_ERROR_HOST = 11,               /* a host service that the model needs is missing, or failed */
  TENON_ERROR_WEIGHTS = 12,            /* external weights are missing, truncated or of another model */
  TENON_ERROR_ABI_VERSION = 13,        /* caller and model were made for different major versions */
  TENON_ERROR_STATE = 14               /* a saved state is truncated, damaged or of another model; nothing was loaded */
} tenon_status;

/*--- Element types --------------------------------------------------------------------------------------------------
 * How elements lie in memory. Tensors are dense and row-major: the last dimension is contiguous. The byte order is
 * the machine's.
 */
typedef enum tenon_dtype {
  TENON_DTYPE_NONE = 0,
  TENON_DTYPE_F32 = 1,
  TENON_DTYPE_F64 = 2,
  TENON_DTYPE_F16 = 3,  /* IEEE binary16, in a uint16_t where C has no such type */
  TENON_DTYPE_BF16 = 4, /* the upper half of a binary32, in a uint16_t */
  TENON_DTYPE_I8 = 5,
  TENON_DTYPE_I16 = 6,
  TENON_DTYPE_I32 = 7,
  TENON_DTYPE_I64 = 8,
  TENON_DTYPE_U8 = 9,
  TENON_DTYPE_BOOL = 10 /* one byte, 0 or 1; any other value is undefined behaviour */
} tenon_dtype;

/* A tensor as a host service sees it. Valid during the call that passes it, and never written. */
struct tenon_tensor {
  const void *data;       /* element [0, ..., 0]; may be null when a dimension is 0 */
  const int64_t *dims;    /* `rank` sizes; may be null for rank 0 */
  const int64_t *strides; /* `rank` steps in elements; null: dense, row-major */
  int32_t dtype;          /* enum tenon_dtype */
  int32_t rank;           /* 0 for a scalar */
};

/*--- Context --------------------------------------------------------------------------------------------------------
 * What a caller lends to a call. A null context is always allowed: one thread, no message, no services.
 *
 * The caller owns it and everything it points to, and keeps it alive during the call. The model never changes the
 * struct, but writes into `message`; so share one context between concurrent calls only when `message` is null.
 *
 * Set `struct_size` to sizeof(struct tenon_context), then only fields inside that size are read: a program that was
 * compiled against an older header keeps working with newer models. Zero the rest (`= {0}`), then set what is needed:
 *
 *     char message[256];
 *     struct tenon_context context = {0};
 *     context.struct_size = sizeof context;
 *     context.message = message;
 *     context.message_capacity = sizeof message;
 *     if (digits_predict(&context, ...) != TENON_OK) fprintf(stderr, "%s\n", message);
 */

/* A part of a parallel loop: does the indices [begin, end). */
typedef void (*tenon_task)(void *argument, int64_t begin, int64_t end);

/* Runs `task` over [0, count), and returns when all of it is done. May cut the range wherever it likes, into any number
 * of parts, in any order, on any threads, the calling one included. Each index exactly once. Which thread does what
 * never changes a result. May be called again from inside a task.
 */
typedef void (*tenon_parallel_for_fn)(void *executor, int64_t count, tenon_task task, void *argument);

/* Takes `length` bytes of text, which do not end with a NUL. One print may arrive in several pieces, in order. */
typedef void (*tenon_print_fn)(void *host, const char *text, size_t length);

/* `bytes` bytes aligned for any basic type, as malloc gives them, or null. The content does not matter. */
typedef void *(*tenon_allocate_fn)(void *host, size_t bytes);

/* Takes back what `allocate` gave, with the same `bytes`. */
typedef void (*tenon_release_fn)(void *host, void *memory, size_t bytes);

struct tenon_context {
  size_t struct_size; /* sizeof(struct tenon_context) of the caller */

  /* Where the sentence about an error goes: `message_capacity` bytes, the NUL included; longer ones are cut at a
   * character's boundary. Untouched unless a call fails. */
  char *message;
  size_t message_capacity;

  /* Polled between the steps of long computations: anything but 0 ends the call with TENON_ERROR_CANCELLED. Another
   * thread or a signal handler may set it. Null: never cancelled. */
  const volatile int32_t *cancel;

  /* The caller's threads. Null: everything runs in the calling thread. `workers` is how many parts are worth making
   * (0 counts as 1); it may be wrong without harm. */
  tenon_parallel_for_fn parallel_for;
  void *executor;
  int64_t workers;

  /* Services for effects on the host, called in program order from the calling thread with `host` as first argument.
   * A print without a service does nothing. */
  void *host;
  tenon_print_fn print;
  void *reserved_summary;
  void *reserved_dataset_next;

  /* Memory for what only a run can tell the size of: values that loops without a bound keep for their gradients, arrays
   * that grow. Everything is given back before the call returns, whatever it returns. Without both of them, or when
   * `allocate` returns null, such a call ends with TENON_ERROR_HOST; other functions never ask. Since version 1.1. */
  tenon_allocate_fn allocate;
  tenon_release_fn release;
};

/*--- Description ----------------------------------------------------------------------------------------------------
 * What `const struct tenon_model_info *<model>_describe(void)` returns: constant data in the model's object, for
 * programs that load models they were not compiled with. It may be read at any time, by any thread, on any CPU.
 */

/* What an argument is for. */
typedef enum tenon_argument_kind {
  TENON_ARGUMENT_INPUT = 0, /* read only */
  TENON_ARGUMENT_STATE = 1, /* a variable: read and written, owned by the caller, kept between calls */
  TENON_ARGUMENT_OUTPUT = 2 /* written only */
} tenon_argument_kind;

struct tenon_argument_info {
  const char *name;
  int32_t kind;  /* enum tenon_argument_kind */
  int32_t dtype; /* enum tenon_dtype */
  int32_t rank;
  int32_t reserved;
  /* `rank` entries: a size when not negative, else the complement (~entry) of an index into the function's
   * `dim_names`; INT64_MIN for an output's size that follows from several of them (`<symbol>_output_dims` tells it).
   * Null for rank 0. */
  const int64_t *dims;
  /* State only: its first value in the same layout, or null when all elements are equal: the model's `state` says what
   * they are. */
  const void *initial;
};

/* Any function called the same way, whatever its parameters: `buffers` holds a pointer per argument in the order of
 * `arguments`, `dims` a size per name in `dim_names`. */
typedef int32_t (*tenon_packed_fn)(const struct tenon_context *context, void *const *buffers, const int64_t *dims,
                                   void *workspace, size_t workspace_bytes);

struct tenon_function_info {
  const char *name;   /* as the program named it: "predict" */
  const char *symbol; /* as the linker knows it: "digits_predict" */
  int32_t argument_count;
  int32_t dim_count;
  const struct tenon_argument_info *arguments; /* inputs, then state, then outputs */
  const char *const *dim_names;                /* open dimensions, in the order of the entry point's parameters */
  /* Bytes of workspace for these dimensions; null for none at all. Dimensions must not be negative. */
  size_t (*workspace_bytes)(const int64_t *dims);
  tenon_packed_fn call; /* null when the model was compiled without packed entry points */
  uint64_t hash;        /* of the function's IR and constants: equal means the same results */
};

/* One variable of a model's state. */
struct tenon_variable_info {
  const char *name;
  int32_t dtype; /* enum tenon_dtype */
  int32_t rank;
  const int64_t *dims;    /* `rank` sizes; null for rank 0 */
  const void *initial;    /* the first value, or null when that is all zeros */
  uint64_t initial_bytes; /* at `initial`: `bytes`, or those of one element, which all of them equal */
  uint64_t offset;        /* bytes from the start of the state; a multiple of 64 for variables of 64 bytes and more */
  uint64_t bytes;         /* of its elements, which are dense and row-major */
};

/* The state of a model: the struct that its generated header declares, the same layout on every target. A program that
 * was not compiled with the header allocates `bytes`, aligned to 64, and passes `state + offset` for each state
 * argument of a function (by name) to `call`.
 *
 * A saved state is `saved_bytes` bytes, the same on every target: 32 bytes of header, then the variables' elements in
 * the order of `variables`, little-endian and without padding.
 *
 *   0  "TENONVAR"
 *   8  uint32_t, little-endian as all that follows: the version of the format, 1
 *  12  uint32_t: CRC-32 (IEEE 802.3, as zlib's) of the bytes from 16 to the end
 *  16  uint64_t: `hash`
 *  24  uint64_t: `saved_bytes`
 *
 * Loading checks all of it before the first byte of the state is written, and returns TENON_ERROR_STATE with a sentence
 * where something is wrong. Bytes behind `saved_bytes` are not looked at.
 */
struct tenon_state_info {
  uint32_t struct_size; /* sizeof(struct tenon_state_info) of the compiler */
  int32_t variable_count;
  const struct tenon_variable_info *variables;
  uint64_t bytes;
  uint64_t saved_bytes;
  uint64_t
      hash; /* of the variables' names, dtypes and dims, in order: models with equal ones read each other's states */
  void (*init)(void *state);
  int32_t (*save)(const struct tenon_context *context, const void *state, void *bytes, size_t size);
  int32_t (*load)(const struct tenon_context *context, void *state, const void *bytes, size_t size);
};

/* One CPU level of a model. An object may have code for several, behind the same entry points: each call runs the first
 * one, in the order of `levels`, whose features this CPU has, and a CPU that has those of none gets TENON_ERROR_CPU.
 * Constants are there once, and the workspace is large enough for every level. tenon_model_level() of
 * tenon/runtime/host.h says which one runs here.
 */
struct tenon_level_info {
  const char *cpu;       /* "x86-64-v4" */
  uint64_t cpu_features; /* bits of tenon/runtime/cpu.h */
};

struct tenon_model_info {
  uint32_t abi_version;  /* TENON_ABI_VERSION of the compiler */
  uint32_t struct_size;  /* sizeof(struct tenon_model_info) of the compiler */
  const char *name;      /* the prefix of its symbols: "digits" */
  const char *producer;  /* "tenon 0.1.0" */
  const char *triple;    /* "x86_64-unknown-linux-gnu" */
  const char *cpu;       /* what it was compiled for: "x86-64-v3"; of several levels the last, which asks for least */
  uint64_t cpu_features; /* what a CPU must have to run it: bits of tenon/runtime/cpu.h for this architecture */
  uint64_t hash;         /* of all functions */
  int32_t function_count;
  int32_t reserved;
  const struct tenon_function_info *functions;
  const struct tenon_state_info *state; /* since 1.1; null when the model has no variables */
  /* Since 1.2: at least one level. None asks for all that one behind it asks for. */
  const struct tenon_level_info *levels;
  int32_t level_count;
  int32_t reserved_levels;
};

#ifdef __cplusplus
}
#endif
#endif

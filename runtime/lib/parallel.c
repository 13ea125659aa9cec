/* Parallel loops over boxes: how many parts the work is worth, and which box each is. */
#include "tenon/runtime/compiled.h"

/* What a part has to take at least, in cycles: handing one to another thread costs about 2,000. */
#define GRAIN 5000
/* More parts than workers, so that one which is late or interrupted leaves its share to the others, where they are
 * long. */
#define PARTS_PER_WORKER 4
#define LONG_GRAIN 20000
/* Whatever the caller says. */
#define MOST_WORKERS 4096

struct boxes {
  tenon_box_task task;
  void *argument;
  int32_t rank;
  int64_t extents[TENON_BOX_RANK], sizes[TENON_BOX_RANK], counts[TENON_BOX_RANK];
};

static void run_boxes(void *argument, int64_t begin, int64_t end) {
  const struct boxes *boxes = argument;
  int64_t box[2 * TENON_BOX_RANK];
  for (; begin < end; ++begin) {
    int64_t rest = begin;
    int32_t i;
    for (i = boxes->rank; i-- > 0; rest /= boxes->counts[i]) {
      const int64_t lower = rest % boxes->counts[i] * boxes->sizes[i], upper = lower + boxes->sizes[i];
      box[2 * i] = lower;
      box[2 * i + 1] = upper < boxes->extents[i] ? upper : boxes->extents[i];
    }
    boxes->task(boxes->argument, box);
  }
}

void tenon_runtime_parallel(const struct tenon_frame *frame, int64_t work, int32_t rank, const int64_t *extents,
                            tenon_box_task task, void *argument) {
  struct boxes boxes;
  const int64_t workers = tenon_runtime_workers(frame), most = workers < MOST_WORKERS ? workers : MOST_WORKERS;
  int64_t parts = work / LONG_GRAIN, count = 1;
  int32_t i;
  if (parts < most)
    parts = work / GRAIN < most ? work / GRAIN : most;
  else if (most == 1 || parts > most * PARTS_PER_WORKER)
    parts = most == 1 ? 1 : most * PARTS_PER_WORKER;
  boxes.task = task;
  boxes.argument = argument;
  boxes.rank = rank;
  for (i = 0; i < rank; ++i) {
    const int64_t extent = extents[i];
    int64_t wanted = count < parts ? (parts + count - 1) / count : 1;
    if (extent <= 0)
      return;
    if (wanted > extent)
      wanted = extent;
    boxes.extents[i] = extent;
    boxes.sizes[i] = (extent + wanted - 1) / wanted;
    boxes.counts[i] = (extent + boxes.sizes[i] - 1) / boxes.sizes[i];
    count *= boxes.counts[i];
  }
  tenon_runtime_parallel_for(frame, count, run_boxes, &boxes);
}

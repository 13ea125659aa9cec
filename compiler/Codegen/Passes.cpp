// Anchors the room's library; passes stand in files of their own.
#include "compiler/Codegen/Passes.h"

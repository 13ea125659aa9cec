// Anchors the room's library; passes stand in files of their own.
#include "compiler/Conversion/TenonToLinalg/Passes.h"

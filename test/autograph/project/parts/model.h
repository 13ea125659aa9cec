// What model.cpp defines.
#pragma once
#include <tenon/tenon.h>
tenon::Tensor count(tenon::Tensor x);

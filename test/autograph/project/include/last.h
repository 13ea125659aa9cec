// Found through the precompiled header.
#pragma once
inline constexpr int last = 0;

// A number that the test changes.
#pragma once
inline constexpr int bonus = 100;

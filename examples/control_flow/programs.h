// Functions with native control flow on Tensors: see programs.cpp.
#pragma once

#include <tenon/tenon.h>

tenon::Tensor collatz(tenon::Tensor n);
tenon::Tensor find_pair(tenon::Tensor v, tenon::Tensor target);
tenon::Tensor newton(tenon::Tensor a);
tenon::Tensor conjugate_gradient(tenon::Tensor a, tenon::Tensor b);
tenon::Tensor power_iteration(tenon::Tensor a);
tenon::Tensor mandelbrot(tenon::Tensor x, tenon::Tensor y);
tenon::Tensor two_means(tenon::Tensor points);
tenon::Tensor k_means(tenon::Tensor points, tenon::Tensor centres);
tenon::Tensor greedy(tenon::Tensor scores, tenon::Tensor token);
tenon::Tensor bounce(tenon::Tensor height);
std::pair<tenon::Tensor, tenon::Tensor> smooth_parts(tenon::Tensor n);
tenon::Tensor chebyshev(tenon::Tensor x);

// Layers: everything of tenon::nn.
#pragma once

#include "tenon/nn/activations.h"
#include "tenon/nn/attention.h"
#include "tenon/nn/convolution.h"
#include "tenon/nn/core.h"
#include "tenon/nn/dense.h"
#include "tenon/nn/layer.h"
#include "tenon/nn/normalization.h"
#include "tenon/nn/pooling.h"
#include "tenon/nn/rnn.h"
#include "tenon/nn/sequential.h"
#include "tenon/nn/summary.h"

// Metrics: Keras's numbers over batches, eagerly and compiled, with weights; handles, names and what is refused.
#include "close.h"
#include "expect_error.h"

#include "metrics_goldens.inc"

using namespace tenon;

namespace {

Tensor rows() { return Tensor::from(data_rows); }
Tensor y() { return Tensor::from(data_y, {10, 3}); }
Tensor p() { return Tensor::from(data_p, {10, 3}); }
Tensor classes() { return Tensor::from(data_classes); }

void expect_metric(metrics::Metric metric, const Tensor &y_true, const Tensor &y_pred, std::span<const float> golden) {
  auto compiled = tenon::function([&](Tensor t, Tensor p) { metric.update_state(t, p); });
  auto weighted = tenon::function([&](Tensor t, Tensor p, Tensor w) { metric.update_state(t, p, w); });
  for (bool with_weights : {false, true})
    for (bool traced : {false, true}) {
      metric.reset_state();
      EXPECT_EQ(metric.result().item(), 0);
      for (int i : {0, 5}) {
        const Tensor t = y_true[slice(i, i + 5)], q = y_pred[slice(i, i + 5)];
        Tensor w = rows()[slice(i, i + 5)];
        if (t.rank() == 2 && t.size(1) == 1)
          w = expand_dims(w, -1);
        if (traced)
          with_weights ? weighted(t, q, w) : compiled(t, q);
        else
          with_weights ? metric.update_state(t, q, w) : metric.update_state(t, q);
      }
      EXPECT_CLOSE(metric.result(), golden.subspan(with_weights, 1), 2e-6);
    }
}
#define EXPECT_METRIC(metric, y_true, y_pred, golden)                                                                  \
  do {                                                                                                                 \
    SCOPED_TRACE(#golden);                                                                                             \
    expect_metric(metric, y_true, y_pred, golden);                                                                     \
  } while (false)

TEST(Metrics, AccuraciesAreKeras) {
  EXPECT_METRIC(metrics::Accuracy(), y(), cast(p() > 0.3, f32), golden_accuracy);
  EXPECT_METRIC(metrics::BinaryAccuracy({.threshold = 0.4}), y(), p(), golden_binary_accuracy);
  EXPECT_METRIC(metrics::CategoricalAccuracy(), one_hot(classes(), 3), p(), golden_categorical_accuracy);
  EXPECT_METRIC(metrics::SparseCategoricalAccuracy(), classes(), p(), golden_sparse_categorical_accuracy);
  EXPECT_METRIC(metrics::SparseTopKCategoricalAccuracy({.k = 2}), classes(), p(), golden_top_2);
  EXPECT_METRIC(metrics::TopKCategoricalAccuracy({.k = 2}), one_hot(classes(), 3), p(), golden_top_2);
}

TEST(Metrics, OfThresholdsAreKeras) {
  EXPECT_METRIC(metrics::Precision(), y(), p(), golden_precision);
  EXPECT_METRIC(metrics::Recall({.threshold = 0.3}), y(), p(), golden_recall);
  EXPECT_METRIC(metrics::AUC(), (y()[{all_, slice(0, 1)}]), (p()[{all_, slice(0, 1)}]), golden_auc);
}

TEST(Metrics, ErrorsAreKeras) {
  EXPECT_METRIC(metrics::MeanSquaredError(), y(), p(), golden_mse);
  EXPECT_METRIC(metrics::RootMeanSquaredError(), y(), p(), golden_rmse);
  EXPECT_METRIC(metrics::MeanAbsoluteError(), y(), p(), golden_mae);
}

TEST(Metrics, AccuracyByNameFollowsTheShapes) {
  EXPECT_METRIC(metrics::Metric("accuracy"), classes(), p(), golden_sparse_categorical_accuracy);
  EXPECT_METRIC(metrics::Metric("accuracy"), one_hot(classes(), 3), p(), golden_categorical_accuracy);
  EXPECT_METRIC(metrics::Metric("mse"), y(), p(), golden_mse);
  EXPECT_ERROR(metrics::Metric("exactness"), "Metric: there is no metric called 'exactness' (metrics_test.cpp:");
}

TEST(Metrics, MeansAndSumsOfValues) {
  const metrics::Mean mean("loss");
  const metrics::Sum sum;
  for (double x : {1.0, 2.0, 6.0}) mean.update_state(x), sum.update_state(Tensor{x, x});
  EXPECT_FLOAT_EQ(mean.result().item(), 3);
  EXPECT_FLOAT_EQ(sum.result().item(), 18);
  mean.reset_state();
  mean.update_state(Tensor{1., 2.}, Tensor{3., 1.});
  EXPECT_FLOAT_EQ(mean.result().item(), 1.25f);
  EXPECT_FALSE(mean.compares());
  EXPECT_EQ(mean.name(), "loss");
  EXPECT_EQ(mean.variables()[1].path, "count");
  EXPECT_TRUE(mean.variables().trainable().empty());
}

TEST(Metrics, CountPastWhatFloatsCan) {
  const metrics::Sum sum;
  sum.update_state(16777216.0);
  for (int i = 0; i < 3; ++i) sum.update_state(1.0);
  EXPECT_EQ(sum.variables()[0].value().item<double>(), 16777219.0);
}

TEST(Metrics, AnyFunctionIsAMetric) {
  const metrics::Metric own([](Tensor t, Tensor p) { return abs(t - p); }, "distance");
  own.update_state(Tensor{1., 2.}, Tensor{2., 5.});
  EXPECT_FLOAT_EQ(own.result().item(), 2);
  EXPECT_EQ(own.name(), "distance");
  const metrics::Metric huber(losses::huber);
  EXPECT_EQ(huber.name(), "huber");
  huber.update_state(zeros({3, 1}), ones({3, 1})); // each sample counts, not each batch
  huber.update_state(zeros({1, 1}), zeros({1, 1}));
  EXPECT_FLOAT_EQ(huber.result().item(), 0.375f);
}

} // namespace

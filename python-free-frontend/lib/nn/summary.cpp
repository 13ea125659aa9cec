// nn::summary: rows of text, columns as wide as their widest cell.
#include "tenon/nn/summary.h"
#include "buffer.h"

#include <algorithm>

namespace tenon::nn {

using namespace tenon::detail;

// 1,234,567
static std::string grouped(std::int64_t n) {
  std::string text = std::to_string(n);
  for (std::int64_t i = std::int64_t(text.size()) - 3; i > 0; i -= 3) text.insert(std::size_t(i), ",");
  return text;
}

// 4.8 KB
static std::string bytes(std::int64_t n) {
  if (n < 1024)
    return std::to_string(n) + " bytes";
  double size = double(n) / 1024;
  const char *unit = "KB";
  for (const char *larger : {"MB", "GB", "TB"}) {
    if (size < 1024)
      break;
    size /= 1024;
    unit = larger;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", size, unit);
  return text;
}

std::string detail::summary_of(const Collector &collector) {
  using Row = std::array<std::string, 6>;
  std::vector<Row> rows{{"Layer", "Output", "Variable", "Shape", "Elements", "Trainable"}};
  std::int64_t elements = 0, trainable = 0, total_bytes = 0;
  const auto add_variable = [&](Row row, const NamedVariable &variable) {
    const Shape shape = variable.shape();
    const std::int64_t count = count_of(shape);
    elements += count;
    trainable += variable.trainable() ? count : 0;
    total_bytes += count * std::int64_t(size_of(variable.dtype()));
    row[2] = variable.path;
    row[3] = describe(variable.dtype(), shape);
    row[4] = grouped(count);
    row[5] = variable.trainable() ? "yes" : "no";
    rows.push_back(std::move(row));
  };
  std::size_t next = 0; // variable
  const auto add_variables = [&](Row first, std::size_t end, bool at_all) {
    if (next >= end && at_all)
      rows.push_back(std::move(first));
    for (; next < end; first = Row{}) add_variable(std::move(first), collector.variables[next++]);
  };
  for (std::size_t i = 0; i < collector.layers.size(); ++i) {
    const Collector::LayerEntry &entry = collector.layers[i];
    const auto &layer = static_cast<const LayerState &>(*entry.layer);
    add_variables({}, entry.first, false); // variables between layers
    // Variables before its first part are its own; those behind come after that part.
    const std::size_t end = i + 1 < collector.layers.size() && collector.layers[i + 1].depth > entry.depth
                                ? collector.layers[i + 1].first
                                : entry.last;
    Row row;
    row[0] = std::string(std::size_t(2 * entry.depth), ' ') + (entry.path.empty() ? "" : entry.path + " ") + "(" +
             layer.kind + (layer.name.empty() ? "" : " '" + layer.name + "'") + ")";
    if (layer.called) {
      row[1] = describe(layer.output_dtype, layer.output_shape);
    } else {
      row[1] = "not called yet";
    }
    add_variables(std::move(row), end, true);
  }
  add_variables({}, collector.variables.size(), false);

  std::array<std::size_t, 6> widths{};
  for (const Row &row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::size_t width = 0;
  for (const std::size_t w : widths) width += w + 2;
  std::string text;
  for (const Row &row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      line += (i == 4 ? padding + row[i] : row[i] + padding) + "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
    if (&row == &rows.front())
      text += std::string(width - 2, '-') + "\n";
  }
  text += std::string(width - 2, '-') + "\n";
  return text + "Total: " + grouped(elements) + " elements (" + bytes(total_bytes) + "), " + grouped(trainable) +
         " trainable, " + grouped(elements - trainable) + " not\n";
}

} // namespace tenon::nn

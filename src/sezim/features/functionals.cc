// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/functionals.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "sezim/base/error.h"
#include "sezim/base/file.h"

namespace sezim {
namespace {

// Central moments of a column.
struct Moments {
  double mean = 0, second = 0, third = 0, fourth = 0;
  bool is_constant = true;  // as far as numbers of single precision tell
};

Moments MomentsOf(std::span<const double> values) {
  Moments moments;
  const auto count = static_cast<double>(values.size());
  for (const double value : values) moments.mean += value / count;
  double largest = 0;
  for (const double value : values) {
    const double off = value - moments.mean;
    moments.second += off * off / count;
    moments.third += off * off * off / count;
    moments.fourth += off * off * off * off / count;
    largest = std::max(largest, std::abs(value));
  }
  moments.is_constant = moments.second <= 1e-13 * largest * largest;
  return moments;
}

double Percentile(std::span<const double> sorted, double percent) {
  const double place = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// Of the least-squares line through (time, value).
double Slope(std::span<const double> times_s, std::span<const double> values, double mean) {
  double mean_s = 0;
  for (const double time : times_s) mean_s += time / static_cast<double>(times_s.size());
  double both = 0, square = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    both += (times_s[i] - mean_s) * (values[i] - mean);
    square += (times_s[i] - mean_s) * (times_s[i] - mean_s);
  }
  return square > 0 ? both / square : 0;
}

}  // namespace

Functional::Functional(std::string_view name) : name_(name) {
  static const std::map<std::string, Kind, std::less<>> kinds{
      {"mean", Kind::kMean},   {"std", Kind::kStd},           {"min", Kind::kMin},           {"max", Kind::kMax},
      {"range", Kind::kRange}, {"skewness", Kind::kSkewness}, {"kurtosis", Kind::kKurtosis}, {"slope", Kind::kSlope}};
  if (const auto found = kinds.find(name); found != kinds.end()) {
    kind_ = found->second;
    return;
  }
  int percent = -1;
  const char* end = name.data() + name.size();
  if (name.starts_with('p')) {
    const auto [read_to, code] = std::from_chars(name.data() + 1, end, percent);
    if (code != std::errc() || read_to != end) percent = -1;
  }
  if (percent < 0 || percent > 100) {
    throw Error(ErrorKind::kUsage, fmt::format("there is no functional '{}'", ValidUtf8(name)),
                "give mean, std, min, max, range, skewness, kurtosis, slope or a percentile as p20");
  }
  kind_ = Kind::kPercentile;
  percentile_ = percent;
}

std::vector<float> Summarize(const FeatureMatrix& frames, std::span<const char> selected,
                             std::span<const Functional> functionals, double hop_s) {
  Check(selected.empty() || std::ssize(selected) == frames.num_frames, "a choice for each frame");
  std::vector<double> times_s, column;
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < frames.num_frames; ++i) {
    if (!selected.empty() && selected[static_cast<std::size_t>(i)] == 0) continue;
    chosen.push_back(i);
    times_s.push_back(static_cast<double>(i) * hop_s);
  }
  std::vector<float> result;
  result.reserve(static_cast<std::size_t>(frames.dim) * functionals.size());
  for (int k = 0; k < frames.dim; ++k) {
    column.clear();
    for (const std::int64_t i : chosen) {
      column.push_back(static_cast<double>(frames.values[static_cast<std::size_t>(i * frames.dim + k)]));
    }
    if (column.empty()) {
      result.insert(result.end(), functionals.size(), 0.0F);
      continue;
    }
    const Moments moments = MomentsOf(column);
    std::vector<double> sorted = column;
    std::sort(sorted.begin(), sorted.end());
    for (const Functional& functional : functionals) {
      double value = 0;
      switch (functional.kind_) {
        case Functional::Kind::kMean: value = moments.mean; break;
        case Functional::Kind::kStd: value = std::sqrt(moments.second); break;
        case Functional::Kind::kMin: value = sorted.front(); break;
        case Functional::Kind::kMax: value = sorted.back(); break;
        case Functional::Kind::kRange: value = sorted.back() - sorted.front(); break;
        case Functional::Kind::kSkewness:
          value = moments.is_constant ? 0 : moments.third / std::pow(moments.second, 1.5);
          break;
        case Functional::Kind::kKurtosis:
          value = moments.is_constant ? 0 : moments.fourth / (moments.second * moments.second);
          break;
        case Functional::Kind::kPercentile: value = Percentile(sorted, functional.percentile_); break;
        case Functional::Kind::kSlope: value = moments.is_constant ? 0 : Slope(times_s, column, moments.mean); break;
      }
      result.push_back(static_cast<float>(value));
    }
  }
  return result;
}

}  // namespace sezim

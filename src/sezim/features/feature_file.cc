// SPDX-License-Identifier: Apache-2.0
#include "sezim/features/feature_file.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "sezim/base/error.h"

namespace sezim {
namespace {

// RFC 4180: in quotes where needed, quotes inside doubled.
std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"') quoted += '"';
    quoted += letter;
  }
  return quoted + "\"";
}

// Weka's: in single quotes, with \ before those and before itself.
std::string ArffText(const std::string& text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') quoted += '\\';
    if (letter == '\n' || letter == '\r') continue;
    quoted += letter;
  }
  return quoted + "'";
}

template <typename RowName>
void AppendRows(std::string& text, const FeatureTable& table, const RowName& row_name) {
  for (std::int64_t i = 0; i < table.matrix.num_frames; ++i) {
    text += row_name(static_cast<std::size_t>(i));
    for (const float value : table.matrix.Frame(i)) fmt::format_to(std::back_inserter(text), ",{}", value);
    text += '\n';
  }
}

// Where a frame starts.
std::string TimeOf(const FeatureTable& table, std::size_t row) {
  return fmt::format("{:.6g}", static_cast<double>(row) * table.hop_s);
}

std::string Csv(const FeatureTable& table) {
  const bool of_frames = table.sounds.empty();
  std::string text = of_frames ? "start_s" : "file";
  for (const std::string& column : table.columns) text += "," + CsvField(column);
  text += '\n';
  AppendRows(text, table,
             [&](std::size_t row) { return of_frames ? TimeOf(table, row) : CsvField(table.sounds[row]); });
  return text;
}

std::string Arff(const FeatureTable& table) {
  const bool of_frames = table.sounds.empty();
  std::string text = "@relation " + ArffText(table.title) + "\n\n";
  text += of_frames ? "@attribute start_s numeric\n" : "@attribute file string\n";
  for (const std::string& column : table.columns) text += "@attribute " + ArffText(column) + " numeric\n";
  text += "\n@data\n";
  AppendRows(text, table,
             [&](std::size_t row) { return of_frames ? TimeOf(table, row) : ArffText(table.sounds[row]); });
  return text;
}

// NumPy's format, version 1.0: magic, length of the header, header padded to a multiple of 64, numbers in C order.
std::string Npy(const FeatureTable& table) {
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}",
                                   table.matrix.num_frames, table.matrix.dim);
  constexpr std::size_t kBefore = 10;
  while ((kBefore + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  static_assert(std::endian::native == std::endian::little);
  bytes.append(reinterpret_cast<const char*>(table.matrix.values.data()), table.matrix.values.size() * sizeof(float));
  return bytes;
}

void AppendBigEndian(std::string& bytes, std::uint32_t value, int num_bytes) {
  for (int i = num_bytes - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
}

// HTK's parameter file (HTK Book, 5.10.1) of kind USER: 12 bytes of header and the frames, all big-endian.
std::string Htk(const FeatureTable& table) {
  constexpr int kMaxDim = 32'767 / 4;
  constexpr std::uint32_t kUser = 9;
  if (table.matrix.dim > kMaxDim) {
    throw Error(ErrorKind::kUsage,
                fmt::format("an HTK file has frames of at most {} numbers, not {}", kMaxDim, table.matrix.dim),
                "write npy, csv or arff");
  }
  std::string bytes;
  AppendBigEndian(bytes, static_cast<std::uint32_t>(table.matrix.num_frames), 4);
  AppendBigEndian(bytes, static_cast<std::uint32_t>(std::llround(table.hop_s * 1e7)), 4);
  AppendBigEndian(bytes, static_cast<std::uint32_t>(4 * table.matrix.dim), 2);
  AppendBigEndian(bytes, kUser, 2);
  for (const float value : table.matrix.values) AppendBigEndian(bytes, std::bit_cast<std::uint32_t>(value), 4);
  return bytes;
}

}  // namespace

std::string_view NameOf(FeatureFormat format) {
  switch (format) {
    case FeatureFormat::kCsv: return "csv";
    case FeatureFormat::kNpy: return "npy";
    case FeatureFormat::kArff: return "arff";
    case FeatureFormat::kHtk: return "htk";
  }
  return "";
}

std::optional<FeatureFormat> FeatureFormatFrom(std::string_view name) {
  for (const FeatureFormat format : kFeatureFormats) {
    if (name == NameOf(format)) return format;
  }
  return std::nullopt;
}

std::string FeatureFileOf(const FeatureTable& table, FeatureFormat format) {
  Check(std::ssize(table.columns) == table.matrix.dim, "a name for each column");
  Check(table.sounds.empty() || std::ssize(table.sounds) == table.matrix.num_frames, "a sound for each row");
  switch (format) {
    case FeatureFormat::kCsv: return Csv(table);
    case FeatureFormat::kNpy: return Npy(table);
    case FeatureFormat::kArff: return Arff(table);
    case FeatureFormat::kHtk: return Htk(table);
  }
  return "";
}

}  // namespace sezim

// SPDX-License-Identifier: Apache-2.0
#include "sezim/training/checkpoint.h"

#include <fmt/format.h>

#include <string_view>

#include "sezim/base/error.h"
#include "sezim/base/file.h"
#include "sezim/base/packing.h"
#include "sezim/base/sha256.h"

namespace sezim {
namespace {

constexpr std::string_view kMagic = "sezim checkpoint 1\n";
constexpr std::size_t kDigestBytes = 64;
constexpr std::size_t kMaxBytes = std::size_t{4} << 30;

}  // namespace

void WriteCheckpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  std::string body;
  PackText(body, checkpoint.training);
  Pack(body, static_cast<std::uint32_t>(checkpoint.epochs.size()));
  for (const EpochReport& report : checkpoint.epochs) {
    Pack(body, report.epoch);
    Pack(body, report.loss);
    Pack(body, report.validation_loss);
    Pack(body, report.validation_uar);
  }
  Pack(body, checkpoint.best_epoch);
  Pack(body, static_cast<std::uint32_t>(checkpoint.fresh.size()));
  for (const std::string& name : checkpoint.fresh) PackText(body, name);
  Pack(body, static_cast<std::uint32_t>(checkpoint.numbers.size()));
  for (const auto& [name, tensor] : checkpoint.numbers) {
    PackText(body, name);
    Pack(body, static_cast<std::uint32_t>(tensor.shape.size()));
    for (const std::int64_t size : tensor.shape) Pack(body, size);
    const auto* first = reinterpret_cast<const char*>(tensor.values.data());
    PackText(body, {first, tensor.values.size() * sizeof(float)});
  }
  WriteFileAtomically(path, fmt::format("{}{}{}", kMagic, Sha256OfText(body), body));
}

Checkpoint ReadCheckpoint(const std::filesystem::path& path) {
  const std::string text = ReadTextFile(path, kMaxBytes);
  std::string_view rest = text;
  const bool ours = rest.size() >= kMagic.size() + kDigestBytes && rest.starts_with(kMagic);
  if (ours) rest.remove_prefix(kMagic.size());
  const std::string_view digest = rest.substr(0, kDigestBytes);
  if (ours) rest.remove_prefix(kDigestBytes);
  if (!ours || Sha256OfText(rest) != digest) {
    throw Error(ErrorKind::kBadInput,
                fmt::format("'{}' is damaged, or no checkpoint of this version", DisplayName(path)),
                "remove it and train from the start");
  }
  Checkpoint checkpoint;
  checkpoint.training = UnpackText(rest);
  for (auto left = Unpack<std::uint32_t>(rest); left > 0; --left) {
    EpochReport report;
    report.epoch = Unpack<int>(rest);
    report.loss = Unpack<double>(rest);
    report.validation_loss = Unpack<double>(rest);
    report.validation_uar = Unpack<double>(rest);
    checkpoint.epochs.push_back(report);
  }
  checkpoint.best_epoch = Unpack<int>(rest);
  for (auto left = Unpack<std::uint32_t>(rest); left > 0; --left) checkpoint.fresh.emplace_back(UnpackText(rest));
  for (auto left = Unpack<std::uint32_t>(rest); left > 0; --left) {
    const std::string name(UnpackText(rest));
    Tensor tensor;
    for (auto rank = Unpack<std::uint32_t>(rest); rank > 0; --rank) tensor.shape.push_back(Unpack<std::int64_t>(rest));
    const std::string_view raw = UnpackText(rest);
    tensor.values.resize(raw.size() / sizeof(float));
    std::memcpy(tensor.values.data(), raw.data(), raw.size());
    checkpoint.numbers.emplace(name, std::move(tensor));
  }
  return checkpoint;
}

}  // namespace sezim

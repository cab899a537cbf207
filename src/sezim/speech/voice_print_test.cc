// SPDX-License-Identifier: Apache-2.0
#include "sezim/speech/voice_print.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sezim/base/error.h"
#include "sezim/speech/overlap_weights.h"
#include "support/golden_voice.h"
#include "support/thrown.h"

namespace sezim {
namespace {

VoicePrinter Printer(const char* model = "ge2e") {
  return VoicePrinter(std::make_shared<OnnxSession>(ModelStore().Load(model)));
}

double Length(const std::vector<float>& print) {
  double sum = 0;
  for (const float number : print) sum += double{number} * number;
  return std::sqrt(sum);
}

TEST(VoicePrinter, HasOverlapWeightsForTheNetworkThatShips) {
  EXPECT_EQ(ModelStore().Load("ge2e").card.sha256, kOverlapNetwork);
}

TEST(VoicePrintGolden, AgreesWithTheReference) {
  std::ifstream file(SEZIM_SOURCE_FOLDER "/golden/voice/voice-print.json");
  const auto golden = nlohmann::json::parse(file)["print"].get<std::vector<float>>();
  const std::vector<float> ours = Printer().Print(GoldenVoice());
  ASSERT_EQ(ours.size(), golden.size());
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], golden[i], 1e-3) << i;
}

TEST(VoicePrint, HasLengthOneWhateverTheSoundsLength) {
  const VoicePrinter printer = Printer();
  const std::vector<std::int16_t> sound = GoldenVoice();
  for (const std::size_t size : {1600U, 9000U, 25'600U, 25'601U, 48'128U}) {
    const std::vector<float> print = printer.Print(std::span(sound).first(size));
    EXPECT_EQ(print.size(), 256U) << size;
    EXPECT_NEAR(Length(print), 1, 1e-4) << size;
  }
  EXPECT_NEAR(Length(printer.Print(std::vector<std::int16_t>(40'000, 0))), 1, 1e-4);
  EXPECT_TRUE(printer.Print(std::span(sound).first(1599)).empty());
  EXPECT_TRUE(printer.Print(std::vector<std::int16_t>{}).empty());
}

TEST(VoicePrint, DoesNotDependOnHowLoudAQuietVoiceIs) {
  std::vector<std::int16_t> quiet = GoldenVoice();
  std::vector<std::int16_t> quieter = quiet;
  for (std::size_t i = 0; i < quiet.size(); ++i) {
    quiet[i] = static_cast<std::int16_t>(quiet[i] / 8 * 2);
    quieter[i] = static_cast<std::int16_t>(quiet[i] / 2);
  }
  const std::vector<float> a = Printer().Print(quiet), b = Printer().Print(quieter);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 0.02) << i;
}

TEST(VoicePrint, TellsTwoVoicesAtOnceFromOne) {
  const VoicePrinter printer = Printer();
  const std::vector<std::int16_t> one = GoldenVoice(), other = AnotherVoice();
  std::vector<std::int16_t> both = one, in_turn = one;
  for (std::size_t i = 0; i < one.size(); ++i) both[i] = static_cast<std::int16_t>(one[i] + other[i]);
  in_turn.insert(in_turn.end(), other.begin(), other.end());
  EXPECT_LT(printer.Hear(one).overlap_log_odds, -2);
  EXPECT_LT(printer.Hear(other).overlap_log_odds, -2);
  EXPECT_LT(printer.Hear(in_turn).overlap_log_odds, -2);
  EXPECT_GT(printer.Hear(both).overlap_log_odds, 2);
  EXPECT_EQ(printer.Hear(both).print, printer.Print(both));
  EXPECT_EQ(printer.Hear(std::vector<float>(1599)).overlap_log_odds, 0);
}

TEST(VoicePrint, RefusesOtherNetworks) {
  EXPECT_EQ(ThrownBy([] { Printer("mini-xception"); }).kind(), ErrorKind::kModel);
}

}  // namespace
}  // namespace sezim

// SPDX-License-Identifier: Apache-2.0
#include "sezim/harvest/track_pack.h"

#include <gtest/gtest.h>

#include <random>

#include "sezim/base/error.h"
#include "support/thrown.h"

namespace sezim {
namespace {

UnitTracks Example() {
  std::mt19937 random(2);
  const auto number = [&] { return static_cast<float>(random() % 1000) / 8 - 50; };
  UnitTracks unit{.num_looked_at = 150, .num_without_picture = 2, .num_without_face = 31, .num_with_several_faces = 4};
  for (const int num_pictures : {7, 1, 12}) {
    FaceTrack& track = unit.tracks.emplace_back();
    track.first_picture = (std::int64_t{1} << 33) + 100 * num_pictures;
    for (int i = 0; i < num_pictures; ++i) track.mouth.push_back({number(), number(), number(), number(), number()});
    track.pictures.push_back({track.first_picture, std::string("\xff\xd8\0x", 4)});
    for (int i = 0; num_pictures > 1 && i < 3 * num_pictures; ++i) track.features.push_back(number());
    for (int i = 0; i < num_pictures; i += 5) {
      track.looks.push_back({.picture = track.first_picture + i,
                             .box = {i, -3, 200, 8192},
                             .score = number(),
                             .eye_distance = number(),
                             .turn = number(),
                             .sharpness = number(),
                             .scores = {number(), number(), number(), number(), number(), number(), 1e-30F}});
    }
  }
  for (std::uint32_t step = 3; step < 12; step += 4) unit.picture_print.push_back({step, {1, -7, 7, 0, 2}});
  return unit;
}

TEST(TrackPack, RoundTrip) {
  EXPECT_EQ(UnpackTracks(PackTracks(Example())), Example());
  EXPECT_EQ(UnpackTracks(PackTracks({})), UnitTracks{});
  const UnitTracks nobody{.num_looked_at = 5, .num_without_face = 5};
  EXPECT_EQ(UnpackTracks(PackTracks(nobody)), nobody);
  const UnitTracks empty_track{.tracks = {FaceTrack{}}};
  EXPECT_EQ(UnpackTracks(PackTracks(empty_track)), empty_track);
}

TEST(TrackPack, EveryBrokenEndIsAnError) {
  const std::string bytes = PackTracks(Example());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const Error error = ThrownBy([&] { UnpackTracks(std::string_view(bytes).substr(0, length)); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_FALSE(error.remedy().empty());
  }
  EXPECT_EQ(ThrownBy([&] { UnpackTracks(bytes + '\0'); }).kind(), ErrorKind::kBadInput);
}

// What is taken from `bytes` is what they say, and an error otherwise.
void ExpectHonest(const std::string& bytes) {
  try {
    EXPECT_EQ(PackTracks(UnpackTracks(bytes)), bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  }
}

TEST(TrackPack, AByteThatIsDamagedIsAnErrorOrAnotherNumber) {
  for (const UnitTracks& unit : {Example(), UnitTracks{}}) {
    std::string bytes = PackTracks(unit);
    for (char& byte : bytes) {
      const char right = byte;
      for (const int flip : {0x01, 0x80, 0xff}) {
        byte = static_cast<char>(right ^ flip);
        ExpectHonest(bytes);
      }
      byte = right;
    }
  }
}

TEST(TrackPack, CountsThatPromiseTooMuchAreAnError) {
  for (const std::size_t place : {36U, 52U, 56U, 60U}) {  // of tracks; of pictures, looks and portraits of the first
    std::string bytes = PackTracks(Example());
    bytes.replace(place, 4, "\xff\xff\xff\x7f");
    EXPECT_EQ(ThrownBy([&] { UnpackTracks(bytes); }).kind(), ErrorKind::kBadInput) << place;
  }
}

TEST(TrackPack, GarbageNeverDoesHarm) {
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = "TRK6";
    for (std::size_t n = random() % 300; n > 0; --n) bytes += static_cast<char>(random() % (n % 7 == 0 ? 3 : 1));
    ExpectHonest(bytes);
  }
  EXPECT_EQ(ThrownBy([] { UnpackTracks("TRK5"); }).kind(), ErrorKind::kBadInput);
  EXPECT_EQ(ThrownBy([] { UnpackTracks(""); }).kind(), ErrorKind::kBadInput);
}

}  // namespace
}  // namespace sezim

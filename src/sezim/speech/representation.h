// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sezim/features/feature_matrix.h"
#include "sezim/infer/model_store.h"

namespace sezim {

// Hidden states of a network that has listened to much speech, as features of other speech. Thread-safe.
class Representation {
 public:
  virtual ~Representation() = default;

  // As it was opened: "whisper-base", "ge2e", ….
  virtual const std::string& name() const = 0;

  // The sha256 of the network: what else is computed from the same sound by the same name has another.
  virtual const std::string& sha256() const = 0;

  virtual int num_layers() const = 0;
  virtual int dim() const = 0;  // numbers in a frame, the same in all layers

  // From one frame to the next; 0 where the network gives one frame for all of a sound.
  virtual double hop_s() const = 0;

  // The outputs of layers first..last (inclusive, from 0), a matrix each, for samples at 16 kHz, full scale 1. Nothing
  // behind layer `last` is computed. A sound that is too short for the network gives matrices without frames; a long
  // one is looked at in windows. Requires 0 <= first <= last < num_layers(). Throws Error (kModel).
  virtual std::vector<FeatureMatrix> Layers(std::span<const float> samples, int first, int last) const = 0;
};

// Opens a representation by the name of its model in the store, whose task says how it is used (docs/representations.md
// has them all), or "ge2e-states", the hidden states of the model "ge2e". Throws Error: kNotFound with how to get the
// model, kModel if it is damaged, is no representation or has another interface than its task demands.
std::unique_ptr<const Representation> OpenRepresentation(const std::string& name, const ModelStore& store);

// True for the names that docs/representations.md has, be their models there or not, and for the store's own models of
// their tasks.
bool IsRepresentation(const std::string& name, const ModelStore& store);

}  // namespace sezim

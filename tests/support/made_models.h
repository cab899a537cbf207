// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sezim/base/sha256.h"
#include "sezim/infer/model_store.h"
#include "support/temporary_folder.h"

namespace sezim {

// A store of the tiny networks of golden/representations under the names of those that users bring.
class MadeModels {
 public:
  MadeModels() : store_(folder_ / "models", folder_ / "no-cards") {
    Add("emotion2vec", "emotion2vec.onnx", "speech-frames", "samples [-1, -1]",
        {"layer0 [-1, -1, 8]", "layer1 [-1, -1, 8]"});
    Add("vggvox", "vggvox.onnx", "speaker-spectrogram", "input [-1, 1, 512, -1]", {"fc7 [-1, 8]"});
    Add("xvector", "xvector.onnx", "speaker-fbank", "input [-1, -1, 24]", {"embedding [-1, 8]"});
  }

  // Tensors are a name and a shape.
  void Add(const std::string& name, const std::string& file, const std::string& task, const std::string& input,
           const std::vector<std::string>& outputs) const {
    const std::filesystem::path weights = std::filesystem::path(SEZIM_SOURCE_FOLDER) / "golden/representations" / file;
    std::string card = "schema = 1\nname = \"" + name + "\"\ntask = \"" + task +
                       "\"\ndescription = \"made\"\nlicence = \"Apache-2.0\"\ntrained_on = \"nothing\"\nlabels = []\n"
                       "[file]\nname = \"model.onnx\"\nsha256 = \"" +
                       Sha256OfFile(weights) +
                       "\"\nsize_bytes = " + std::to_string(std::filesystem::file_size(weights)) + "\n" +
                       TensorOf("inputs", input);
    for (const std::string& output : outputs) card += TensorOf("outputs", output);
    store_.Add(weights, folder_.Write(name + ".toml", card));
  }

  const ModelStore& store() const { return store_; }

 private:
  static std::string TensorOf(const std::string& kind, const std::string& tensor) {
    const std::size_t space = tensor.find(' ');
    return "[[" + kind + "]]\nname = \"" + tensor.substr(0, space) +
           "\"\ndtype = \"float32\"\nshape = " + tensor.substr(space + 1) + "\nmeaning = \"made\"\n";
  }

  TemporaryFolder folder_;
  ModelStore store_;
};

}  // namespace sezim

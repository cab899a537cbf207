# SPDX-License-Identifier: Apache-2.0
"""A layer of src/sezim includes only itself and the layers before it, and heavy headers stay in .cc files."""

import os
import re
import sys
import unittest
from pathlib import Path

LAYERS = ["base", "media", "features", "infer", "vision", "speech", "text", "learn", "corpus", "catalog", "emotion",
          "training", "harvest", "publish", "serve", "cli"]
HEAVY = re.compile(r'#include [<"](opencv2/|onnxruntime|torch/|ATen/|c10/|nlohmann/|toml\+\+|SQLiteCpp|libav)')
ALLOWED_HEAVY = {"media/ffmpeg.h", "catalog/catalog_storage.h", "training/torch_layers.h"}  # not installed, for .cc files of their layer
SOURCE = Path(os.environ.get("SEZIM_SOURCE", Path(__file__).parent.parent)) / "src" / "sezim"


def offences(source):
    found = []
    for file in sorted(source.rglob("*.h")) + sorted(source.rglob("*.cc")):
        name = file.relative_to(source).as_posix()
        layer = name.split("/")[0]
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            included = re.match(r'#include "sezim/(\w+)/', line)
            # Tests may use any layer's code to set up what they test.
            if included and not name.endswith("_test.cc"):
                if LAYERS.index(included[1]) > LAYERS.index(layer):
                    found.append(f"{name}:{number}: {layer} includes {included[1]}, which lies above it")
            if name.endswith(".h") and name not in ALLOWED_HEAVY and HEAVY.match(line):
                found.append(f"{name}:{number}: a heavy header in a header: {line}")
    return found


class LayersTest(unittest.TestCase):
    def test_layers(self):
        self.assertTrue(list(SOURCE.rglob("*.h")), f"no sources in {SOURCE}")
        self.assertEqual(offences(SOURCE), [])


if __name__ == "__main__":
    sys.exit(unittest.main())

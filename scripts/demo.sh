#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Set-up, release build, and a harvest of a minute of people who speak, with a look at what came of it.
set -euo pipefail

if [[ "${1:-}" == "--help" || "${1:-}" == "-h" ]]; then
  echo "usage: scripts/demo.sh [CORPUS]      CORPUS: where to put the corpus (default: build/demo-corpus)"
  exit 0
fi
cd "$(dirname "$0")/.."
corpus="${1:-build/demo-corpus}"
scripts/setup.sh
cmake --preset release >"/dev/null"
cmake --build --preset release

sezim=build/release/bin/sezim
programmes="${SEZIM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sezim}/programmes"
show() {
  echo
  echo "\$ $*"
  "$@"
}
show "$sezim" harvest "$programmes/demo.mp4" --out "$corpus" --recipe paper
show "$sezim" corpus stats "$corpus"
show "$sezim" corpus verify "$corpus"
show "$sezim" evaluate harvest --truth "$programmes/demo.json" "$corpus"
echo
echo "Listen to what was kept: $corpus/audio/<emotion>/*.wav; every segment is a line of $corpus/segments.jsonl."

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Set-up, release build, and a harvest of a minute of people who speak, with a look at what came of it.
set -euo pipefail

if [[ "${1:-}" == "--help" || "${1:-}" == "-h" ]]; then
  echo "usage: scripts/demo.sh [CORPUS]      CORPUS: where to put the corpus (default: build/demo-corpus);"
  echo "                                     the published method's goes beside it, into CORPUS-paper"
  exit 0
fi
cd "$(dirname "$0")/.."
corpus="${1:-build/demo-corpus}"
# Our own folders are made anew: an earlier version's recipe may have been another.
[[ -n "${1:-}" ]] || rm -rf build/demo-corpus build/demo-corpus-paper
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
show "$sezim" harvest "$programmes/demo.mp4" --out "$corpus"
show "$sezim" corpus stats "$corpus"
show "$sezim" corpus verify "$corpus"
show "$sezim" evaluate harvest --truth "$programmes/demo.json" "$corpus"
echo
echo "The same by the published method, which cannot tell who speaks:"
show "$sezim" harvest "$programmes/demo.mp4" --out "$corpus-paper" --recipe paper
show "$sezim" evaluate harvest --truth "$programmes/demo.json" "$corpus-paper"
echo
echo "Its last step asks whether voices sound like what the faces show. These voices are made and show little, so it is only a look:"
show "$sezim" corpus filter "$corpus-paper" --dry-run
show "$sezim" corpus stats "$corpus-paper"
echo
echo "Listen to what was kept: $corpus/audio/<emotion>/; every segment is a line of $corpus/segments.jsonl, and"
echo "what was rejected, with its reason, one of $corpus/rejected.jsonl."

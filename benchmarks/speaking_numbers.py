#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The numbers of src/sezim/vision/speaking.cc, measured on some programmes and tried on others.

    printf 'name = "nobody"\\n[speaking]\\nmin_log_odds = 1000\\n' > nobody.toml
    sezim harvest p.mp4 --out corpus --recipe nobody.toml        keeps nothing, so every span tells its evidence
    benchmarks/speaking_numbers.py --measure p.json:corpus … --try q.json:corpus …

Programmes are made by synthetic/make_talking_programme.py; with other people in those that are tried than in those that are
measured, this tells whether the numbers hold for people on whom they were not measured. Every rejected span that lies in one
scene of the truth counts, with the synchrony, motion ratio and number of pictures that its reason tells. Printed are the
numbers, and of the spans that are tried, each by itself and without the faces' other spans: the area under the ROC
curve of those spoken against those dubbed and those listened to, and at --min-log-odds the share of the seconds
that would be kept, by kind, and the precision.
"""

import argparse
import json
import math
import re
import sys
from pathlib import Path

KINDS = ("speaking", "dubbed", "listening")
DETAIL = re.compile(r"synchrony (-?[\d.]+), motion ratio ([\d.]+) over (\d+) pictures; log odds (-?[\d.]+)")
LEAST_MOTION = 0.05
MIN_INSIDE = 0.9  # of a span, in one scene


class Span:
    def __init__(self, kind, seconds, synchrony, motion, pictures, log_odds):
        self.kind, self.seconds, self.synchrony, self.pictures = kind, seconds, synchrony, pictures
        self.log_motion, self.log_odds = math.log(max(motion, LEAST_MOTION)), log_odds


def spans_of(pair):
    """The spans of a harvest that kept nothing, by the truth; `pair` is TRUTH:CORPUS."""
    truth, _, corpus = pair.rpartition(":")
    scenes = json.loads(Path(truth).read_text(encoding="utf-8"))["spans"]
    for line in (Path(corpus) / "rejected.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        told = DETAIL.search(record.get("detail") or "")
        if not told:
            continue
        start, end = record["start_s"], record["end_s"]
        for scene in scenes:
            inside = min(end, scene["end_s"]) - max(start, scene["start_s"])
            if scene["kind"] in KINDS and inside >= MIN_INSIDE * (end - start) and int(told[3]) >= 3:
                yield Span(scene["kind"], end - start, float(told[1]), float(told[2]), int(told[3]), float(told[4]))


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def deviation(values):
    values = list(values)
    middle = mean(values)
    return math.sqrt(mean((value - middle) ** 2 for value in values))


class Numbers:
    """See Note [Evidence of speaking] in src/sezim/vision/speaking.cc."""

    def __init__(self, spans):
        of = {kind: [span for span in spans if span.kind == kind] for kind in KINDS}
        not_spoken = of["dubbed"] + of["listening"]
        self.per_independent = mean(span.synchrony**2 * span.pictures for span in not_spoken)
        self.synchrony = mean(span.synchrony for span in of["speaking"])
        chance = mean(self.per_independent / span.pictures for span in of["speaking"])
        self.variance = max(0.01, mean((span.synchrony - self.synchrony) ** 2 for span in of["speaking"]) - chance)
        self.speaking_motion = mean(span.log_motion for span in of["speaking"])
        self.resting_motion = mean(span.log_motion for span in of["listening"])
        self.motion_deviation = mean([deviation(span.log_motion for span in of[kind]) for kind in ("speaking", "listening")])

    def __str__(self):
        return (f"synchrony of speakers {self.synchrony:.2f}, deviation {math.sqrt(self.variance):.2f}; pictures for an independent one "
                f"{self.per_independent:.1f}; motion ratio speaking {math.exp(self.speaking_motion):.2f}, resting "
                f"{math.exp(self.resting_motion):.2f}, deviation of its logarithm {self.motion_deviation:.2f}")

    def log_odds(self, span):
        variance = self.per_independent / span.pictures
        synchrony = max(span.synchrony, -self.synchrony * variance / self.variance)
        speaks = normal(synchrony, self.synchrony, variance + self.variance) - normal(synchrony, 0, variance)
        spread = self.motion_deviation**2
        rests = (normal(max(span.log_motion, self.resting_motion), self.resting_motion, spread) -
                 normal(min(span.log_motion, self.speaking_motion), self.speaking_motion, spread))
        return speaks + math.log(2) - math.log1p(math.exp(min(700.0, rests)))


def normal(value, middle, variance):
    return -0.5 * ((value - middle) ** 2 / variance + math.log(variance))


def auc(higher, lower):
    """How often one of `higher` lies above one of `lower`."""
    return mean((a > b) + 0.5 * (a == b) for a in higher for b in lower)


def line(name, spans, odds, least):
    of = {kind: [value for span, value in zip(spans, odds) if span.kind == kind] for kind in KINDS}
    kept = {kind: sum(span.seconds for span, value in zip(spans, odds) if span.kind == kind and value >= least) for kind in KINDS}
    all_s = {kind: sum(span.seconds for span in spans if span.kind == kind) for kind in KINDS}
    shares = " | ".join(f"{100 * kept[kind] / all_s[kind]:.0f} %" for kind in KINDS)
    return (f"| {name} | {auc(of['speaking'], of['dubbed']):.3f} | {auc(of['speaking'], of['listening']):.3f} | {shares} | "
            f"{kept['speaking'] / max(1e-9, sum(kept.values())):.3f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", nargs="+", required=True, metavar="TRUTH:CORPUS", help="programmes to measure the numbers on")
    parser.add_argument("--try", nargs="+", required=True, metavar="TRUTH:CORPUS", dest="tried", help="programmes to try them on")
    parser.add_argument("--min-log-odds", type=float, default=1.2, metavar="X", help="default %(default)g, the recipe's")
    given = parser.parse_args()
    measured = [span for pair in given.measure for span in spans_of(pair)]
    tried = [span for pair in given.tried for span in spans_of(pair)]
    for name, spans in (("--measure", measured), ("--try", tried)):
        counts = {kind: sum(span.kind == kind for span in spans) for kind in KINDS}
        if min(counts.values()) < 2:
            print(f"speaking_numbers: {name} has {counts} spans; each kind needs two. Were the corpora harvested with min_log_odds = 1000?",
                  file=sys.stderr)
            return 1
        print(f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()) + " spans")
    numbers = Numbers(measured)
    print(f"measured: {numbers}\n")
    print("| numbers | AUC, dubbed | AUC, listening | kept of speaking | of dubbed | of listening | precision |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print(line("sezim's", tried, [span.log_odds for span in tried], given.min_log_odds))
    print(line("measured here", tried, [numbers.log_odds(span) for span in tried], given.min_log_odds))
    return 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Reference numbers for src/sezim/learn/significance, multiclass_auc and bootstrap.

    python3 -m venv v && v/bin/pip install scipy==1.15.3 scikit-learn==1.6.1 numpy==2.2.6
    v/bin/python golden/statistics/make.py > golden/statistics/statistics.json
"""

import json

import numpy
import scipy
import sklearn
from scipy import special, stats
from sklearn.metrics import roc_auc_score

random = numpy.random.default_rng(7)

t_tests = []
for n in (2, 3, 6, 10, 24):
    a = random.normal(0.75, 0.05, n).round(6)
    b = (a - random.normal(0.01, 0.02, n)).round(6)
    result = stats.ttest_rel(a, b)
    t_tests.append({"a": a.tolist(), "b": b.tolist(), "t": result.statistic, "df": int(result.df), "p": result.pvalue})

betas = [{"a": a, "b": b, "x": x, "value": special.betainc(a, b, x)}
         for a in (0.5, 1, 2.5, 30, 700) for b in (0.5, 1, 4, 80, 650) for x in (0.001, 0.2, 0.5, 0.9, 0.9999)]

mcnemar = [{"only_a": a, "only_b": b, "p": stats.binomtest(a, a + b).pvalue}
           for a, b in ((0, 1), (3, 3), (2, 9), (17, 4), (60, 91), (400, 470))]

truth = random.integers(0, 4, 200)
scores = random.random((200, 4))
scores[numpy.arange(200), truth] += 0.3
scores = (scores / scores.sum(axis=1, keepdims=True)).round(3)  # with ties
scores[:, 0] = (scores[:, 0] + 1 - scores.sum(axis=1)).round(3)
auc = roc_auc_score(truth, scores, multi_class="ovr", average="macro")

values = random.normal(0, 1, 60).round(4)
interval = stats.bootstrap((values,), numpy.mean, n_resamples=200_000, method="percentile", rng=1).confidence_interval

print(json.dumps({
    "versions": {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__, "numpy": numpy.__version__},
    "t_tests": t_tests, "incomplete_beta": betas, "mcnemar": mcnemar,
    "auc": {"truth": truth.tolist(), "scores": scores.round(6).flatten().tolist(), "value": auc},
    "bootstrap_of_mean": {"values": values.tolist(), "low": interval.low, "high": interval.high},
}))

# SPDX-License-Identifier: Apache-2.0
"""The generator whose numbers golden files were made of: the same in every program and version."""

import numpy as np


def random_numbers(state, count):
    """`count` multiples of 2^-24 in [0, 1)."""
    values = []
    for _ in range(count):
        state = (1664525 * state + 1013904223) & 0xFFFFFFFF
        values.append((state >> 8) / 2**24)
    return np.array(values)

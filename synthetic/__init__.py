# SPDX-License-Identifier: Apache-2.0
"""Synthetic programmes of known truth, for the demo, the tests and the benchmarks."""

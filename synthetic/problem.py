# SPDX-License-Identifier: Apache-2.0
"""The one exception whose message is meant for the person at the keyboard."""


class Problem(Exception):
    """Something outside this program is missing or wrong; the message says what and what to do."""

"""Engines of Qiupu: read agreements, match needs with capabilities, prove solutions in blind trials.

Nothing here knows a web framework, a clock or global randomness: functions take arrays, frozen
dataclasses, a ``seed`` and, where time matters, ``now``; the same input gives the same output.
"""

import os

__version__ = "0.1.0"

# threads of the linear algebra that wait for work shall sleep, not spin: on a machine that does other things as well a
# product is several times as fast. Read when numpy is loaded, so it stands here
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")

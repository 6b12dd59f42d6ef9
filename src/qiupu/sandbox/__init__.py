"""Run what others wrote (code, ONNX models) so that it reaches nothing: no network, no labels, no file of the host.

``open_sandbox()`` gives a runner after it has been seen to contain, or raises ``SandboxUnavailable`` with the cure; there is
no weaker mode. ``intake`` takes in archives, models and prediction files before they are run or read. What this does not stop
stands in ``docs/threat-model.md``. The engine reads the machine's clock, since it measures and limits time.
"""

from qiupu.sandbox.bubblewrap import BubblewrapRunner, Runner
from qiupu.sandbox.probe import Probe, open_sandbox, probe
from qiupu.sandbox.runtime import Runtime, find_runtime, runtime_setup
from qiupu.sandbox.spec import WORDS, Code, HiddenView, Limits, RunResult, RunSpec, State, bucket_of

__all__ = [
    "WORDS",
    "BubblewrapRunner",
    "Code",
    "HiddenView",
    "Limits",
    "Probe",
    "RunResult",
    "RunSpec",
    "Runner",
    "Runtime",
    "State",
    "bucket_of",
    "find_runtime",
    "open_sandbox",
    "probe",
    "runtime_setup",
]

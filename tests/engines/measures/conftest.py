import importlib.util
from pathlib import Path

import numpy as np
import pytest

_spec = importlib.util.spec_from_file_location("conftest_answers", Path(__file__).with_name("conftest_answers.py"))
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)


@pytest.fixture
def made():
    """The makers of answers."""
    return _module


@pytest.fixture
def rng():
    return np.random.default_rng(20)


@pytest.fixture(scope="session")
def made_module():
    """The same for hypothesis, which wants nothing of a function's scope."""
    return _module

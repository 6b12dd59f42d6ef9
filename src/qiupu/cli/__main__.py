"""``python -m qiupu.cli``."""

import sys

from qiupu.cli.main import main

sys.exit(main())

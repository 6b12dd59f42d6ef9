"""The command ``qiupu``: one module per engine, files in, a table or one JSON document out.

A command's module has ``HELP``, ``add_arguments(parser)`` and ``run(args, out) -> int``. It is imported only
when its command is called, so that ``qiupu read`` does not pay for the vectors of ``qiupu match``.
"""

from qiupu.cli.main import main

__all__ = ["main"]

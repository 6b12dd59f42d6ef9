"""Compile the language catalogues when the package is built or installed for editing."""

from pathlib import Path
from typing import Any

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileMessages(BuildHookInterface):
    """Write a ``.mo`` beside each ``.po``; the wheel carries both."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run before the files are collected."""
        for path in Path(self.root, "src").rglob("*.po"):
            target = path.with_suffix(".mo")
            polib.pofile(str(path)).save_as_mofile(str(target))
            build_data["artifacts"].append(str(target.relative_to(self.root)))

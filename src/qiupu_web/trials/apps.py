"""Register the app."""

from importlib import import_module

from django.apps import AppConfig


class TrialsConfig(AppConfig):
    """Register the app."""

    name = "qiupu_web.trials"
    label = "trials"

    def ready(self) -> None:
        """Let running trials object to merges of organisations; models are there only now."""
        import_module("qiupu_web.trials.merging")

"""The ground floor: audit, use cases, files, leases, life cycles. It knows no concept."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from qiupu.wording import add_catalogues


class BaseConfig(AppConfig):
    """Register the app."""

    name = "qiupu_web.base"
    label = "base"

    def ready(self) -> None:
        """Let the errors of the platform speak the reader's language too."""
        add_catalogues(*(Path(folder) for folder in settings.LOCALE_PATHS))

"""Register the app."""

from django.apps import AppConfig


class CapabilitiesConfig(AppConfig):
    """Register the app."""

    name = "qiupu_web.capabilities"
    label = "capabilities"

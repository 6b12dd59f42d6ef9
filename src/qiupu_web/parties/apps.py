"""Register the app."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Register the app."""

    name = "qiupu_web.parties"
    label = "parties"

"""Register the app."""

from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    """Register the app."""

    name = "qiupu_web.scenarios"
    label = "scenarios"

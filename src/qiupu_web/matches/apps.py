"""Register the app."""

from django.apps import AppConfig


class MatchesConfig(AppConfig):
    """Register the app."""

    name = "qiupu_web.matches"
    label = "matches"

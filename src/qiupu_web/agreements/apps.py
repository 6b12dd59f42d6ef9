"""Register the app."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """Register the app."""

    name = "qiupu_web.agreements"
    label = "agreements"

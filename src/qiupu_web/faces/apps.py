"""The faces: web pages, API and commands."""

from django.apps import AppConfig


class FacesConfig(AppConfig):
    """Register the app."""

    name = "qiupu_web.faces"
    label = "faces"

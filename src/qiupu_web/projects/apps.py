"""Register the app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Register the app."""

    name = "qiupu_web.projects"
    label = "projects"

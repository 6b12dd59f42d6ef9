"""Addresses of the API."""

from django.urls import path

from qiupu_web.faces.api.door import api, docs, no_such_address

urlpatterns = [
    path("docs", docs, name="api_docs"),
    path("", api.urls),
    path("<path:rest>", no_such_address),
]

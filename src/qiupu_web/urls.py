"""Every address. Pages carry the language in front (``/zh-hans/``, ``/en/``); the API and health do not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from qiupu_web.faces.web.pages import views as pages

handler404 = "qiupu_web.faces.web.errors.not_found"
handler500 = "qiupu_web.faces.web.errors.fault"

urlpatterns = [
    path("", pages.choose_language, name="root"),
    path("healthz", pages.health, name="health"),
    path("api/", include("qiupu_web.faces.api.urls")),
    *i18n_patterns(
        path("", include("qiupu_web.faces.web.pages.urls")),
        path("account/", include("qiupu_web.faces.web.accounts.urls")),
        path("organisations/", include("qiupu_web.faces.web.parties.urls")),
        path("agreements/", include("qiupu_web.faces.web.agreements.urls")),
        path("capabilities/", include("qiupu_web.faces.web.capabilities.urls")),
        path("opportunities/", include("qiupu_web.faces.web.scenarios.urls")),
        path("matches/", include("qiupu_web.faces.web.matches.urls")),
        path("events/", include("qiupu_web.faces.web.events.urls")),
        path("trials/", include("qiupu_web.faces.web.trials.urls")),
        path("projects/", include("qiupu_web.faces.web.projects.urls")),
        path("notices/", include("qiupu_web.faces.web.notices.urls")),
        path("exchange/", include("qiupu_web.faces.web.exchange.urls")),
    ),
]

"""Addresses of signing in, signing up and the account."""

from django.urls import include, path
from django.views.generic import RedirectView

from qiupu_web.faces.web.accounts import views

own = [
    path("me/", views.account, name="account"),
    path("me/switch/", views.switch, name="switch"),
    path("me/tokens/", views.new_token, name="new_token"),
    path("me/tokens/<int:pk>/end/", views.end_token, name="end_token"),
    path("sign-up/", views.sign_up, name="sign_up"),
    path("sign-up/done/", views.sign_up_done, name="sign_up_done"),
    path("sign-ups/", views.sign_ups, name="sign_ups"),
    path("sign-ups/<int:pk>/", views.sign_up_detail, name="sign_up_detail"),
]
# Pages of the sign-in package that have no place here lead to ours.
elsewhere = [
    path("signup/", RedirectView.as_view(pattern_name="accounts:sign_up")),
    path("email/", RedirectView.as_view(pattern_name="accounts:account")),
    path("confirm-email/", RedirectView.as_view(pattern_name="accounts:account")),
    path("2fa/", RedirectView.as_view(pattern_name="accounts:account")),
]
urlpatterns = [
    path("", include((own, "accounts"))),
    *elsewhere,
    path("", include("allauth.urls")),
]

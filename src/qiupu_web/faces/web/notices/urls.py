"""Addresses of notices."""

from django.urls import path

from qiupu_web.faces.web.notices import hooks, views

app_name = "notices"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("off/<str:token>/", views.off, name="off"),
    path("searches/new/", views.new_search, name="new_search"),
    path("searches/matches/", views.follow_matches, name="follow_matches"),
    path("searches/<int:pk>/end/", views.end_search, name="end_search"),
    path("seen/", views.seen, name="seen"),
    path("webhooks/", hooks.webhooks, name="webhooks"),
    path("webhooks/new/", hooks.new_webhook, name="new_webhook"),
    path("webhooks/<int:pk>/", hooks.edit_webhook, name="edit_webhook"),
    path("webhooks/<int:pk>/test/", hooks.test, name="test_webhook"),
    path("webhooks/<int:pk>/end/", hooks.end, name="end_webhook"),
]

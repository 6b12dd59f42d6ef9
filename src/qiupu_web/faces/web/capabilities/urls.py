"""Addresses of these pages."""

from django.urls import path

from qiupu_web.faces.web.capabilities import views, views_brochures

app_name = "capabilities"
urlpatterns = [
    path("", views.capability_list, name="list"),
    path("mine/", views.my_capabilities, name="mine"),
    path("new/", views.new_capability, name="new"),
    path("brochures/new/", views_brochures.new_brochure, name="new_brochure"),
    path("brochures/<int:pk>/", views_brochures.brochure, name="brochure"),
    path("brochures/<int:pk>/draft/", views_brochures.draft, name="draft_from_brochure"),
    path("brochures/<int:pk>/discard/", views_brochures.discard, name="discard_brochure"),
    path("<slug:code>/", views.capability_detail, name="detail"),
    path("<slug:code>/edit/", views.edit_capability, name="edit"),
    path("<slug:code>/publish/", views.publish, name="publish"),
    path("<slug:code>/withdraw/", views.withdraw, name="withdraw"),
]

"""Addresses of organisations."""

from django.urls import path

from qiupu_web.faces.web.parties import views, views_merges

app_name = "parties"
urlpatterns = [
    path("", views.organisation_list, name="list"),
    path("new/", views.new_organisation, name="new"),
    path("duplicates/", views_merges.duplicates, name="duplicates"),
    path("duplicates/told-apart/<int:pk>/again/", views_merges.reopen, name="reopen_pair"),
    path("duplicates/<slug:kept>/<slug:merged>/", views_merges.compare, name="compare"),
    path("duplicates/<slug:kept>/<slug:merged>/merge/", views_merges.merge, name="merge"),
    path("duplicates/<slug:kept>/<slug:merged>/different/", views_merges.tell_apart, name="tell_apart"),
    path("merges/<int:pk>/", views_merges.merge_detail, name="merge_detail"),
    path("<slug:code>/", views.organisation_detail, name="detail"),
    path("<slug:code>/edit/", views.edit_organisation, name="edit"),
    path("<slug:code>/members/", views.organisation_members, name="members"),
    path("<slug:code>/members/<int:pk>/remove/", views.remove_member, name="remove_member"),
]

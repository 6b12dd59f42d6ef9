"""Addresses of these pages."""

from django.urls import path

from qiupu_web.faces.web.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.front, name="list"),
    path("template/<slug:kind>/", views.template, name="template"),
    path("export/<slug:kind>/", views.export, name="export"),
    path("upload/<slug:kind>/", views.upload, name="upload"),
    path("<int:pk>/", views.batch_detail, name="batch"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/choose/", views.choose, name="choose"),
    path("<int:pk>/import/", views.bring_in, name="import"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]

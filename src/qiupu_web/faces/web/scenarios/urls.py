"""Addresses of these pages."""

from django.urls import path

from qiupu_web.faces.web.scenarios import views, views_outside

app_name = "scenarios"
urlpatterns = [
    path("", views.opportunity_list, name="list"),
    path("benchmarks/", views.benchmark_list, name="benchmarks"),
    path("mine/", views.my_scenarios, name="mine"),
    path("new/", views.new_scenario, name="new"),
    path("elsewhere/", views_outside.elsewhere, name="elsewhere"),
    path("elsewhere/lists/", views_outside.outside_lists, name="outside_lists"),
    path("elsewhere/lists/<int:pk>/", views_outside.outside_list, name="outside_list"),
    path("elsewhere/lists/<int:pk>/bring-in/", views_outside.bring_in, name="outside_bring_in"),
    path("elsewhere/lists/<int:pk>/undo/", views_outside.undo, name="outside_undo"),
    path("elsewhere/rows/<int:pk>/", views_outside.outside_row, name="outside_row"),
    path("elsewhere/rows/<int:pk>/confirm/", views_outside.confirm, name="outside_confirm"),
    path("elsewhere/rows/<int:pk>/decline/", views_outside.decline, name="outside_decline"),
    path("elsewhere/rows/<int:pk>/reopen/", views_outside.reopen, name="outside_reopen"),
    path("<slug:code>/", views.scenario_detail, name="detail"),
    path("<slug:code>/edit/", views.edit_scenario, name="edit"),
    path("<slug:code>/submit/", views.submit, name="submit"),
    path("<slug:code>/publish/", views.publish, name="publish"),
    path("<slug:code>/return/", views.send_back, name="return"),
    path("<slug:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:code>/reconfirm/", views.reconfirm, name="reconfirm"),
    path("<slug:code>/benchmark/", views.hold_up, name="hold_up"),
]

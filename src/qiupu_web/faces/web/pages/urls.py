"""Addresses of the pages that show several concepts."""

from django.urls import path

from qiupu_web.faces.web.pages import auditing, reporting, views, working

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("my-work/", working.my_work, name="my_work"),
    path("audit/", auditing.audit_log, name="audit"),
    path("audit/file/", auditing.audit_file, name="audit_file"),
    path("leader/<slug:code>/", reporting.leader, name="leader"),
    path("leader/<slug:code>/word/", reporting.leader_word, name="leader_word"),
    path("leader/<slug:code>/pdf/", reporting.leader_as_pdf, name="leader_pdf"),
    path("report/<slug:code>/", reporting.report, name="report"),
    path("report/<slug:code>/word/", reporting.report_word, name="report_word"),
    path("report/<slug:code>/excel/", reporting.report_excel, name="report_excel"),
    path("report/<slug:code>/pdf/", reporting.report_as_pdf, name="report_pdf"),
]

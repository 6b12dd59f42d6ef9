"""Addresses of projects."""

from django.urls import path

from qiupu_web.faces.web.projects import acting, planning, registering, views

app_name = "projects"
urlpatterns = [
    path("", views.project_list, name="list"),
    path("new/<slug:scenario>/", acting.create_project, name="create"),
    path("<slug:code>/", views.project_page, name="detail"),
    path("<slug:code>/edit/", acting.edit_project, name="edit"),
    path("<slug:code>/move/", acting.move_project, name="move"),
    path("<slug:code>/milestones/", acting.add_milestone, name="add_milestone"),
    path("<slug:code>/milestones/<int:number>/evidence/", acting.add_evidence, name="add_evidence"),
    path("<slug:code>/milestones/<int:number>/countersign/", acting.countersign, name="countersign"),
    path("<slug:code>/acceptance/", acting.record_acceptance, name="record_acceptance"),
    path("<slug:code>/acceptance/waive/", acting.waive_acceptance, name="waive_acceptance"),
    path("<slug:code>/plan/", planning.plan_file, name="plan_file"),
    path("<slug:code>/risks/", registering.add_risk, name="add_risk"),
    path("<slug:code>/risks/<int:number>/edit/", registering.edit_risk, name="edit_risk"),
    path("<slug:code>/risks/<int:number>/move/", registering.move_risk, name="move_risk"),
    path("<slug:code>/benefits/", registering.add_benefit, name="add_benefit"),
    path("<slug:code>/benefits/<int:number>/measure/", registering.measure_benefit, name="measure_benefit"),
    path("<slug:code>/benefits/<int:number>/drop/", registering.drop_benefit, name="drop_benefit"),
    path("<slug:code>/measurements/<int:pk>/review/", registering.review_benefit, name="review_benefit"),
    path("<slug:code>/measurements/<int:pk>/file/", registering.measurement_file, name="measurement_file"),
    path("<slug:code>/documents/", registering.add_document, name="add_document"),
    path("<slug:code>/documents/<int:pk>/", registering.contract_file, name="contract_file"),
    path("<slug:code>/replicate/", registering.replicate_project, name="replicate"),
    path("<slug:code>/evidence/<int:pk>/", views.evidence_file, name="evidence_file"),
]

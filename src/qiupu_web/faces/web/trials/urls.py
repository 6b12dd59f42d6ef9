"""Addresses of trials."""

from django.urls import path

from qiupu_web.faces.web.trials import entering, opening, receipts, stewarding, views

app_name = "trials"
urlpatterns = [
    path("", views.trial_list, name="list"),
    path("how-decided/", views.how_decided, name="how"),
    path("verify/", receipts.verify, name="verify"),
    path("key/", receipts.key_page, name="key"),
    path("key/qiupu-receipts.pem", receipts.key_file, name="key_file"),
    path("new/", opening.upload, name="new"),
    path("new/<str:token>/", opening.columns, name="columns"),
    path("<slug:code>/", views.trial_detail, name="detail"),
    path("<slug:code>/board/", views.trial_board, name="board"),
    path("<slug:code>/files/<str:what>", views.trial_file, name="file"),
    path("<slug:code>/practice/", views.practise, name="practise"),
    path("<slug:code>/check/", opening.check, name="check"),
    path("<slug:code>/enter/", entering.enter, name="enter"),
    path("<slug:code>/entries/<int:pk>/", entering.entry_page, name="entry"),
    path("<slug:code>/entries/<int:pk>/final/", entering.name_final, name="name_final"),
    path("<slug:code>/entries/<int:pk>/cancel/", entering.cancel, name="cancel_entry"),
    path("<slug:code>/entries/<int:pk>/deletion.json", entering.deletion, name="deletion"),
    path("<slug:code>/receipts/<int:pk>/", receipts.receipt_page, name="receipt"),
    path("<slug:code>/receipts/<int:pk>/receipt.json", receipts.receipt_file, name="receipt_file"),
    path("<slug:code>/stewards/", stewarding.stewards, name="stewards"),
    path("<slug:code>/stewards/<slug:what>/", stewarding.do, name="do"),
    path("<slug:code>/objections/", stewarding.objections, name="objections"),
    path("<slug:code>/objections/<int:pk>/", stewarding.answer, name="answer_objection"),
]

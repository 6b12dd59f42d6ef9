"""Addresses of these pages."""

from django.urls import path

from qiupu_web.faces.web.matches import board, judging, searching, views

app_name = "matches"
urlpatterns = [
    path("", views.waiting_list, name="list"),
    path("board/", board.board, name="board"),
    path("judging/", judging.judging, name="judging"),
    path("judging/run/", judging.run, name="judge"),
    path("judging/refit/", judging.refit, name="refit"),
    path("judging/progress/", judging.progress, name="judging_progress"),
    path("judging/weights/<int:version>/", judging.weights, name="weights"),
    path("judging/weights/<int:version>/adopt/", judging.adopt, name="adopt"),
    path("judging/weights/<int:version>/drop/", judging.drop, name="drop"),
    path("judging/weights/<int:version>/revert/", judging.revert, name="revert"),
    path("capability/<slug:code>/", searching.capability_needs, name="needs"),
    path("capability/<slug:code>/find/", searching.find_needs, name="find_needs"),
    path("capability/<slug:code>/progress/", searching.needs_progress, name="needs_progress"),
    path("scenario/<slug:code>/", views.scenario_matches, name="scenario"),
    path("scenario/<slug:code>/rank/", views.rank, name="rank"),
    path("scenario/<slug:code>/progress/", views.ranking_progress, name="progress"),
    path("<int:pk>/", views.match_detail, name="detail"),
    path("<int:pk>/introduce/", views.introduce, name="introduce"),
    path("<int:pk>/remind/", board.remind, name="remind"),
    path("<int:pk>/reply/", views.reply, name="reply"),
    path("<int:pk>/met/", views.met, name="met"),
    path("<int:pk>/choose/", views.choose, name="choose"),
    path("<int:pk>/decline/", views.decline, name="decline"),
]

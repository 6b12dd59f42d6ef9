"""Addresses of these pages."""

from django.urls import path

from qiupu_web.faces.web.events import acting, arranging, papers, views

app_name = "events"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("new/", views.new_event, name="new"),
    path("<slug:code>/", views.event_detail, name="detail"),
    path("<slug:code>/edit/", views.edit_event, name="edit"),
    path("<slug:code>/timetable/", views.timetable, name="timetable"),
    path("<slug:code>/timetable.xlsx", papers.timetable_xlsx, name="xlsx"),
    path("<slug:code>/invite/", acting.invite, name="invite"),
    path("<slug:code>/open/", acting.open_event, name="open"),
    path("<slug:code>/conflict/", acting.conflict, name="conflict"),
    path("<slug:code>/allocate/", acting.allocate, name="allocate"),
    path("<slug:code>/progress/", views.progress, name="progress"),
    path("<slug:code>/arrange/", arranging.arrange, name="arrange"),
    path("<slug:code>/swap/", arranging.swap, name="swap"),
    path("<slug:code>/publish/", acting.publish, name="publish"),
    path("<slug:code>/take-back/", acting.take_back, name="take_back"),
    path("<slug:code>/hold/", acting.hold, name="hold"),
    path("<slug:code>/close/", acting.close, name="close"),
    path("<slug:code>/cancel/", acting.cancel, name="cancel"),
    path("<slug:code>/invitations/<int:pk>/", acting.invitation, name="invitation"),
    path("<slug:code>/invitations/<int:pk>/answer/", acting.answer, name="answer"),
    path("<slug:code>/invitations/<int:pk>/withdraw/", acting.withdraw, name="withdraw"),
    path("<slug:code>/invitations/<int:pk>/limits/", acting.limits, name="limits"),
    path("<slug:code>/invitations/<int:pk>/calendar.ics", papers.calendar, name="calendar"),
    path("<slug:code>/meetings/<int:pk>/lock/", arranging.lock, name="lock"),
    path("<slug:code>/meetings/<int:pk>/outcome/", arranging.outcome, name="outcome"),
]

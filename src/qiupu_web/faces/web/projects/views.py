"""Projects: the list, the page, documents."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.downloads import attachment
from qiupu_web.faces.web.listing import build_listing
from qiupu_web.faces.web.projects.contexts import may_read_files
from qiupu_web.faces.web.projects.contexts import project_page as page_of
from qiupu_web.parties.enums import Field
from qiupu_web.projects import queries
from qiupu_web.projects.enums import ProjectState
from qiupu_web.projects.models import MilestoneEvidence, Project


def load(request: HttpRequest, code: str) -> Project:
    """Return a project that the reader may see; 404 otherwise."""
    rows = (
        queries.visible_projects(actor_of(request))
        .select_related("trial", "entry", "scenario__commitment", "scenario__replicates__source")
        .prefetch_related(
            "milestones__evidence__document",
            "acceptances",
            "risks__keeper",
            "benefits__measurements__document",
            "documents",
            "replications__scenario__owner",
        )
    )
    return get_object_or_404(rows, code=code)


def project_list(request: HttpRequest) -> HttpResponse:
    """What is being built, how far it is, what falls due next."""
    rows = queries.with_milestones(queries.visible_projects(actor_of(request)))
    listing = build_listing(
        request,
        rows,
        search=queries.search_projects,
        filters={
            "state": (_("State"), ProjectState.choices, lambda found, value: found.filter(state=value)),
            "field": (_("Field"), Field.choices, lambda found, value: found.filter(scenario__field=value)),
        },
        all_label=_("all"),
    )
    return render(request, "projects/list.html", {"listing": listing, "page": listing.page})


def project_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one project: where it stands, what is next and who acts, milestones, money."""
    row = load(request, code)
    return render(request, "projects/detail.html", {"page": page_of(row, actor_of(request), timezone.localdate())})


def evidence_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Download a document of a milestone; for those who take part."""
    row = load(request, code)
    evidence = get_object_or_404(MilestoneEvidence.objects.select_related("document"), pk=pk, milestone__project=row)
    if evidence.document is None or not may_read_files(row, actor_of(request)):
        raise Http404
    return attachment(evidence.document)

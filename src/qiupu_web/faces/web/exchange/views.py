"""Excel in and out."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from qiupu_web.base import blobs
from qiupu_web.base.bilingual import pick
from qiupu_web.base.models import ImportBatch
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.exchange import usecases
from qiupu_web.faces.web.exchange.bridge import read_sheet
from qiupu_web.faces.web.exchange.contexts import BatchPage, Front, Table, batch_title, changes_of, faults_of, title_of
from qiupu_web.faces.web.exchange.forms import ConflictForm, MappingForm, PressForm, UploadForm
from qiupu_web.faces.web.exchange.kinds import KINDS, Kind
from qiupu_web.faces.web.exchange.sheets import workbook
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import matrix, may, require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGES = {
    "organisations": "parties:detail",
    "capabilities": "capabilities:detail",
    "scenarios": "scenarios:detail",
    "benchmarks": "scenarios:detail",
    "commitments": "agreements:commitment",
    "projects": "projects:detail",
    "milestones": "projects:detail",
}


def front(request: HttpRequest) -> HttpResponse:
    """What can be brought in and taken out."""
    return _front(request)


def _front(request: HttpRequest, code: str = "", form: UploadForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "exchange.export", actor.organisation_id)
    may_import = may(actor, "exchange.upload")
    tables = []
    for one in KINDS.values():
        shown = form if one.code == code else UploadForm(auto_id=f"id_{one.code}_%s")
        note = pick(one.note_zh, one.note_en)
        tables.append(Table(one.code, title_of(one), note, shown if may_import else None, may_export=True))
    batches = ImportBatch.objects.all()[:20] if may_import else []
    context = Front(tables, [(batch, batch_title(batch)) for batch in batches])
    return render(request, "exchange/front.html", {"page": context}, status=400 if form else 200)


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty table with its header, drop-downs and notes."""
    return _file(_kind(kind), [], f"{kind}-template.xlsx")


def export(request: HttpRequest, kind: str) -> HttpResponse:
    """A table with its rows: all for the office, an organisation's own for its members."""
    actor, one = actor_of(request), _kind(kind)
    require(actor, "exchange.export", actor.organisation_id)
    rows = one.rows()
    if actor.role != "system" and matrix()["exchange.export"][actor.role] == "own":
        rows = one.own(rows, actor.organisation_id or 0)
    elif request.GET.get("unit"):  # the office sends each unit its own
        rows = one.own(rows, get_object_or_404(Organisation, code=request.GET["unit"]).pk)
    stamp = one.stamp() if one.stamp else {}
    return _file(one, [one.read(row) | stamp for row in rows], f"{kind}-{timezone.localdate():%Y-%m-%d}.xlsx")


def _file(kind: Kind, rows: list[dict[str, object]], name: str) -> HttpResponse:
    data = workbook(kind, rows, get_language() or "en")
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Send a table."""
    one = _kind(kind)
    require(actor_of(request), "exchange.upload")
    form = UploadForm(request.POST, request.FILES, auto_id=f"id_{one.code}_%s")

    def act() -> str:
        batch = usecases.upload_table(
            actor=actor_of(request),
            now=timezone.now(),
            kind=one.code,
            data=form.data_bytes,
            name=form.cleaned_data["file"].name,
        )
        return reverse("exchange:batch", args=[batch.pk])

    done = form.send(act) if form.is_valid() else None
    return done or _front(request, one.code, form)


def batch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One table on its way in."""
    require(actor_of(request), "exchange.upload")
    return _batch(request, get_object_or_404(ImportBatch, pk=pk))


def _batch(request: HttpRequest, batch: ImportBatch, problem: OnceForm | None = None) -> HttpResponse:
    kind = KINDS[batch.kind]
    sheet = read_sheet(blobs.load(batch.file_id), batch.file_name)
    is_open = batch.imported_at is None
    mapping = problem if isinstance(problem, MappingForm) else None
    plan = {name: batch.plan.get(name, 0) for name in ("created", "changed", "same", "faulty")}
    conflicts = batch.plan.get("conflicts", []) if is_open else []
    choosing = problem if isinstance(problem, ConflictForm) else None
    good = plan["created"] + plan["changed"] + plan["same"]
    context = BatchPage(
        batch=batch,
        title=title_of(kind),
        note=pick(kind.note_zh, kind.note_en),
        headers=sheet.columns,
        preview=[cells for _number, cells in sheet.rows[:3]],
        row_count=len(sheet.rows),
        form=(mapping or MappingForm(kind=kind, headers=sheet.columns, mapping=batch.mapping)) if is_open else None,
        import_form=PressForm(auto_id="id_import_%s") if is_open and batch.checked_at and good and not conflicts else None,
        undo_form=PressForm(auto_id="id_undo_%s") if not is_open and batch.undone_at is None else None,
        faults=faults_of(batch),
        conflict_form=(choosing or ConflictForm(kind=kind, conflicts=conflicts, auto_id="id_conflict_%s")) if conflicts else None,
        conflict_count=len(conflicts),
        changes=changes_of(batch),
        good_count=good,
        links=_links(batch),
        **plan,
    )
    return render(request, "exchange/batch.html", {"page": context, "problem": problem}, status=400 if problem else 200)


def _links(batch: ImportBatch) -> list[tuple[str, str, str]]:
    if batch.undone_at is not None:
        return []
    found = []
    for one in batch.results[:200]:
        try:
            address = reverse(PAGES[batch.kind], args=[one["code"].partition("#")[0]])
        except NoReverseMatch:
            address = ""
        found.append((one["code"], one["what"], address))
    return found


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a dry run with the columns as chosen."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    require(actor_of(request), "exchange.check")
    headers = read_sheet(blobs.load(batch.file_id), batch.file_name).columns
    form = MappingForm(request.POST, kind=KINDS[batch.kind], headers=headers, mapping=batch.mapping)

    def act() -> str:
        usecases.try_table(actor=actor_of(request), now=timezone.now(), batch=batch, mapping=form.mapping())
        return reverse("exchange:batch", args=[pk])

    done = form.send(act) if form.is_valid() else None
    return done or _batch(request, ImportBatch.objects.get(pk=pk), problem=form)


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose between what stands in the file and on line, then check again."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    require(actor_of(request), "exchange.choose")
    form = ConflictForm(request.POST, kind=KINDS[batch.kind], conflicts=batch.plan.get("conflicts", []), auto_id="id_conflict_%s")

    def act() -> str:
        actor, now = actor_of(request), timezone.now()
        usecases.choose_values(actor=actor, now=now, batch=batch, takes=form.takes())
        usecases.try_table(actor=actor, now=now, batch=batch, mapping=batch.mapping)
        return reverse("exchange:batch", args=[pk])

    done = form.send(act) if form.is_valid() else None
    return done or _batch(request, ImportBatch.objects.get(pk=pk), problem=form)


@require_POST
def bring_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring the good rows in."""
    batch, form = get_object_or_404(ImportBatch, pk=pk), PressForm(request.POST)

    def act() -> str:
        usecases.import_table(actor=actor_of(request), now=timezone.now(), batch=batch)
        return reverse("exchange:batch", args=[pk])

    done = form.send(act) if form.is_valid() else None
    return done or _batch(request, ImportBatch.objects.get(pk=pk), problem=form)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back."""
    batch, form = get_object_or_404(ImportBatch, pk=pk), PressForm(request.POST)

    def act() -> str:
        usecases.undo_import(actor=actor_of(request), now=timezone.now(), batch=batch)
        return reverse("exchange:batch", args=[pk])

    done = form.send(act) if form.is_valid() else None
    return done or _batch(request, ImportBatch.objects.get(pk=pk), problem=form)

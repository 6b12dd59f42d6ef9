"""``qiupu worker``: score entries and decide trials in the background, and watch that nothing stays stuck."""

from __future__ import annotations

import argparse
import logging
import os
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime

from qiupu.cli.output import Output
from qiupu.errors import N_

HELP = N_("score entries and decide trials in the background")
PLAIN = True
WATCH_S = 15.0
QUEUES = ["*"]
log = logging.getLogger("qiupu.worker")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the worker's few options."""
    parser.add_argument("--batch", action="store_true", help="end when nothing waits any more")
    parser.add_argument("--interval", type=float, default=1.0, metavar="S", help="seconds between looks at an empty queue")
    parser.add_argument("--watch", type=float, default=WATCH_S, metavar="S", help="seconds between rounds of the watchdog")


def run(args: argparse.Namespace, out: Output) -> int:
    """Work until stopped, or until the queue is empty. A first SIGTERM or Ctrl-C lets the present task end."""
    import django  # engines' commands must not pay for Django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
    django.setup()
    if args.batch:
        work_off()
        return 0
    stop = threading.Event()
    watchdog = threading.Thread(target=watch_regularly, args=(stop, args.watch), daemon=True, name="watchdog")
    watchdog.start()
    # Mail servers and webhooks may let one wait; the watchdog over entries must not wait with them.
    threading.Thread(target=tell_regularly, args=(stop, args.watch), daemon=True, name="notices").start()
    worker = make_worker(interval=args.interval, batch=False)
    worker.configure_signals()
    try:
        worker.run()
    finally:
        stop.set()
    return 0


def make_worker(*, interval: float, batch: bool):  # type: ignore[no-untyped-def]  # the package has no types
    """Return the database backend's own worker for every queue."""
    from django_tasks_db.management.commands.db_worker import Worker  # needs Django to be set up

    return Worker(
        queue_names=QUEUES,
        interval=interval,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=uuid.uuid4().hex,
        excluded_queue_names=[],
    )


def work_off() -> None:
    """Work until nothing waits; entries that met a fault of ours are waited for, since they are tried again by themselves."""
    from django.utils import timezone  # needs Django to be set up

    from qiupu_web.trials.tasks import next_retry  # as above

    while True:
        moved = watch_once()
        make_worker(interval=0.05, batch=True).run()
        due = next_retry()
        if due is not None:
            time.sleep(max((due - timezone.now()).total_seconds(), 0.0) + 0.1)
        elif not moved:
            return


def watch_regularly(stop: threading.Event, pause: float) -> None:
    """Run the watchdog now and then, whatever one round meets."""
    _regularly(watch_once, stop, pause)


def tell_regularly(stop: threading.Event, pause: float) -> None:
    """Send digests and messages by the calendar."""
    _regularly(tell_once, stop, pause)


def tell_once() -> None:
    """Send what is due now."""
    from django.utils import timezone  # needs Django to be set up

    from qiupu_web.faces.notices.calendar import keep_time  # as above

    keep_time(timezone.now())


def _regularly(act: Callable[[], object], stop: threading.Event, pause: float) -> None:
    from django.db import close_old_connections, connection  # needs Django to be set up

    try:
        while not stop.is_set():
            try:
                close_old_connections()
                act()
            except Exception as error:  # it must outlive a database that is away for a moment
                log.error("%s: %s", threading.current_thread().name, type(error).__name__)  # noqa: TRY400  # no words that could quote hidden data
            stop.wait(pause)
    finally:
        connection.close()


def watch_once() -> int:
    """Run one round of everything that comes due by itself; return how many things moved."""
    from django.utils import timezone  # needs Django to be set up

    from qiupu_web.matches.usecases import lapse_matches, remind_suppliers  # as above
    from qiupu_web.scenarios.usecases import lapse_overdue  # as above
    from qiupu_web.trials.tasks import watch  # as above

    now = timezone.now()
    moved = watch(now) + lapse_overdue(now=now) + lapse_matches(now=now) + remind_suppliers(now=now)
    refresh_lights_daily(now)
    return moved


def refresh_lights_daily(now: datetime) -> None:
    """Compute the commitments' lights once a day: they follow the calendar."""
    from django.utils import timezone  # needs Django to be set up

    from qiupu_web.agreements.usecases import refresh_lights  # as above
    from qiupu_web.base.models import AuditRecord  # as above
    from qiupu_web.parties.actors import system  # as above

    last = AuditRecord.objects.filter(action="agreements.refresh_lights").order_by("-number").values_list("at", flat=True).first()
    if last is None or timezone.localdate(last) < timezone.localdate(now):
        refresh_lights(actor=system("calendar"), now=now)

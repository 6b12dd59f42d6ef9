"""Queue many small csv entries in the database that the environment names, or say what became of them.

``python -m bench.queue_entries --fill 1000`` opens one trial of 400 items (accuracy) and sends the entries through the use
case, ten for each of a hundred suppliers, so that they wait; ``--read`` prints how many are scored and on the board.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

CODE = "bench-queue"
QUOTA = 10


def fill(entries: int) -> None:
    """Open the trial and send the entries; nothing is scored yet."""
    from tests import factories
    from tests.trials_world import DAY, NOW, World, predictions

    from qiupu_web.trials import usecases

    world = World(code="bench-queue-need")
    trial = world.open(code=CODE, quota=QUOTA)
    suppliers = [factories.organisation(f"bench-entrant-{i}", kind="startup") for i in range(-(-entries // QUOTA))]
    people = [factories.actor("supplier", supplier) for supplier in suppliers]
    for i in range(entries):
        supplier, person = suppliers[i % len(suppliers)], people[i % len(suppliers)]
        usecases.submit_entry(
            actor=person,
            now=NOW + DAY,
            trial=trial,
            organisation=supplier,
            kind="predictions",
            data=predictions(wrong_every=2 + i % 97),
            name="mine.csv",
            name_en=f"Entry {i}",
            accept_terms=True,
        )


def read() -> dict[str, int]:
    """Return counts of states and the length of the board."""
    from qiupu_web.trials.models import Entry, Trial
    from qiupu_web.trials.queries import feedback_of

    trial = Trial.objects.get(code=CODE)
    states = list(Entry.objects.filter(trial=trial).values_list("state", flat=True))
    return {
        "entries": len(states),
        "scored": states.count("scored"),
        "on_board": sum(line.entries for line in feedback_of(trial)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fill", type=int, default=0, metavar="N")
    parser.add_argument("--read", action="store_true")
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
    import django

    django.setup()
    if args.fill:
        fill(args.fill)
    if args.read:
        print(json.dumps(read()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How many queries a page takes, in the database that the environment names: ``python -m bench.page_queries PATH ...``.

Prints one JSON object, path to number; the second request of each path counts, when everything that is read once has been.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, found = Client(headers={"host": "127.0.0.1", "accept-language": "en"}), {}
    for path in sys.argv[1:]:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            status = client.get(path).status_code
        found[path] = len(queries) if status == 200 else -status
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

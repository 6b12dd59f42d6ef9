"""The site as a WSGI application."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
application = get_wsgi_application()

from qiupu_web.faces.web.catalogues import merge_catalogues  # noqa: E402  it needs Django set up

merge_catalogues()
# What start-up made lives as long as the process: the collector need not walk over it, nor run many times within a page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

"""The ASGI application gunicorn serves: as the role of DATABASE_WEB_URL, and without the other roles' addresses.

Every page is loaded before the first reader comes.
"""

import importlib
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schedulepop.settings")
if url := os.environ.pop("DATABASE_WEB_URL", ""):
    os.environ["DATABASE_URL"] = url
    os.environ.pop("DATABASE_MIGRATE_URL", None)
django.setup()
importlib.import_module("schedulepop.urls")
application = importlib.import_module("schedulepop.web.shell.front").Front()

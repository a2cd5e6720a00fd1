"""What every worker process needs, loaded once before they are forked. They keep their log to themselves."""

import logging

import django
import structlog

django.setup()
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

from schedulepop import jobs  # noqa: E402, F401

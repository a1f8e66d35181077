"""Where notes are published."""

import os

from slugify import slugify


def link(title):
    return f"{os.environ['SITE']}/{slugify(title)}"

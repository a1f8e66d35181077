"""Tells what a base image has, as JSON, for the frontend to decide by.

Usage: base.py FILE

It is run by the Python that the image's PATH leads to, of any version 3, with
site-packages: those may have AWS's runtime client.
"""

import glob
import importlib.util
import json
import os
import platform
import sys


def glibc():
    """The minor version of the C library, when it is glibc; else 0."""
    try:
        name, _, version = os.confstr("CS_GNU_LIBC_VERSION").partition(" ")
    except (AttributeError, OSError, ValueError):
        return 0
    return int(version.split(".")[1]) if name == "glibc" else 0


def executable():
    """The interpreter, by the name that has its version where there is one."""
    versioned = os.path.join(os.path.dirname(sys.executable), "python%d.%d" % sys.version_info[:2])
    return versioned if os.access(versioned, os.X_OK) else sys.executable


def look():
    return {
        "executable": executable(),
        # A Python that was not compiled from a release ends its version with a plus sign.
        "version": platform.python_version().rstrip("+"),
        "implementation": sys.implementation.name,
        "abi": getattr(sys, "abiflags", ""),
        "glibc": glibc(),
        "musl": bool(glob.glob("/lib/ld-musl-*")),
        "client": importlib.util.find_spec("awslambdaric") is not None,
    }


with open(sys.argv[1], "w") as file:
    json.dump(look(), file)

"""Runs the function named by _HANDLER with the runtime interface client."""

import os
import sys

VERSION = "python%d.%d" % sys.version_info[:2]

# The order that Lambda documents: the function's own packages win over a
# layer's, and those over the runtime's.
sys.path[:] = [
    os.environ.get("LAMBDA_TASK_ROOT", "/var/task"),
    "/opt/python/lib/%s/site-packages" % VERSION,
    "/opt/python",
    "/var/lang/lib/%s/site-packages" % VERSION,
    "/var/runtime",
] + [path for path in sys.path[1:] if "dist-packages" not in path]

from awslambdaric.__main__ import main

main([__file__, os.environ["_HANDLER"]])

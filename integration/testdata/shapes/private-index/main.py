import importlib.metadata

import example_dist


def handler(event, context):
    return {"value": example_dist.VALUE, "version": importlib.metadata.version("example-dist")}

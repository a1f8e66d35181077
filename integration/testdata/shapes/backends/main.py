import with_hatchling
import with_nothing
import with_setuptools


def handler(event, context):
    modules = [with_hatchling, with_nothing, with_setuptools]
    return {module.__name__: module.greet(event["name"]) for module in modules}

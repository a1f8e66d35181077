import importlib.metadata

import idna
import iniconfig
import six


def handler(event, context):
    assert idna and iniconfig and six
    return sorted(d.name for d in importlib.metadata.distributions(path=["/var/task"]))

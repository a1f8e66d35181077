import dynamic
import iniconfig
import legacy
import six


def handler(event, context):
    assert iniconfig and six
    return {"legacy": legacy.VALUE, "dynamic": dynamic.__version__}

import jaraco.context
import jaraco.functools
import jaraco.local


def handler(event, context):
    with jaraco.context.suppress(ValueError):
        raise ValueError("kept in")
    double = jaraco.functools.compose(jaraco.local.double, int)
    return {"doubled": double(event["number"]), "parts": len(jaraco.__path__)}

import greeting


def handler(event, context):
    return greeting.greet(event["name"])

from .names import full


def handler(event, context):
    return {"name": full(event["first"], event["last"]), "module": __name__}

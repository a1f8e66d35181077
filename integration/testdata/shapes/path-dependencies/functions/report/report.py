from layout import table


def handler(event, context):
    return {"lines": table(event["rows"])}

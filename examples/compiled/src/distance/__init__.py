from distance._edits import distance


def handler(event, context):
    first, second = event["words"]
    return {"distance": distance(first, second)}

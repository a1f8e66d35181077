import reports


def handler(event, context):
    return reports.size(event)

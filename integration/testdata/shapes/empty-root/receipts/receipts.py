def handler(event, context):
    return "receipts"

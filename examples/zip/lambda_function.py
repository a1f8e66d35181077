from slugify import slugify


def lambda_handler(event, context):
    return {"slug": slugify(event["title"])}

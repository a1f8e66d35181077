def lambda_handler(event, context):
    return {"sum": sum(event["numbers"])}

import importlib.metadata

OPERATIONS = {"add": sum, "join": "-".join}


def lambda_handler(event, context):
    installed = sorted(d.name for d in importlib.metadata.distributions(path=["/var/task"]))
    return {"result": OPERATIONS["join"](event["values"]), "installed": installed}

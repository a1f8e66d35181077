import json
from importlib import resources

import phrases


def handler(event, context):
    names = json.loads(resources.files("greeter").joinpath("data/names.json").read_text())
    return {"greeting": phrases.load(event["language"]).format(name=names[event["id"]])}

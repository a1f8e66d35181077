from iniconfig import IniConfig


def handler(event, context):
    return {"answer": IniConfig("event.ini", event["ini"])["worker"]["answer"]}

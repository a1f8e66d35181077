from iniconfig import IniConfig


def handler(event, context):
    return IniConfig("event.ini", event["ini"])["parse"]["key"]

from dates import parse
from icalendar import Calendar, Event


def handler(event, context):
    entry = Event()
    entry.add("summary", event["summary"])
    entry.add("dtstart", parse(event["day"]))
    calendar = Calendar()
    calendar.add_component(entry)
    return {"lines": calendar.to_ical().decode().split()}

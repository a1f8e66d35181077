"""Turns a note into an event for calendars."""

import os
from datetime import date

from icalendar import Event

from links import link


def handler(event, context):
    entry = Event()
    entry.add("summary", event["title"])
    entry.add("dtstart", date.fromisoformat(event["day"]))
    entry.add("organizer", os.environ["ORGANIZER"])
    entry.add("url", link(event["title"]))
    return {"event": entry.to_ical().decode().splitlines()}

from datetime import date


def parse(day: str) -> date:
    """Read a day written as in ISO 8601."""
    return date.fromisoformat(day)

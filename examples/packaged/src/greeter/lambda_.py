import importlib.metadata
import json
import os
from importlib import resources

from babel import Locale

GREETINGS = json.loads(resources.files("greeter").joinpath("greetings.json").read_text())


def greet(language: str) -> dict[str, str]:
    return {
        "greeting": GREETINGS[language],
        "language": Locale(language).get_display_name("en"),
        "version": importlib.metadata.version("greeter"),
    }


def handler(event, context):
    return greet(event.get("language", os.environ["GREETER_DEFAULT"]))


def main() -> None:
    print(greet(os.environ.get("GREETER_DEFAULT", "en")))

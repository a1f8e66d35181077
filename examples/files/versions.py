import json
import subprocess
from pathlib import Path

KNOWN = json.loads(Path("/opt/data/tools.json").read_text())


def handler(event, context):
    """Tell which program a tool of the image is."""
    tool = event["tool"]
    answer = subprocess.run([tool, "--version"], capture_output=True, check=True, text=True)
    return {"says": answer.stdout.split()[0], "is": KNOWN[tool]}

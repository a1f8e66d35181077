"""Starts a Lambda function in its own image and sends it events.

Usage: test.py REQUEST

REQUEST is a JSON file that says how to start the function and what to send it.
This script plays AWS Lambda's Runtime API, version 2018-06-01, for one process
of the function (Lambda Developer Guide, "Using the Lambda runtime API for
custom runtimes"), and its Extensions API, version 2020-01-01, for the extensions
in the image ("Using the Lambda Extensions API to create extensions"). It writes
REPORT. Its status is 1 when the function fails.

It is run by the image's own Python, 3.9 or later, without site-packages.
"""

import collections
import difflib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPORT = "/report/test-report.json"
EXTENSIONS = "/opt/extensions"
# Lambda runs every image as this unprivileged user, whatever its USER.
USER, GROUP = 993, 990
# Far above Lambda's own limit, which an emulated processor cannot keep.
START_LIMIT = 300
# A command that nothing in the image turns events into requests for asks for none.
COMMAND_LIMIT = 60
# How many lines an error repeats of a long traceback, difference or log.
SHOWN = 40


class RuntimeAPI(ThreadingHTTPServer):
    """The Runtime API on a free port of the loopback interface."""

    daemon_threads = True

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), Requests)
        self.handler = handler
        self.events = queue.Queue()
        # Pairs of a kind and a value: what the function's process did.
        self.outcomes = queue.Queue()

    def handle_error(self, request, client_address):
        """Print what went wrong, unless the function has ended: that breaks its connection."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def wait(self, limit, ready=False):
        """The next outcome within so many seconds. That an event was asked for is one only when it is waited for."""
        deadline = time.monotonic() + limit
        while True:
            try:
                kind, value = self.outcomes.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                return "timeout", limit
            if kind != "ready" or ready:
                return kind, value


class Requests(BaseHTTPRequestHandler):
    """The requests of the function's runtime."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/2020-01-01/extension/"):
            # There is nothing to tell an extension before the end.
            return threading.Event().wait()
        self.server.outcomes.put(("ready", None))
        number, event, timeout = self.server.events.get()
        # AWS's Python runtime client crashes when the trace ID or the content
        # type is missing.
        self.answer(200, event, {
            "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-%012d" % number,
            "Lambda-Runtime-Trace-Id": "Root=1-00000000-%024x;Parent=%016x;Sampled=0" % (number, number),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:function",
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
        })

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/2020-01-01/extension/"):
            identity = {"functionName": "function", "functionVersion": "$LATEST", "handler": self.server.handler}
            return self.answer(200, json.dumps(identity).encode(), {"Lambda-Extension-Identifier": self.headers.get("Lambda-Extension-Name") or "extension"})
        if self.path.endswith("/init/error"):
            outcome = ("init", fault(body))
        elif self.path.endswith("/error"):
            outcome = ("raised", fault(body))
        else:
            outcome = ("response", body)
        self.answer(202, b'{"status":"OK"}', {})
        self.server.outcomes.put(outcome)

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing: the build's output is the function's."""


def fault(body):
    """The type and the message of an error that the runtime reports, and its traceback."""
    try:
        report = json.loads(body)
    except ValueError:
        return failure("raised", body.decode(errors="replace"))
    kind, text = report.get("errorType") or "an unknown error", report.get("errorMessage")
    message = "%s: %s" % (kind, text) if text else kind
    stack = "".join(report.get("stackTrace") or []).splitlines()
    if stack:
        stack = ["Traceback (most recent call last):"] + stack + message.splitlines()
    return failure("raised", message, stack[:1] + last(stack[1:]))


def failure(kind, message, detail=()):
    return {"kind": kind, "message": message, "detail": list(detail)}


def last(lines):
    left_out = len(lines) - SHOWN
    return lines if left_out <= 0 else ["… (%d lines before)" % left_out] + lines[left_out:]


def first(lines):
    left_out = len(lines) - SHOWN
    return lines if left_out <= 0 else lines[:SHOWN] + ["… (%d lines more)" % left_out]


def extensions():
    """The programs that Lambda starts beside the function."""
    if not os.path.isdir(EXTENSIONS):
        return []
    paths = [os.path.join(EXTENSIONS, name) for name in sorted(os.listdir(EXTENSIONS))]
    return [path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)]


class Function:
    """One process of the function, and the processes of the extensions."""

    def __init__(self, request, api):
        self.tail = collections.deque(maxlen=SHOWN)
        reader, writer = os.pipe()
        # A function may open /dev/stderr by its name, which asks for the owner.
        os.fchown(writer, USER, GROUP)
        self.beside = []
        try:
            def start(command):
                return subprocess.Popen(
                    command, cwd=request["dir"], env=environment(request, api.server_port),
                    stdin=subprocess.DEVNULL, stdout=writer, stderr=writer, user=USER, group=GROUP, extra_groups=[])
            self.beside = [start([path]) for path in extensions()]
            self.process = start(request["command"])
        finally:
            os.close(writer)
        self.copier = threading.Thread(target=self.copy, args=(reader,), daemon=True)
        self.copier.start()
        threading.Thread(target=lambda: api.outcomes.put(("exit", self.process.wait())), daemon=True).start()

    def copy(self, reader):
        with open(reader, "rb") as output:
            for line in output:
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
                self.tail.append(line.decode(errors="replace").rstrip())

    def end(self):
        """End the processes, and give the last lines of their output."""
        for process in [self.process] + self.beside:
            process.kill()
        self.copier.join(timeout=5)
        return list(self.tail)


def environment(request, port):
    """The variables of the image and of Lambda: Developer Guide, "Defined runtime environment variables"."""
    return {
        **os.environ,
        "_HANDLER": request["handler"],
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % port,
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/function",
        "AWS_LAMBDA_LOG_STREAM_NAME": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
    }


def pretty(value):
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False).splitlines()


def compare(body, folder, expected):
    """The response as JSON, and how it fails the test."""
    try:
        response = json.loads(body)
    except ValueError:
        text = body.decode(errors="replace")
        return text, failure("invalid", "", first(text.splitlines()))
    if not expected:
        return response, None
    with open(os.path.join(folder, expected), "rb") as file:
        want = json.load(file)
    difference = list(difflib.unified_diff(pretty(want), pretty(response), expected, "response", lineterm=""))
    return response, failure("differs", expected, first(difference)) if difference else None


def send(api, number, event, request):
    """Send one event; gives the entry of the report and whether the process is still of use."""
    entry = {"event": event["name"], "response": None, "failure": None}
    with open(os.path.join(request["folder"], event["name"]), "rb") as file:
        api.events.put((number, file.read(), request["timeout"]))
    kind, value = api.wait(request["timeout"])
    if kind == "response":
        entry["response"], entry["failure"] = compare(value, request["folder"], event.get("expected"))
    elif kind == "raised":
        entry["failure"] = value
    else:
        entry["failure"] = failure(kind, str(value))
    return entry, kind in ("response", "raised")


def start(api, function, is_command):
    """How the start of the function failed, None when it asks for an event."""
    alone = is_command and not function.beside
    kind, value = api.wait(COMMAND_LIMIT if alone else START_LIMIT, ready=True)
    if kind == "ready":
        return None
    if kind == "init":
        return dict(value, kind="init")
    if kind == "timeout":
        kind = "unasked" if alone else "silent"
    return failure(kind, str(value))


def test(request):
    report = {"platform": request["platform"], "handler": request["handler"], "failure": None, "events": []}
    api = RuntimeAPI(request["handler"])
    threading.Thread(target=api.serve_forever, daemon=True).start()
    try:
        function = Function(request, api)
    except OSError as error:
        report["failure"] = failure("unstartable", str(error))
        return report
    report["failure"] = start(api, function, request.get("isCommand"))
    failed = [report] if report["failure"] else []
    if not failed:
        for number, event in enumerate(request["events"], 1):
            entry, alive = send(api, number, event, request)
            report["events"].append(entry)
            print("%s: %s" % (event["name"], "failed" if entry["failure"] else "passed"), flush=True)
            if not alive:
                failed.append(entry)
                break
    tail = function.end()
    for entry in failed:
        entry["failure"]["detail"] = entry["failure"]["detail"] or tail
    return report


def main():
    with open(sys.argv[1], "rb") as file:
        report = test(json.load(file))
    with open(REPORT, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2, ensure_ascii=False)
        file.write("\n")
    sys.stdout.flush()
    sys.stderr.flush()
    # Python ends with an error of its own when another thread prints at that
    # moment, and what the function prints has threads of its own.
    os._exit(1 if report["failure"] or any(entry["failure"] for entry in report["events"]) else 0)


main()

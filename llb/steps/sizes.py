"""Whose files a tree has, the error when they are more than AWS Lambda takes, and the report of any error."""

import os
import sys

REPORT = "/report/failure.json"
APPLICATION = ["application", ""]


def report(**facts):
    """Say as data what failed: uv's "messages" and the secrets "given" to it, or a "problem" and a "message" about it."""
    import json  # takes longer to import than most steps run, and few fail

    with open(REPORT, "w", encoding="utf-8") as file:
        json.dump(facts, file)


def fail(problem, message):
    """Leave with a message for people, which the build's error repeats, and a word for the kind of problem."""
    report(problem=problem, message=message)
    sys.exit(message)


def files(tree):
    """The files and links below a folder as sorted relative paths."""
    found = []
    for folder, folders, names in os.walk(tree):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in names + links:
            found.append(os.path.relpath(os.path.join(folder, name), tree))
    return sorted(found)


def empty_folders(tree):
    """The folders with nothing in them as sorted relative paths, each with a slash at its end."""
    found = []
    for folder, folders, names in os.walk(tree):
        if folder != tree and not folders and not names:
            found.append(os.path.relpath(folder, tree) + os.sep)
    return sorted(found)


def recorded(row):
    """The path and the hash of a row of RECORD, which is CSV: in a quoted path, quotes are doubled."""
    path, *rest = row.rsplit(",", 2)
    if path.startswith('"'):
        path = path[1:-1].replace('""', '"')
    return os.path.normpath(path), rest[0] if rest else ""


def records(tree):
    """What each distribution says of its files: the distribution's name and version, a file's path and its hash."""
    for folder in sorted(os.listdir(tree)):
        record = os.path.join(tree, folder, "RECORD")
        if not folder.endswith(".dist-info") or not os.path.exists(record):
            continue
        name, _, version = folder[: -len(".dist-info")].partition("-")
        with open(record, encoding="utf-8") as lines:
            for line in lines:
                yield [name, version], *recorded(line)


def owners(tree):
    """The name and version of the distribution that has a file, by the file's path."""
    return {path: owner for owner, path, _ in records(tree)}


def replaced(tree):
    """The owners of the files that several distributions have with different content, by path: each with the hash of its file."""
    claims = {}
    for owner, path, checksum in records(tree):
        claims.setdefault(path, []).append((owner, checksum))
    return {path: owners for path, owners in claims.items() if any(checksum != owners[0][1] for _, checksum in owners)}


def sum_of(path):
    """The hash of a file as RECORD has it."""
    import base64
    import hashlib

    with open(path, "rb") as content:
        return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content.read()).digest()).decode().rstrip("=")


def warn_of_replaced(tree):
    """Name the files that two distributions have with different content, and whose file is there."""
    for path, owners in sorted(replaced(tree).items()):
        there = sum_of(os.path.join(tree, path))
        left = ["%s %s" % tuple(owner) for owner, checksum in owners if checksum == there]
        print(
            "warning: %s is a file of %s: the one of %s is installed, and the other packages may fail"
            % (path, " and of ".join("%s %s" % tuple(owner) for owner, _ in owners), left[-1] if left else "one of them"),
            file=sys.stderr,
        )


def source_of(name):
    """A module's source for its bytecode, any other file for itself."""
    folder, base = os.path.split(name)
    if os.path.basename(folder) == "__pycache__" and base.endswith(".pyc"):
        return os.path.join(os.path.dirname(folder), base.split(".")[0] + ".py")
    return name


def measure(tree):
    """The size and the owner of each file of a tree."""
    owned = owners(tree)
    return [
        {"size": os.lstat(os.path.join(tree, name)).st_size, "owner": owned.get(source_of(name), APPLICATION)}
        for name in files(tree)
    ]


def by_package(entries):
    """Sizes by distribution, the largest first; the rest is the application."""
    sizes = {}
    for entry in entries:
        owner = tuple(entry["owner"])
        sizes[owner] = sizes.get(owner, 0) + entry["size"]
    listed = [{"name": name, "version": version, "size": size} for (name, version), size in sizes.items()]
    return sorted(listed, key=lambda p: (-p["size"], p["name"]))


def refuse(what, entries, limit, remedy):
    """Leave with an error that names the largest packages."""
    size = sum(entry["size"] for entry in entries)
    largest = ", ".join("%s %.1f MB" % (p["name"], p["size"] / 1e6) for p in by_package(entries)[:5])
    fail("too-large", "%s, over Lambda's limit of %s; the largest packages are %s: %s" % (what % size, limit, largest, remedy))

"""Packs installed trees into archives for AWS Lambda.

Usage: pack.py deflate TREE PREFIX PART
       pack.py assemble SPEC

`deflate` compresses the files of TREE, which become PREFIX/..., into PART.data
and describes them in PART.json. `assemble` reads a JSON SPEC, concatenates
parts, adds trees that change more often, and writes the archive and its facts.
Split like this, a change of the code never compresses the dependencies again,
and does not even need them: their parts say all there is to know.

The bytes depend on the files and their names only: names are sorted, times are
1980-01-01, modes 0644 or 0755, and there are no extra fields. The format is
that of https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT without
ZIP64, whose sizes are beyond what Lambda takes.
"""

# After a change of the code, imports are most of the time: only what is needed
# then is imported here.
import binascii
import hashlib
import json
import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(__file__))
import sizes

MAX_ENTRIES = 65535
DATE = (0 << 9) | (1 << 5) | 1  # 1980-01-01
UTF8 = 0x800
STORED, DEFLATED = 0, 8
# Two thirds of the time of zip's own level 6, for one percent more bytes, which
# is less than the extra fields take that zip writes.
LEVEL = 5
# From so many bytes on, threads save more than their start costs.
WORTH_THREADS = 1 << 20
CHUNK = 1 << 18


def chunks(path):
    """The content of a file in pieces, which may not fit into memory together."""
    with open(path, "rb") as content:
        while True:
            chunk = content.read(CHUNK)
            if not chunk:
                return
            yield chunk


def check_link(tree, path, target):
    """Refuse a symbolic link that no file of the archive can stand for."""
    resolved, leads = os.path.realpath(path), os.readlink(path)
    if not resolved.startswith(os.path.realpath(tree) + os.sep):
        sizes.fail("%s is a symbolic link to %s, outside of the archive: copy the file itself" % (target, leads))
    if os.path.isdir(resolved):
        sizes.fail("%s is a symbolic link to the folder %s, which a zip archive would lose: copy the folder itself" % (target, leads))
    if not os.path.exists(resolved):
        sizes.fail("%s is a symbolic link to %s, which is not in the archive: remove it, or copy that too" % (target, leads))


def compress(tree, prefix, name):
    """One file as an archive entry and its bytes."""
    path = os.path.join(tree, name)
    target = os.path.join(prefix, name)
    if os.path.islink(path):
        check_link(tree, path, target)
    if "\\" in target or any(ord(c) < 32 for c in target):
        sizes.fail("the file name %r cannot live in a zip archive: rename the file" % target)
    with open(path, "rb") as source:
        content = source.read()
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(content) + deflate.flush()
    method = DEFLATED
    if len(packed) >= len(content):
        packed, method = content, STORED
    entry = {
        "name": target,
        "crc": zlib.crc32(content),
        "size": len(content),
        "packed": len(packed),
        "method": method,
        "mode": 0o755 if os.stat(path).st_mode & 0o100 else 0o644,
    }
    return entry, packed


def header(entry, offset=None):
    """The local header of an entry; with an offset the central one."""
    name = entry["name"].encode("utf-8")
    common = struct.pack("<HHHHHIIIHH", 20, UTF8, entry["method"], 0, DATE, entry["crc"], entry["packed"], entry["size"], len(name), 0)
    if offset is None:
        return b"PK\x03\x04" + common + name
    # Made on Unix (3), by version 2.0 of the format.
    attributes = (0o100000 | entry["mode"]) << 16
    return b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + common + struct.pack("<HHHII", 0, 0, 0, attributes, offset) + name


def append(out, tree, prefix):
    """Write the entries of a tree to a file and give their descriptions."""
    entries, names, owned = [], sizes.files(tree), sizes.owners(tree)
    for name, (entry, packed) in zip(names, compress_all(tree, prefix, names)):
        entry["owner"] = owned.get(sizes.source_of(name), sizes.APPLICATION)
        entry["offset"] = out.tell()
        out.write(header(entry))
        out.write(packed)
        entries.append(entry)
    return entries


def compress_all(tree, prefix, names):
    """Compress files one after another, or side by side when they are large."""
    size = {name: os.lstat(os.path.join(tree, name)).st_size for name in names}
    if sum(size.values()) < WORTH_THREADS:
        return [compress(tree, prefix, name) for name in names]
    # concurrent.futures takes as long to import as a thousand files to look at.
    import threading

    # The largest is taken first: begun last, it would keep a single core busy.
    waiting, done, failed = sorted(names, key=size.get), {}, []

    def work():
        while waiting and not failed:
            try:
                name = waiting.pop()
            except IndexError:  # another thread took the last one
                return
            try:
                done[name] = compress(tree, prefix, name)
            except BaseException as error:
                failed.append(error)

    # zlib works outside of Python's lock, so threads use all cores.
    threads = [threading.Thread(target=work) for _ in range(os.cpu_count())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return [done[name] for name in names]


def deflate(tree, prefix, part):
    with open(part + ".data", "wb") as out:
        entries = append(out, tree, prefix)
    with open(part + ".json", "w") as out:
        json.dump(entries, out, sort_keys=True)


def finish(out, entries):
    """Write the central directory, in the order of names."""
    if len(entries) > MAX_ENTRIES:
        sizes.fail("%d files are more than the %d that a zip archive holds: leave some out with `exclude`, or build an image" % (len(entries), MAX_ENTRIES))
    start = out.tell()
    for entry in sorted(entries, key=lambda e: e["name"]):
        out.write(header(entry, entry["offset"]))
    size = out.tell() - start
    out.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), size, start, 0))


def assemble(spec):
    """Write SPEC["archive"] and, beside it, its facts as JSON."""
    entries = []
    with open(spec["archive"], "wb") as out:
        for part in spec.get("parts", []):
            shift = out.tell()
            for chunk in chunks(part + ".data"):
                out.write(chunk)
            with open(part + ".json") as described:
                for entry in json.load(described):
                    entry["offset"] += shift
                    entries.append(entry)
        for tree, prefix in spec.get("trees", []):
            # A later tree replaces a file of an earlier one, as a later layer
            # of an image does.
            added = append(out, tree, prefix)
            names = {entry["name"] for entry in added}
            entries = [entry for entry in entries if entry["name"] not in names] + added
        finish(out, entries)
    facts(spec, entries)


def facts(spec, entries):
    """Check the size, and write what deployment tools want to know."""
    check_size(spec, entries)
    digest = hashlib.sha256()
    for chunk in chunks(spec["archive"]):
        digest.update(chunk)
    described = dict(spec["facts"])
    described.update(
        CodeSha256=binascii.b2a_base64(digest.digest(), newline=False).decode(),
        zipped=os.path.getsize(spec["archive"]),
        unzipped=sum(entry["size"] for entry in entries),
        packages=sizes.by_package(entries),
    )
    if "slimmed" in spec:
        with open(spec["slimmed"]) as report:
            described["slimmed"] = json.load(report)
    with open(os.path.splitext(spec["archive"])[0] + ".json", "w") as out:
        json.dump(described, out, indent=2, sort_keys=True)
        out.write("\n")


def check_size(spec, entries):
    """Refuse what Lambda would not take, together with the layer beside it."""
    what = "the archive has %d bytes unzipped"
    if "beside" in spec:
        what = "the archive and its layer have %d bytes unzipped"
        with open(spec["beside"] + ".json") as described:
            entries = entries + json.load(described)
    if sum(entry["size"] for entry in entries) > spec["limit"]:
        sizes.refuse(what, entries, spec["limit"], "leave some out, or build an image, which may have 10 GB")


def main():
    command, args = sys.argv[1], sys.argv[2:]
    if command == "deflate":
        deflate(*args)
    else:
        assemble(json.loads(args[0]))


main()

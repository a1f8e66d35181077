"""Names the shared libraries that installed modules load, and that the function will not have."""

import os
import struct
import sys

sys.path.insert(0, os.path.dirname(__file__))
import sizes

ELF = b"\x7fELF\x02\x01"  # with 64 bits, the lowest first
LOAD, DYNAMIC = 1, 2
NEEDED, STRINGS, RPATH, RUNPATH = 1, 5, 15, 29
# Where the loader of a Lambda base looks: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
FOLDERS = "var/lang/lib lib lib64 usr/lib usr/lib64 usr/local/lib usr/local/lib64 var/runtime var/runtime/lib opt/lib".split()
MACHINES = ("x86_64-linux-gnu", "aarch64-linux-gnu")
LOADERS = ("ld-linux", "libc.musl-")  # their names tell the architecture, and the base here may be for another
MOST_NAMES = 1 << 16  # the bytes of a folder of names, or of one name, that are read at most


def read(file, offset, length):
    file.seek(offset)
    return file.read(length)


def dynamic(path):
    """The names of the libraries that a file loads, and the folders where it looks for them.

    There are none of a file that is no library. No more of a file is read than this takes.
    https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html
    """
    try:
        with open(path, "rb") as file:
            return read_dynamic(file)
    except (OSError, OverflowError, ValueError, struct.error):  # a loader would refuse it
        return [], []


def read_dynamic(file):
    start = file.read(64)
    if not start.startswith(ELF):
        return [], []
    table, _, _, _, size, count = struct.unpack_from("<QQIHHH", start, 32)
    content = read(file, table, size * count)
    headers = [struct.unpack_from("<IIQQQQQQ", content, i * size) for i in range(count)]

    def offset(address):
        for kind, _, start, at, _, length, _, _ in headers:
            if kind == LOAD and at <= address < at + length:
                return address - at + start
        raise ValueError("no segment has the address %d" % address)

    entries = []
    for kind, _, start, _, _, length, _, _ in headers:
        if kind == DYNAMIC:
            section = read(file, start, min(length, MOST_NAMES))
            entries += struct.iter_unpack("<QQ", section[: len(section) // 16 * 16])
    strings = [offset(value) for tag, value in entries if tag == STRINGS]
    if not strings:
        return [], []

    def text(value):
        name, end, _ = read(file, strings[0] + value, MOST_NAMES if value in paths else 256).partition(b"\0")
        if not end:
            raise ValueError("a name has no end")
        return os.fsdecode(name)

    paths = [value for tag, value in entries if tag in (RPATH, RUNPATH)]
    folders = [folder for value in paths for folder in text(value).split(":")]
    return [text(value) for tag, value in entries if tag == NEEDED], folders


def provided(base):
    """The names of the files in the folders where the loader of a base looks."""
    folders = [os.path.join(folder, machine) for folder in FOLDERS for machine in ("",) + MACHINES] + configured(base)
    names = set()
    for folder in folders:
        place = os.path.join(base, folder)
        if os.path.isdir(place):
            names.update(os.listdir(place))
    return names


def configured(base):
    """The folders that a base's own configuration of the loader names."""
    folder, found = os.path.join(base, "etc/ld.so.conf.d"), []
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        path = os.path.join(folder, name)
        if name.endswith(".conf") and os.path.isfile(path):
            with open(path, errors="replace") as lines:
                found += [line.strip().lstrip("/") for line in lines if line.startswith("/")]
    return found


def elsewhere(tree, name, folders):
    """Tell whether a file looks in the folder of a package that is not in this tree."""
    for folder in folders:
        for origin in ("$ORIGIN", "${ORIGIN}"):
            if folder.startswith(origin):
                place = os.path.normpath(os.path.join(tree, os.path.dirname(name)) + folder[len(origin) :])
                if place.startswith(tree + os.sep) and not os.path.isdir(place):
                    return True
    return False


def missing(tree, natives, base):
    """The libraries that neither a tree nor its base has, each with a file that loads it.

    Natives are the libraries of the tree. Wherever one is, the module that brings it may
    load it before those that need it.
    """
    here, there = {os.path.basename(name) for name in natives}, None
    for name in sorted(natives):
        path = os.path.join(tree, name)
        if not os.path.isfile(path) or os.path.islink(path):
            continue
        libraries, folders = dynamic(path)
        for library in libraries:
            library = os.path.basename(library)
            if library in here or library.startswith(LOADERS):
                continue
            there = provided(base) if there is None else there
            if library not in there and not elsewhere(tree, name, folders):
                yield name, library


def check(tree, natives, base, built):
    """What the packages of a tree load and do not have: refused of those that were built here.

    Those are the ones that "built" names, or all when it does. Of the others it gives each library
    once for each package, as data: a package from an index may load it only when it is asked to.
    """
    found, owners = {}, None
    for name, library in missing(tree, natives, base):
        owners = sizes.owners(tree) if owners is None else owners
        package = owners.get(name, [""])[0].replace("_", "-").lower()
        if built is True or package in built:
            sizes.fail(
                "missing-library",
                "%s loads %s, which is not in the base: name a base image that has it with `base`, or build the package without it" % (name, library),
            )
        found.setdefault((package, library), {"package": package, "library": library, "file": name})
    return list(found.values())

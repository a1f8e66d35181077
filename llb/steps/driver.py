"""Runs uv for one step of a build and tidies up what it leaves.

Usage: driver.py dependencies|package LIMIT [--script NAME]... [--glibc MINOR] [--slim WAY,...]
                 [--pack PREFIX] UV-PIP-INSTALL...
       driver.py git [--config-setting KEY=VALUE]... [--variable NAME=VALUE]... SOURCES COMMIT
                 REQUIREMENT LIMIT [--script NAME]... [--slim WAY,...] [--pack PREFIX] UV-PIP-INSTALL...
       driver.py members LIMIT [--script NAME]... [--legacy-setuptools] [--module NAME]...
                 [--some-module] [--found-module] [--config-setting KEY=VALUE]...
                 [--variable NAME=VALUE]... SOURCES UV-PIP-INSTALL...
       driver.py lock-check UV-LOCK...
       driver.py export UV-EXPORT...
       driver.py lock [--repository URL]... LOCKFILE UV-LOCK...
       driver.py lock --install-git [ssh]

More than LIMIT bytes of installed files are an error. With --pack they are also
compressed for an archive, in which they stand below PREFIX. Of the scripts of
packages the named ones are kept. The script is run by the
builder's own Python, 3.9 or later, without site-packages.
"""

# json, shutil and subprocess each take longer to import than uv takes to check a
# lock: they are imported where nothing else will do.
import os
import stat
import struct
import sys

LAYER = "/layer"
PART = "/out"
TASK_ROOT = "/var/task"
SLIMMED = "/report/slimmed.json"
LACKING = ".uvlambda-lacking.json"
NETRC = "/root/.netrc"
EMPTY_CACHE = "/tmp/cache"
FITTING = "/tmp/pylock.toml"
VERSION = "/tmp/version.txt"
CA = "/uvlambda/ca.pem"
BASE = "/uvlambda/base"  # the function's base, for a step that builds in another image
GIT_SECRETS = "/uvlambda/git"
ERRORS = (b"error:", "\u00d7".encode())  # how an error of uv begins; older versions draw a cross
EPOCH = 315532800  # 1980-01-01, the earliest time that zip archives can hold
ELF = b"\x7fELF\x02\x01"  # with 64 bits, the lowest first: what Lambda's machines load


def run(argv, told=True, variables=()):
    """Run a command with these variables; on failure keep its messages and leave with its status.

    What it says before an error is passed on at once, unless nothing is to be
    told. The error itself goes into the report: who reads that tells it, once.
    """
    env, given = credentials()
    if os.path.exists(CA):
        env["SSL_CERT_FILE"] = CA
    env.update(variables)
    messages, printed = os.pipe()
    process = os.posix_spawn(argv[0], argv, env, file_actions=[(os.POSIX_SPAWN_DUP2, printed, 2)])
    os.close(printed)
    kept, held = [], []
    with open(messages, "rb") as lines:
        for line in lines:
            kept.append(line)
            if held or not told or line.lstrip().startswith(ERRORS):
                held.append(line)
            else:
                tell([line])
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if not status:
        return tell(held)
    try:
        our("sizes").report(given=given, messages=b"".join(kept).decode(errors="replace"))
    except OSError:  # the disk is full
        tell(held)
    sys.exit(status if status > 0 else 128 - status)


def credentials():
    """The environment of uv, and the names of the secrets that were given.

    BuildKit sets the variable of an absent secret to nothing, which uv would
    take for an index's name and password and then look no further. Files of
    secrets often end with a newline that is no part of them.
    """
    env, given = {}, []
    for name, value in os.environ.items():
        if name.startswith("UV_INDEX_"):
            value = value.rstrip("\r\n")
            if not value:
                continue
            given.append(name)
        env[name] = value
    if os.path.exists(NETRC) and os.stat(NETRC).st_size:
        given.append("netrc")
    return env, sorted(given)


def tell(lines):
    sys.stderr.buffer.writelines(lines)
    sys.stderr.buffer.flush()


def remove(folder):
    """Remove a folder and all that is in it."""
    for path, folders, files in os.walk(folder, topdown=False):
        for name in files:
            os.remove(os.path.join(path, name))
        for name in folders:
            inner = os.path.join(path, name)
            if os.path.islink(inner):
                os.remove(inner)
            else:
                os.rmdir(inner)
    os.rmdir(folder)


def link_task_root():
    """Make the task root a link into the layer.

    Bytecode embeds the path it was compiled at. Through the link that is the
    path the files will have on Lambda, while they are written straight into
    the tree that becomes the image layer, without a copy.
    """
    if os.path.lexists(TASK_ROOT):
        remove(TASK_ROOT)
    os.makedirs(LAYER + TASK_ROOT)
    os.makedirs(os.path.dirname(TASK_ROOT), exist_ok=True)
    os.symlink(LAYER + TASK_ROOT, TASK_ROOT)


def explain(argv):
    """Run a command that has failed before, for the sake of its messages alone.

    Clients print the log of each failed step once more at the end of a build, where
    it would stand beside the same words in the error.
    """
    run(argv, told=False)


def forget(removed):
    """Take removed files, by their paths below the task root, out of what packages record.

    Give the bytes that this saved.
    """
    return rewrite_records(removed, lambda row, path: "")


def rewrite_records(paths, rewrite):
    """Write the rows again that packages record of files, by their paths below the task root.

    Give the bytes that this saved.
    """
    root, saved = LAYER + TASK_ROOT, 0
    for folder in sorted(os.listdir(root)) if paths else []:
        record = os.path.join(root, folder, "RECORD")
        if not folder.endswith(".dist-info") or not os.path.exists(record):
            continue
        with open(record, encoding="utf-8", newline="") as recorded:
            before = recorded.readlines()
        after = []
        for row in before:
            path = our("sizes").recorded(row)[0]
            after.append(rewrite(row, path) if path in paths else row)
        if after != before:
            with open(record, "w", encoding="utf-8", newline="") as recorded:
                recorded.writelines(after)
            saved += len("".join(before).encode()) - len("".join(after).encode())
    return saved


def remove_scripts(kept):
    """Remove the scripts of packages that no command names, unless bin is a package of Python."""
    scripts = os.path.join(LAYER + TASK_ROOT, "bin")
    if not os.path.isdir(scripts) or os.path.exists(os.path.join(scripts, "__init__.py")):
        return
    unused = set(our("sizes").files(scripts)) - set(kept)
    forget({os.path.join("bin", name) for name in unused})
    for name in unused:
        os.remove(os.path.join(scripts, name))
    if not any(files for _, _, files in os.walk(scripts)):
        remove(scripts)


def tidy(scripts):
    """Drop what uv leaves for itself, and make modes and times the same in every build.

    Gives the size of all files in bytes, and which of them are native libraries by their names.
    """
    root = LAYER + TASK_ROOT
    lock = os.path.join(root, ".lock")
    if os.path.exists(lock):
        os.remove(lock)
    remove_scripts(scripts)
    size, natives = 0, []
    for folder, _, files in os.walk(LAYER, topdown=False):
        for name in files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            size += status.st_size
            if ".so" in name:
                natives.append(os.path.relpath(path, root))
            if not stat.S_ISLNK(status.st_mode):
                os.chmod(path, 0o755 if status.st_mode & 0o100 else 0o644)
            os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)
        os.chmod(folder, 0o755)
        os.utime(folder, (EPOCH, EPOCH))
    return size, natives


def our(module):
    """One of the scripts beside this one, which few steps need."""
    folder = os.path.dirname(__file__)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return __import__(module)


def refuse(limit):
    """Leave with the largest packages, since no function can hold them all."""
    our("sizes").refuse(
        "the installed files have %d bytes",
        our("sizes").measure(LAYER + TASK_ROOT),
        "%d for images" % limit,
        "leave some out, or have the function read large files from S3 or EFS",
    )


def is_test(path):
    return not {"test", "tests"}.isdisjoint(path.split("/")[:-1])


def is_stub(path):
    return path.endswith((".pyi", "/py.typed"))


def is_extra_metadata(path):
    # RECORD says which files are whose, to importlib.metadata and to the sizes
    # beside an archive.
    folder, _, rest = path.partition("/")
    return folder.endswith(".dist-info") and rest not in ("METADATA", "entry_points.txt", "RECORD")


def is_boto3(path):
    return path.split("/")[0].split("-")[0] in ("boto3", "botocore", "s3transfer")


REMOVALS = {"tests": is_test, "stubs": is_stub, "dist-info": is_extra_metadata, "boto3": is_boto3}


def slim(ways):
    """Leave out what nobody needs to run, and report what that saved in bytes."""
    saved, removed = dict.fromkeys(ways, 0), {way: set() for way in ways}
    for folder, _, files in os.walk(LAYER + TASK_ROOT, topdown=False):
        for name in files:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, LAYER + TASK_ROOT)
            for way in ways:
                if way in REMOVALS and REMOVALS[way](relative):
                    saved[way] += os.lstat(path).st_size
                    os.remove(path)
                    removed[way].add(relative)
                    break
        if not os.listdir(folder):
            os.rmdir(folder)
    for way in ways:
        saved[way] += forget(removed[way])
    if "strip" in ways:
        saved["strip"] = strip()
    for way, size in saved.items():
        print("slim: %s saved %.1f MB" % (way, size / 1e6), file=sys.stderr)
    import json

    with open(SLIMMED, "w") as report:
        json.dump(saved, report, sort_keys=True)


def strip():
    """Remove symbols from native libraries; give the bytes that this saved."""
    import shutil

    tool = shutil.which("strip")
    if tool is None:
        print("slim: strip: the builder's image has no strip, so nothing is stripped", file=sys.stderr)
        return 0
    saved, stripped = 0, set()
    for folder, _, files in os.walk(LAYER + TASK_ROOT):
        for path in [os.path.join(folder, name) for name in files if ".so" in name]:
            before = read(path)
            if strip_library(tool, path, before):
                saved += len(before) - os.lstat(path).st_size
                stripped.add(os.path.relpath(path, LAYER + TASK_ROOT))
    return saved + record_again(stripped)


def strip_library(tool, path, before):
    """Strip one library, unless that breaks it; tell whether it is another one now."""
    import subprocess

    if not before.startswith(ELF):
        return False
    if subprocess.run([tool, "--strip-unneeded", path], stderr=subprocess.DEVNULL).returncode:
        return False
    after = read(path)
    if loaded(before) == loaded(after):
        return before != after
    print("slim: strip: %s is left as it is, since strip would break it" % os.path.basename(path), file=sys.stderr)
    with open(path, "wb") as library:
        library.write(before)
    return False


def record_again(changed):
    """Give changed files, by their paths below the task root, the hash and the size that they have now.

    Packages record both: https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    Give the bytes that this saved.
    """
    from base64 import urlsafe_b64encode
    from hashlib import sha256

    def again(row, path):
        content = read(os.path.join(LAYER + TASK_ROOT, path))
        digest = urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
        ending = row[len(row.rstrip("\r\n")):]
        return "%s,sha256=%s,%d%s" % (row.rsplit(",", 2)[0], digest, len(content), ending)

    return rewrite_records(changed, again)


def read(path):
    with open(path, "rb") as content:
        return content.read()


def loaded(library):
    """What a loader makes of a library, which no symbols are part of.

    Tools that bundle libraries into wheels move parts of them about, and strip
    may then write files whose segments are not where a loader can map them:
    https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html
    """
    table, _, _, _, size, count = struct.unpack_from("<QQIHHH", library, 32)
    headers = [struct.unpack_from("<IIQQQQQQ", library, table + i * size) for i in range(count)]
    # Both headers say where parts are in the file, which may change.
    content = bytearray(library)
    content[:64] = bytes(64)
    content[table : table + count * size] = bytes(count * size)
    return [
        (flags, address, in_memory, (address - offset) % max(align, 1), bytes(content[offset : offset + in_file]))
        for kind, flags, offset, address, _, in_file, in_memory, align in headers
        if kind == 1
    ]


def is_too_new(line, minor):
    """Tell a line of pylock.toml with a wheel that needs a newer glibc than 2.minor."""
    before, dot, _ = line.rpartition(".whl")
    if not dot or not line.startswith("    {"):
        return False
    policies = [tag.split("_") for tag in before.rpartition("-")[2].split(".")]
    return all(p[:2] == ["manylinux", "2"] and p[2].isdigit() and int(p[2]) > minor for p in policies)


def for_glibc(minor, uv):
    """Keep from uv the wheels that need a newer glibc than the function will have.

    uv has names for a few versions of glibc only, so it installs for a newer one.
    It exports each of several wheels on a line of its own. The planner has refused
    a package that has no other.
    """
    with open(uv[-1]) as exported, open(FITTING, "w") as fitting:
        fitting.writelines(line for line in exported if not is_too_new(line, minor))
    return uv[:-1] + [FITTING]


def install_in_order(uv):
    """Install again, one package after the other.

    uv installs packages side by side, in the order in which their downloads end. When
    several packages have one file, any of these files could be left. Now the file of the
    last package in the list is left: all packages are in uv's cache.
    """
    root = LAYER + TASK_ROOT
    remove(root)
    os.mkdir(root)
    os.environ["UV_CONCURRENT_INSTALLS"] = "1"
    run(uv + ["--target", TASK_ROOT])
    our("sizes").warn_of_replaced(root)


def install(args):
    """Install packages, and give the libraries that they lack."""
    limit, uv = int(args[0]), args[1:]
    scripts, ways, prefix = [], [], None
    while uv[0] == "--script":
        scripts, uv = scripts + [uv[1]], uv[2:]
    if uv[0] == "--glibc":
        uv = for_glibc(int(uv[1]), uv[2:])
    if uv[0] == "--slim":
        ways, uv = uv[1].split(","), uv[2:]
    if uv[0] == "--pack":
        prefix, uv = uv[1], uv[2:]
    link_task_root()
    run(uv + ["--target", TASK_ROOT])
    if our("sizes").replaced(LAYER + TASK_ROOT):
        install_in_order(uv)
    if ways:
        slim(ways)
    size, natives = tidy(scripts)
    if size > limit:
        refuse(limit)
    lacking = lacks(natives, [uv[i + 1] for i, word in enumerate(uv) if word == "--no-binary"]) if natives else []
    if prefix is not None:
        our("pack").pack(LAYER + TASK_ROOT, prefix, PART, os.path.dirname(SLIMMED))
    return lacking


def lacks(natives, built):
    """The libraries that neither what is installed nor the base has.

    A step that builds in another image has the base beside it, and has built all
    packages unless some are named. The root of any other step is the base.
    """
    if os.path.isdir(BASE):
        return our("libraries").check(LAYER + TASK_ROOT, natives, BASE, built or True)
    return our("libraries").check(LAYER + TASK_ROOT, natives, "/", [])


def packages(args, install=install):
    """Install packages, and report the libraries that they lack.

    The report is in the tree, of which the frontend sees the names anyway: a mount of
    its own would be one output more of every installation, and one that a builder with
    nothing but a cache does not have. It is there only when there is something to
    tell, and the function gets the tree without it.
    """
    lacking = install(args)
    path = os.path.join(os.path.dirname(SLIMMED) if "--pack" in args else LAYER + TASK_ROOT, LACKING)
    if not lacking and "--pack" not in args:
        return
    import json

    with open(path, "w") as report:
        json.dump(lacking, report)
    for made in (path, LAYER + TASK_ROOT):
        os.utime(made, (EPOCH, EPOCH))


def empty_cache():
    """Give uv a cache that has no wheels, but what uv knows of interpreters.

    To ask an interpreter takes longer than to install a member.
    """
    os.mkdir(EMPTY_CACHE)
    cache = os.environ["UV_CACHE_DIR"]
    for name in os.listdir(cache):
        if name.startswith("interpreter-"):
            os.symlink(os.path.join(cache, name), os.path.join(EMPTY_CACHE, name))
    return ["--cache-dir", EMPTY_CACHE]


# Names at the top of a project that setuptools and others take for no module of it.
NOT_MODULES = (
    "setup conftest test tests example examples build toxfile noxfile pavement dodo tasks fabfile"
    " hatch_build pdm_build docs scripts tools benchmarks"
).split()


def modules_in(sources):
    """The modules and packages that stand in a project's folder, or in its src."""
    found = []
    for folder in ("", "src"):
        base = os.path.join(sources, folder)
        for name in sorted(os.listdir(base)) if os.path.isdir(base) else []:
            module, ending = os.path.splitext(name)
            if ending == ".py" or os.path.exists(os.path.join(base, name, "__init__.py")):
                if module not in NOT_MODULES:
                    found.append(os.path.join(folder, name))
    return found


def installed_by(wheel):
    """The files that a wheel puts where Python looks for modules."""
    import zipfile

    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    found = []
    for name in names:
        parts = name.split("/")
        if parts[0].endswith(".data") and parts[1:2] in (["purelib"], ["platlib"]):
            parts = parts[2:]
        if not parts[0].endswith((".dist-info", ".data")) and parts[-1]:
            found.append("/".join(parts))
    return found


def check_wheel(wheel, sources, promised, some, found):
    """Refuse a wheel that does not hold what its project promises."""
    held = installed_by(wheel)
    missing = [name for name in promised if not any(file == name or file.startswith((name + "/", name + ".")) for file in held)]
    if missing:
        problem = "the wheel does not hold %s: correct what the project's table of its build backend names, or" % ", ".join(missing)
    elif any(file.endswith((".py", ".pyc", ".so", ".pth")) for file in held):
        return
    elif some:
        problem = "the wheel holds no module: correct what the project's table of its build backend names, or"
    elif found and modules_in(sources):
        problem = "the wheel holds no module, though %s is there: name it in the project's table of its build backend, or" % modules_in(sources)[0]
    else:
        return
    our("sizes").fail("no-module", problem + " see that the build context holds its modules")


def member(args):
    limit, args = [args[0]], args[1:]
    while args[0] == "--script":
        limit, args = limit + args[:2], args[2:]
    legacy, promised, some, found = False, [], False, False
    while args[0].startswith("--") and args[0] not in BUILD_FLAGS:
        flag, args = args[0], args[1:]
        if flag == "--module":
            promised, args = promised + args[:1], args[1:]
        legacy = legacy or flag == "--legacy-setuptools"
        some = some or flag == "--some-module"
        found = found or flag == "--found-module"
    passed, variables, args = build_flags(args)
    sources, uv = args[0], args[1:]
    if legacy:
        name_legacy_backend(sources)
    if sources.endswith(".whl"):
        return install(limit + uv + empty_cache() + ["--no-index", sources])
    wheels = build(uv, sources, passed, variables)
    for wheel in wheels:
        check_wheel(wheel, sources, promised, some, found)
    # Not through the cache: a wheel of the same name may be in it.
    install(limit + uv + empty_cache() + ["--no-index"] + wheels)


def name_legacy_backend(sources):
    """PEP 517: without a build-system table this is the backend."""
    with open(os.path.join(sources, "pyproject.toml"), "a") as project:
        project.write('\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta:__legacy__"\n')


BUILD_FLAGS = ("--config-setting", "--variable")


def build_flags(args):
    """Take what is for the build of one package from the beginning of arguments."""
    passed, variables = [], {}
    while args[0] in BUILD_FLAGS:
        if args[0] == "--variable":
            name, _, variables[name] = args[1].partition("=")
        else:
            passed += args[:2]
        args = args[2:]
    return passed, variables, args


def build(uv, sources, passed=(), variables=()):
    """Build the wheel of a package by the command that will install it.

    The backend is passed more flags of uv build, and has these variables.
    """
    settings = uv[uv.index("--config-file"):][:2] if "--config-file" in uv else ["--no-config"]
    python = uv[uv.index("--python") + 1]
    run([uv[0], "build", "--wheel", "--python", python, "--out-dir", "/tmp/wheel"] + settings + [*passed, sources], variables=variables)
    return [os.path.join("/tmp/wheel", name) for name in os.listdir("/tmp/wheel") if name.endswith(".whl")]


def checkout(args):
    """Build a package from a checkout of its git repository, and install it.

    The wheel has to be of the version that uv.lock has.
    """
    passed, variables, args = build_flags(args)
    sources, commit, requirement, args = args[0], args[1], args[2], args[3:]
    project = {}
    for name in ("pyproject.toml", "setup.py", "setup.cfg"):
        if os.path.exists(os.path.join(sources, name)):
            project[name] = read(os.path.join(sources, name))
    if not project:
        our("sizes").fail("no-project", folder_problem(sources))
    if b"[build-system]" not in {line.partition(b"#")[0].strip() for line in project.get("pyproject.toml", b"").splitlines()}:
        name_legacy_backend(sources)
    if any(b"scm" in text for text in project.values()):
        name_commit(sources, commit)
    first = next(i for i in range(1, len(args), 2) if not args[i].startswith("--"))
    wheels = build(args[first:], sources, passed, variables)
    with open(VERSION, "w") as constraint:
        constraint.write(requirement + "\n")
    return install(args + empty_cache() + ["--no-index", "--constraints", VERSION] + wheels)


def folder_problem(sources):
    """What is wrong with a folder of a repository that holds no project."""
    folder = "/".join(sources.split("/")[3:])  # below /src/NAME
    problem = "the repository has no pyproject.toml, setup.py or setup.cfg in " + (folder or "its root")
    if not os.path.isdir(sources):
        problem = "the repository has no folder " + folder
    return problem + " at that commit: correct `subdirectory` in [tool.uv.sources], and lock again"


def name_commit(sources, commit):
    """Say that the sources are all that git has of a commit.

    setuptools-scm then packages all of these files, as it does when it can ask git.
    https://setuptools-scm.readthedocs.io/en/latest/usage/#git-archives
    """
    with open(os.path.join(sources, ".git_archival.txt"), "w") as archival:
        archival.write("node: %s\n" % commit)


# How package managers of base images install git, and what else it takes for SSH.
INSTALLERS = {
    "dnf": (["dnf", "install", "-y"], ["git-core"], ["openssh-clients"]),
    "microdnf": (["microdnf", "install", "-y"], ["git-core"], ["openssh-clients"]),
    "yum": (["yum", "install", "-y"], ["git-core"], ["openssh-clients"]),
    "apt-get": (["sh", "-ec", 'apt-get update && exec apt-get install -y --no-install-recommends "$@"', "sh"], ["git"], ["openssh-client"]),
    "apk": (["apk", "add", "--no-cache"], ["git"], ["openssh-client"]),
}


def install_git(ssh):
    """Install git in the builder by its own package manager, unless it has it."""
    import shutil
    import subprocess

    wanted = ["git", "ssh"] if ssh else ["git"]
    if all(map(shutil.which, wanted)):
        return
    for manager, (command, git, client) in INSTALLERS.items():
        if shutil.which(manager):
            done = subprocess.run(command + git + (client if ssh else []), stdin=subprocess.DEVNULL)
            if not done.returncode and all(map(shutil.which, wanted)):
                return
            fail_without_git("%s could not install it (see the log of the step)" % manager)
    fail_without_git("its image has no package manager to install it with")


def fail_without_git(why):
    our("sizes").fail(
        "no-git", "uv resolves a dependency from git with git, which the builder does not have, and %s: run `uv lock` on a machine with uv and git, or name a base that has git" % why
    )


def git_access(repositories):
    """Give git what BuildKit fetches repositories with: secrets, an SSH agent, authorities.

    Of several secrets BuildKit takes the first in this order. It trusts SSH servers as
    they come.
    """
    from urllib.parse import urlsplit

    settings = {}
    for repository in repositories:
        host = urlsplit(repository).netloc.rpartition("@")[2]
        for name in ("GIT_AUTH_HEADER." + host, "GIT_AUTH_TOKEN." + host, "GIT_AUTH_HEADER", "GIT_AUTH_TOKEN"):
            if repository.startswith("http") and os.path.exists(os.path.join(GIT_SECRETS, name)):
                settings["http.%s.extraHeader" % repository] = "Authorization: " + authorization(name)
                break
    for i, (name, value) in enumerate(settings.items()):
        os.environ["GIT_CONFIG_KEY_%d" % i], os.environ["GIT_CONFIG_VALUE_%d" % i] = name, value
    os.environ["GIT_CONFIG_COUNT"] = str(len(settings))
    os.environ["GIT_TERMINAL_PROMPT"] = "0"
    os.environ["GIT_SSH_COMMAND"] = "ssh -F /dev/null -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes"
    if os.path.exists(CA):
        os.environ["GIT_SSL_CAINFO"] = CA


def authorization(name):
    """The header that a secret stands for."""
    secret = read(os.path.join(GIT_SECRETS, name)).decode().rstrip("\r\n")
    if name.startswith("GIT_AUTH_HEADER"):
        return secret
    from base64 import b64encode

    return "basic " + b64encode(("x-access-token:" + secret).encode()).decode()


def lock(args):
    import shutil

    if args[0] == "--install-git":
        return install_git("ssh" in args[1:])
    repositories = []
    while args[0] == "--repository":
        repositories, args = repositories + args[1:2], args[2:]
    if repositories:
        git_access(repositories)
    target = os.path.join("/out", args[0])
    run(args[1:])
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(os.path.join("/src", args[0]), target)


def main():
    command, args = sys.argv[1], sys.argv[2:]
    {"dependencies": packages, "package": packages, "git": lambda args: packages(args, checkout), "members": member, "lock-check": explain, "export": explain, "lock": lock}[command](args)


if __name__ == "__main__":
    main()

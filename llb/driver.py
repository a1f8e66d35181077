"""Runs uv for one step of a build and tidies up what it leaves.

Usage: driver.py install UV-PIP-INSTALL...
       driver.py member [--legacy-setuptools] SOURCES UV-PIP-INSTALL...
       driver.py check UV-LOCK...
       driver.py lock LOCKFILE UV-LOCK...

It is run by the builder's own Python, 3.9 or later, without site-packages.
"""

import os
import shutil
import subprocess
import sys

LAYER = "/layer"
TASK_ROOT = "/var/task"
REPORT = "/report/stderr"
CA = "/uvlambda/ca.pem"
EPOCH = 315532800  # 1980-01-01, the earliest time that zip archives can hold


def run(argv):
    """Run a command; on failure keep its messages and leave with its status."""
    env = dict(os.environ)
    if os.path.exists(CA):
        env["SSL_CERT_FILE"] = CA
    process = subprocess.Popen(argv, env=env, stderr=subprocess.PIPE)
    messages = []
    for line in process.stderr:
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
        messages.append(line)
    status = process.wait()
    if status:
        with open(REPORT, "wb") as report:
            report.writelines(messages)
        sys.exit(status if status > 0 else 128 - status)


def link_task_root():
    """Make the task root a link into the layer.

    Bytecode embeds the path it was compiled at. Through the link that is the
    path the files will have on Lambda, while they are written straight into
    the tree that becomes the image layer, without a copy.
    """
    if os.path.lexists(TASK_ROOT):
        shutil.rmtree(TASK_ROOT)
    os.makedirs(LAYER + TASK_ROOT)
    os.makedirs(os.path.dirname(TASK_ROOT), exist_ok=True)
    os.symlink(LAYER + TASK_ROOT, TASK_ROOT)


def tidy():
    """Drop what uv leaves for itself, and make modes and times the same in every build."""
    root = LAYER + TASK_ROOT
    lock, scripts = os.path.join(root, ".lock"), os.path.join(root, "bin")
    if os.path.exists(lock):
        os.remove(lock)
    if os.path.isdir(scripts) and not os.path.exists(os.path.join(scripts, "__init__.py")):
        shutil.rmtree(scripts)
    for folder, _, files in os.walk(LAYER, topdown=False):
        for name in files:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                os.chmod(path, 0o755 if os.stat(path).st_mode & 0o100 else 0o644)
            os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)
        os.chmod(folder, 0o755)
        os.utime(folder, (EPOCH, EPOCH))


def install(uv):
    link_task_root()
    run(uv + ["--target", TASK_ROOT])
    tidy()


def member(args):
    legacy = args[0] == "--legacy-setuptools"
    if legacy:
        args = args[1:]
    sources, uv = args[0], args[1:]
    if legacy:
        # PEP 517: without a build-system table this is the backend.
        with open(os.path.join(sources, "pyproject.toml"), "a") as project:
            project.write('\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta:__legacy__"\n')
    if sources.endswith(".whl"):
        return install(uv + ["--no-cache", "--no-index", sources])
    settings = uv[uv.index("--config-file"):][:2] if "--config-file" in uv else ["--no-config"]
    python = uv[uv.index("--python") + 1]
    run([uv[0], "build", "--wheel", "--python", python, "--out-dir", "/tmp/wheel"] + settings + [sources])
    wheels = [os.path.join("/tmp/wheel", name) for name in os.listdir("/tmp/wheel") if name.endswith(".whl")]
    # Not through the cache: a wheel of the same name may be in it.
    install(uv + ["--no-cache", "--no-index"] + wheels)


def lock(args):
    target = os.path.join("/out", args[0])
    run(args[1:])
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(os.path.join("/src", args[0]), target)


def main():
    command, args = sys.argv[1], sys.argv[2:]
    {"install": install, "member": member, "check": run, "lock": lock}[command](args)


main()

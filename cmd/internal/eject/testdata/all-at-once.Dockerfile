# syntax=docker/dockerfile:1

# Builds the image of api for AWS Lambda, on linux/amd64 and linux/arm64:
#
#     docker buildx build --provenance=false -t api .
#
# AWS Lambda rejects an image with attestations, which the flag turns off.
# The test in [tool.uvlambda.test] is no part of it.

# SOURCE_DATE_EPOCH is the image's own time: equal input makes an equal image.
ARG SOURCE_DATE_EPOCH=315532800

# uv is the image that holds uv.
FROM --platform=$BUILDPLATFORM ghcr.io/astral-sh/uv:0.13.9 AS uv

# builder has the function's Python for the platform that builds, so that nothing is emulated.
FROM --platform=$BUILDPLATFORM public.ecr.aws/lambda/python:3.13 AS builder
COPY --from=uv /uv /bin/
ENV PYC_INVALIDATION_MODE=UNCHECKED_HASH \
    SOURCE_DATE_EPOCH=315532800 \
    UV_LINK_MODE=copy \
    UV_NO_INSTALLER_METADATA=1 \
    UV_NO_PROGRESS=1 \
    UV_PREVIEW_FEATURES=pylock \
    UV_PYTHON=/var/lang/bin/python3.13 \
    UV_PYTHON_DOWNLOADS=never
# settle gives a layer the same times and modes in every build.
COPY --chmod=755 <<'EOF' /bin/settle
#!/var/lang/bin/python3.13 -IS
import os
from pathlib import Path

layer, time = Path("/layer"), int(os.environ["SOURCE_DATE_EPOCH"])
for path in (layer, *layer.rglob("*")):
    if not path.is_symlink():
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    os.utime(path, (time, time), follow_symlinks=False)
EOF
# fresh removes the compiled modules of sources that a later layer has too.
COPY --chmod=755 <<'EOF' /bin/fresh
#!/var/lang/bin/python3.13 -IS
from pathlib import Path

task = Path("/layer/var/task")
for upper in Path("/upper").iterdir():
    for source in upper.rglob("*.py"):
        path = source.relative_to(upper)
        if not (task / path).is_file() or (task / path).read_bytes() == source.read_bytes():
            continue
        for module in (task / path).parent.glob("__pycache__/" + path.stem + ".*.pyc"):
            module.unlink()
EOF
# The task root is a link into the layer: its bytecode holds the path it was compiled at.
RUN rm -rf /var/task && mkdir -p /layer/var/task && ln -s /layer/var/task /var/task
WORKDIR /src

# lock checks uv.lock, and lists what to install; the next stages depend on the list only.
FROM builder AS lock
WORKDIR /lock
COPY --parents packages/shop-models/pyproject.toml pyproject.toml services/orders/pyproject.toml \
    services/receipts/pyproject.toml uv.lock wheels/vendored-1.0-py3-none-any.whl ./
COPY --exclude=.venv --exclude=my\ files packages/dynamic /lock/packages/dynamic
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    --mount=type=secret,id=UV_INDEX_INTERNAL_2_USERNAME,env=UV_INDEX_INTERNAL_2_USERNAME \
    --mount=type=secret,id=UV_INDEX_INTERNAL_2_PASSWORD,env=UV_INDEX_INTERNAL_2_PASSWORD \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
[ "$UV_INDEX_INTERNAL_2_USERNAME" ] || unset UV_INDEX_INTERNAL_2_USERNAME
[ "$UV_INDEX_INTERNAL_2_PASSWORD" ] || unset UV_INDEX_INTERNAL_2_PASSWORD
uv export --locked --quiet --no-emit-local --no-default-groups --no-header --format pylock.toml \
    --output-file /lock/pylock.toml --package orders
EOF

# installer is where packages are built and installed, with what [tool.uv] says of that.
FROM builder AS installer
COPY <<'EOF' /etc/uv.toml
[[index]]
explicit = true
name = "internal-2"
url = "https://packages.example.com/simple"
EOF
ENV UV_CONFIG_FILE=/etc/uv.toml
# records takes files that were left out of packages from the lists of their files.
COPY --chmod=755 <<'EOF' /bin/records
#!/var/lang/bin/python3.13 -IS
from pathlib import Path

for record in Path("/layer/var/task").glob("*.dist-info/RECORD"):
    with record.open(encoding="utf-8", newline="") as file:
        rows = file.readlines()
    with record.open("w", encoding="utf-8", newline="") as file:
        file.writelines(row for row in rows if Path(record.parents[1], row.rsplit(",", 2)[0].strip('"')).exists())
EOF

FROM installer AS installer-amd64
ENV PYTHON_PLATFORM=x86_64-manylinux_2_34

FROM installer AS installer-arm64
ENV PYTHON_PLATFORM=aarch64-manylinux_2_34

# dependencies are the third-party packages.
FROM installer-$TARGETARCH AS dependencies
# slim leaves out what nobody needs to run.
COPY --chmod=755 <<'EOF' /bin/slim
#!/var/lang/bin/python3.13 -IS
import os
import shutil
import struct
import subprocess
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

task = Path("/layer/var/task")
for folder, _, files in os.walk(task, topdown=False):
    for path in (Path(folder, name) for name in files):
        parts = path.relative_to(task).parts
        if (
            not {"test", "tests"}.isdisjoint(parts[:-1])
            or parts[-1].endswith(".pyi") or parts[-1] == "py.typed"
            or parts[0].endswith(".dist-info")
            and parts[1:] not in (("METADATA",), ("entry_points.txt",), ("RECORD",))
            or parts[0].split("-")[0] in ("boto3", "botocore", "s3transfer")
        ):
            path.unlink()
    if not os.listdir(folder):
        os.rmdir(folder)

# loaded is what a loader makes of a library, which no symbols are part of.
def loaded(library):
    table, _, _, _, size, count = struct.unpack_from("<QQIHHH", library, 32)
    headers = [struct.unpack_from("<IIQQQQQQ", library, table + i * size) for i in range(count)]
    content = bytearray(library)
    content[:64] = bytes(64)
    content[table : table + count * size] = bytes(count * size)
    return [
        (flags, address, in_memory, (address - offset) % max(align, 1), bytes(content[offset : offset + in_file]))
        for kind, flags, offset, address, _, in_file, in_memory, align in headers
        if kind == 1
    ]

# again is a line of a package's RECORD for what a file holds now.
def again(row):
    name, ending = row.rsplit(",", 2)[0], row[len(row.rstrip("\r\n")):]
    content = (task / name.strip('"')).read_bytes()
    digest = urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}{ending}"

if shutil.which("strip"):
    stripped = set()
    for path in task.rglob("*.so*"):
        library = path.read_bytes() if path.is_file() else b""
        if library.startswith(b"\x7fELF\x02\x01"):
            subprocess.run(["strip", "--strip-unneeded", path], stderr=subprocess.DEVNULL)
            # Tools that put libraries into wheels make some that strip breaks.
            if loaded(path.read_bytes()) != loaded(library):
                path.write_bytes(library)
            if path.read_bytes() != library:
                stripped.add(path)
    for record in task.glob("*.dist-info/RECORD"):
        with record.open(encoding="utf-8", newline="") as file:
            rows = file.readlines()
        with record.open("w", encoding="utf-8", newline="") as file:
            file.writelines(again(row) if task / row.rsplit(",", 2)[0].strip('"') in stripped else row for row in rows)
EOF
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    --mount=type=secret,id=UV_INDEX_INTERNAL_2_USERNAME,env=UV_INDEX_INTERNAL_2_USERNAME \
    --mount=type=secret,id=UV_INDEX_INTERNAL_2_PASSWORD,env=UV_INDEX_INTERNAL_2_PASSWORD \
    --mount=from=lock,source=/lock/pylock.toml,target=/lock/pylock.toml \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
[ "$UV_INDEX_INTERNAL_2_USERNAME" ] || unset UV_INDEX_INTERNAL_2_USERNAME
[ "$UV_INDEX_INTERNAL_2_PASSWORD" ] || unset UV_INDEX_INTERNAL_2_PASSWORD
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --only-binary :all: --requirements /lock/pylock.toml
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
slim
records
settle
EOF

# member-shop-models is the package in packages/shop-models.
FROM installer-$TARGETARCH AS member-shop-models
COPY --exclude=**/__pycache__ --exclude=**/*.pyc --exclude=**/*.egg-info --exclude=.git \
    --exclude=.venv --exclude=.mypy_cache --exclude=.pytest_cache --exclude=.ruff_cache \
    --exclude=build/bdist.* --exclude=build/lib --exclude=build/lib.* --exclude=build/temp.* \
    --exclude=dist --exclude=node_modules --exclude=uv.lock \
    packages/shop-models /src/packages/shop-models
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    --mount=type=secret,id=UV_INDEX_INTERNAL_2_USERNAME,env=UV_INDEX_INTERNAL_2_USERNAME \
    --mount=type=secret,id=UV_INDEX_INTERNAL_2_PASSWORD,env=UV_INDEX_INTERNAL_2_PASSWORD \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
[ "$UV_INDEX_INTERNAL_2_USERNAME" ] || unset UV_INDEX_INTERNAL_2_USERNAME
[ "$UV_INDEX_INTERNAL_2_PASSWORD" ] || unset UV_INDEX_INTERNAL_2_PASSWORD
uv build --wheel --out-dir /tmp/wheel /src/packages/shop-models
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --no-cache --no-index /tmp/wheel/*.whl
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# member-vendored is the package in wheels/vendored-1.0-py3-none-any.whl.
FROM installer-$TARGETARCH AS member-vendored
COPY wheels/vendored-1.0-py3-none-any.whl /src/wheels/vendored-1.0-py3-none-any.whl
RUN <<EOF
set -e
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --no-cache --no-index /src/wheels/vendored-1.0-py3-none-any.whl
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# members are these packages in one layer.
FROM builder AS members
COPY --from=member-shop-models /layer /layer
COPY --from=member-vendored /layer /layer
RUN settle

# application has the function's own files.
FROM builder AS application
COPY --exclude=**/__pycache__ --exclude=**/*.pyc --exclude=**/*.md --exclude=!**/KEEP.md \
    --exclude=!**/KEEP.md/** --exclude=drafts --exclude=drafts/** --exclude=tmp --exclude=tmp/** \
    services/orders/templates /var/task/templates
COPY --exclude=**/__pycache__ --exclude=**/*.pyc \
    services/orders/conf/prod.toml /var/task/settings/config.toml
COPY --exclude=**/__pycache__ --exclude=**/*.pyc --exclude=**/*.md --exclude=!**/KEEP.md \
    --exclude=!**/KEEP.md/** --exclude=raw --exclude=raw/** --exclude=tmp --exclude=tmp/** \
    services/orders/assets /var/task
COPY --exclude=**/__pycache__ --exclude=**/*.pyc --exclude=**/*.md --exclude=!**/KEEP.md \
    --exclude=!**/KEEP.md/** --exclude=tmp --exclude=tmp/** \
    services/orders/orders /var/task/orders
RUN settle

# dependencies-fresh is dependencies without the compiled modules whose source a later layer replaces.
FROM dependencies AS dependencies-fresh
RUN --mount=from=members,source=/layer/var/task,target=/upper/members \
    --mount=from=application,source=/layer/var/task,target=/upper/application \
    <<EOF
set -e
fresh
settle
EOF

# members-fresh is members without the compiled modules whose source a later layer replaces.
FROM members AS members-fresh
RUN --mount=from=application,source=/layer/var/task,target=/upper/application \
    <<EOF
set -e
fresh
settle
EOF

# function is the image. A change of one layer leaves the others as they are.
FROM public.ecr.aws/lambda/python:3.13 AS function
COPY --link --from=dependencies-fresh /layer /
COPY --link --from=members-fresh /layer /
COPY --link --from=application /layer /
ENV GREETING="say \"hi\" to \$USER" \
    STAGE=test
LABEL org.opencontainers.image.base.name=public.ecr.aws/lambda/python:3.13 \
    org.opencontainers.image.title=orders \
    org.opencontainers.image.version=0.1.0
CMD ["orders.handler.handle"]

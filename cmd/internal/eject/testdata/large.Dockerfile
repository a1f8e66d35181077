# syntax=docker/dockerfile:1

# Builds the image of api for AWS Lambda, on linux/arm64:
#
#     docker buildx build --provenance=false --platform linux/arm64 -t api .
#
# AWS Lambda rejects an image with attestations, which the flag turns off.

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
COPY --parents pyproject.toml uv.lock ./
RUN <<EOF
set -e
uv export --locked --quiet --no-emit-local --no-default-groups --no-header --format pylock.toml \
    --output-file /lock/pylock.toml --no-emit-package numpy --no-emit-package ours
uv export --frozen --quiet --no-emit-local --no-default-groups --no-header --format pylock.toml \
    --output-file /lock/pylock.numpy.toml --only-emit-package numpy
uv export --frozen --quiet --no-emit-local --no-default-groups --no-header --format pylock.toml \
    --output-file /lock/pylock.ours.toml --only-emit-package ours
EOF

# installer is where packages are built and installed, with what [tool.uv] says of that.
FROM builder AS installer
COPY <<'EOF' /etc/uv.toml
no-build = true

[[index]]
default = true
url = "https://packages.example.com/simple"

[[index]]
name = "private"
url = "https://ours.example.com/simple"
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
RUN echo "this Dockerfile is for linux/arm64: build with --platform linux/arm64" >&2 && exit 1

FROM installer AS installer-arm64
ENV PYTHON_PLATFORM=aarch64-manylinux_2_34

# package-numpy is a package in a layer of its own.
FROM installer-$TARGETARCH AS package-numpy
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    --mount=from=lock,source=/lock/pylock.numpy.toml,target=/lock/pylock.numpy.toml \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --only-binary :all: --requirements /lock/pylock.numpy.toml
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# package-ours is a package in a layer of its own.
FROM installer-$TARGETARCH AS package-ours
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    --mount=type=secret,id=UV_INDEX_PRIVATE_USERNAME,env=UV_INDEX_PRIVATE_USERNAME \
    --mount=type=secret,id=UV_INDEX_PRIVATE_PASSWORD,env=UV_INDEX_PRIVATE_PASSWORD \
    --mount=from=lock,source=/lock/pylock.ours.toml,target=/lock/pylock.ours.toml \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
[ "$UV_INDEX_PRIVATE_USERNAME" ] || unset UV_INDEX_PRIVATE_USERNAME
[ "$UV_INDEX_PRIVATE_PASSWORD" ] || unset UV_INDEX_PRIVATE_PASSWORD
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --only-binary :all: --requirements /lock/pylock.ours.toml
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# dependencies are the other third-party packages.
FROM installer-$TARGETARCH AS dependencies
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    --mount=type=secret,id=UV_INDEX_PRIVATE_USERNAME,env=UV_INDEX_PRIVATE_USERNAME \
    --mount=type=secret,id=UV_INDEX_PRIVATE_PASSWORD,env=UV_INDEX_PRIVATE_PASSWORD \
    --mount=from=lock,source=/lock/pylock.toml,target=/lock/pylock.toml \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
[ "$UV_INDEX_PRIVATE_USERNAME" ] || unset UV_INDEX_PRIVATE_USERNAME
[ "$UV_INDEX_PRIVATE_PASSWORD" ] || unset UV_INDEX_PRIVATE_PASSWORD
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --only-binary :all: --requirements /lock/pylock.toml
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# application has the function's own files.
FROM builder AS application
COPY app.py /var/task/app.py
RUN settle

# package-numpy-fresh is package-numpy without the compiled modules whose source a later layer replaces.
FROM package-numpy AS package-numpy-fresh
RUN --mount=from=package-ours,source=/layer/var/task,target=/upper/package-ours \
    --mount=from=dependencies,source=/layer/var/task,target=/upper/dependencies \
    --mount=from=application,source=/layer/var/task,target=/upper/application \
    <<EOF
set -e
fresh
settle
EOF

# package-ours-fresh is package-ours without the compiled modules whose source a later layer replaces.
FROM package-ours AS package-ours-fresh
RUN --mount=from=dependencies,source=/layer/var/task,target=/upper/dependencies \
    --mount=from=application,source=/layer/var/task,target=/upper/application \
    <<EOF
set -e
fresh
settle
EOF

# dependencies-fresh is dependencies without the compiled modules whose source a later layer replaces.
FROM dependencies AS dependencies-fresh
RUN --mount=from=application,source=/layer/var/task,target=/upper/application \
    <<EOF
set -e
fresh
settle
EOF

# function is the image. A change of one layer leaves the others as they are.
FROM public.ecr.aws/lambda/python:3.13 AS function
COPY --link --from=package-numpy-fresh /layer /
COPY --link --from=package-ours-fresh /layer /
COPY --link --from=dependencies-fresh /layer /
COPY --link --from=application /layer /
LABEL org.opencontainers.image.base.name=public.ecr.aws/lambda/python:3.13 \
    org.opencontainers.image.title=api \
    org.opencontainers.image.version=1.0.0
CMD ["app.handler"]

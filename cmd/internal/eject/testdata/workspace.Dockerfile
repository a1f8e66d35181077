# syntax=docker/dockerfile:1

# Builds the image of api for AWS Lambda, on linux/amd64:
#
#     docker buildx build --provenance=false --platform linux/amd64 -t api .
#
# AWS Lambda rejects an image with attestations, which the flag turns off.

# SOURCE_DATE_EPOCH is the image's own time: equal input makes an equal image.
ARG SOURCE_DATE_EPOCH=315532800

# uv is the image that holds uv.
FROM --platform=$BUILDPLATFORM ghcr.io/astral-sh/uv:0.13.9 AS uv

# builder has the function's Python for the platform that builds, so that nothing is emulated.
FROM --platform=$BUILDPLATFORM public.ecr.aws/lambda/python:3.14 AS builder
COPY --from=uv /uv /bin/
ENV PYC_INVALIDATION_MODE=UNCHECKED_HASH \
    SOURCE_DATE_EPOCH=315532800 \
    UV_LINK_MODE=copy \
    UV_NO_INSTALLER_METADATA=1 \
    UV_NO_PROGRESS=1 \
    UV_PREVIEW_FEATURES=pylock \
    UV_PYTHON=/var/lang/bin/python3.14 \
    UV_PYTHON_DOWNLOADS=never
# settle gives a layer the same times and modes in every build.
COPY --chmod=755 <<'EOF' /bin/settle
#!/var/lang/bin/python3.14 -IS
import os
from pathlib import Path

layer, time = Path("/layer"), int(os.environ["SOURCE_DATE_EPOCH"])
for path in (layer, *layer.rglob("*")):
    if not path.is_symlink():
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    os.utime(path, (time, time), follow_symlinks=False)
EOF
# The task root is a link into the layer: its bytecode holds the path it was compiled at.
RUN rm -rf /var/task && mkdir -p /layer/var/task && ln -s /layer/var/task /var/task
WORKDIR /src

# lock checks that uv.lock is up to date.
FROM builder AS lock
WORKDIR /lock
COPY --parents legacy/pyproject.toml legacy/setup.cfg library/plugins/extra/pyproject.toml \
    library/pyproject.toml pyproject.toml settings/pyproject.toml uv.lock ./
RUN uv lock --check

# installer is where packages are built and installed, with what [tool.uv] says of that.
FROM builder AS installer
ENV UV_NO_CONFIG=1
# records takes files that were left out of packages from the lists of their files.
COPY --chmod=755 <<'EOF' /bin/records
#!/var/lang/bin/python3.14 -IS
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
RUN echo "this Dockerfile is for linux/amd64: build with --platform linux/amd64" >&2 && exit 1

# member-legacy is the package in legacy.
FROM installer-$TARGETARCH AS member-legacy
COPY --exclude=**/__pycache__ --exclude=**/*.pyc --exclude=**/*.egg-info --exclude=.git \
    --exclude=.venv --exclude=.mypy_cache --exclude=.pytest_cache --exclude=.ruff_cache \
    --exclude=build/bdist.* --exclude=build/lib --exclude=build/lib.* --exclude=build/temp.* \
    --exclude=dist --exclude=node_modules --exclude=uv.lock legacy /src/legacy
# Without a [build-system], this is the one: https://peps.python.org/pep-0517/#source-trees
RUN cat >>/src/legacy/pyproject.toml <<EOF

[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta:__legacy__"
EOF
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
uv build --wheel --out-dir /tmp/wheel /src/legacy
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps --no-cache \
    --no-index /tmp/wheel/*.whl
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# member-library is the package in library.
FROM installer-$TARGETARCH AS member-library
COPY --exclude=**/__pycache__ --exclude=**/*.pyc --exclude=**/*.egg-info --exclude=.git \
    --exclude=.venv --exclude=.mypy_cache --exclude=.pytest_cache --exclude=.ruff_cache \
    --exclude=build/bdist.* --exclude=build/lib --exclude=build/lib.* --exclude=build/temp.* \
    --exclude=dist --exclude=node_modules --exclude=uv.lock --exclude=plugins/extra \
    library /src/library
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
uv build --wheel --out-dir /tmp/wheel /src/library
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps --no-cache \
    --no-index /tmp/wheel/*.whl
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# members are these packages in one layer.
FROM builder AS members
COPY --from=member-legacy /layer /layer
COPY --from=member-library /layer /layer
RUN settle

# application has the function's own files.
FROM lock AS application
COPY --exclude=**/__pycache__ --exclude=**/*.pyc app /var/task/app
RUN settle

# function is the image. A change of one layer leaves the others as they are.
FROM public.ecr.aws/lambda/python:3.14 AS function
COPY --link --from=members /layer /
COPY --link --from=application /layer /
LABEL org.opencontainers.image.base.name=public.ecr.aws/lambda/python:3.14 \
    org.opencontainers.image.title=api \
    org.opencontainers.image.version=0.1.0
CMD ["app.main.handler"]

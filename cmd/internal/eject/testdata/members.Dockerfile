# syntax=docker/dockerfile:1

# Builds the image of shop for AWS Lambda, on linux/amd64:
#
#     docker buildx build --provenance=false --platform linux/amd64 -t shop .
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
# fresh removes the compiled modules of sources that a later layer has too.
COPY --chmod=755 <<'EOF' /bin/fresh
#!/var/lang/bin/python3.14 -IS
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

# lock checks that uv.lock is up to date.
FROM builder AS lock
WORKDIR /lock
COPY --parents packages/orders/pyproject.toml packages/prices/pyproject.toml pyproject.toml \
    tools/stamp/pyproject.toml uv.lock ./
RUN uv lock --check

# installer is where packages are built and installed, with what [tool.uv] says of that.
FROM builder AS installer
COPY <<'EOF' /etc/uv.toml
[[index]]
explicit = true
name = "internal"
url = "https://packages.example.com/simple"
EOF
ENV UV_CONFIG_FILE=/etc/uv.toml
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

# member-orders is the package in packages/orders.
FROM installer-$TARGETARCH AS member-orders
COPY --exclude=**/__pycache__ --exclude=**/*.pyc --exclude=**/*.egg-info --exclude=.git \
    --exclude=.venv --exclude=.mypy_cache --exclude=.pytest_cache --exclude=.ruff_cache \
    --exclude=build/bdist.* --exclude=build/lib --exclude=build/lib.* --exclude=build/temp.* \
    --exclude=dist --exclude=node_modules --exclude=uv.lock packages/orders /src/packages/orders
COPY .gitignore /src/.gitignore
COPY --exclude=**/__pycache__ --exclude=**/*.pyc components/acme /src/components/acme
COPY --exclude=**/__pycache__ --exclude=**/*.pyc --exclude=**/*.egg-info --exclude=.git \
    --exclude=.venv --exclude=.mypy_cache --exclude=.pytest_cache --exclude=.ruff_cache \
    --exclude=build/bdist.* --exclude=build/lib --exclude=build/lib.* --exclude=build/temp.* \
    --exclude=dist --exclude=node_modules --exclude=uv.lock tools/stamp /src/tools/stamp
COPY tools/words-1.0-py3-none-any.whl /src/tools/words-1.0-py3-none-any.whl
COPY <<'EOF' /src/pyproject.toml
[tool]
[tool.uv]
[[tool.uv.index]]
explicit = true
name = 'internal'
url = 'https://packages.example.com/simple'

[tool.uv.sources]
[tool.uv.sources.hatch-stamp]
workspace = true

[tool.uv.workspace]
members = ['packages/orders', 'tools/stamp']
EOF
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    --mount=type=secret,id=UV_INDEX_INTERNAL_USERNAME,env=UV_INDEX_INTERNAL_USERNAME \
    --mount=type=secret,id=UV_INDEX_INTERNAL_PASSWORD,env=UV_INDEX_INTERNAL_PASSWORD \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
[ "$UV_INDEX_INTERNAL_USERNAME" ] || unset UV_INDEX_INTERNAL_USERNAME
[ "$UV_INDEX_INTERNAL_PASSWORD" ] || unset UV_INDEX_INTERNAL_PASSWORD
uv build --wheel --out-dir /tmp/wheel /src/packages/orders
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --no-cache --no-index /tmp/wheel/*.whl
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# member-prices is the package in packages/prices.
FROM installer-$TARGETARCH AS member-prices
COPY --exclude=**/__pycache__ --exclude=**/*.pyc --exclude=**/*.egg-info --exclude=.git \
    --exclude=.venv --exclude=.mypy_cache --exclude=.pytest_cache --exclude=.ruff_cache \
    --exclude=build/bdist.* --exclude=build/lib --exclude=build/lib.* --exclude=build/temp.* \
    --exclude=dist --exclude=node_modules --exclude=uv.lock packages/prices /src/packages/prices
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    --mount=type=secret,id=UV_INDEX_INTERNAL_USERNAME,env=UV_INDEX_INTERNAL_USERNAME \
    --mount=type=secret,id=UV_INDEX_INTERNAL_PASSWORD,env=UV_INDEX_INTERNAL_PASSWORD \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
[ "$UV_INDEX_INTERNAL_USERNAME" ] || unset UV_INDEX_INTERNAL_USERNAME
[ "$UV_INDEX_INTERNAL_PASSWORD" ] || unset UV_INDEX_INTERNAL_PASSWORD
uv build --wheel --out-dir /tmp/wheel /src/packages/prices
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --no-cache --no-index /tmp/wheel/*.whl
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# members are these packages in one layer.
FROM builder AS members
COPY --from=member-orders /layer /layer
COPY --from=member-prices /layer /layer
RUN settle

# application has the function's own files.
FROM lock AS application
COPY main.py /var/task/main.py
RUN settle

# members-fresh is members without the compiled modules whose source a later layer replaces.
FROM members AS members-fresh
RUN --mount=from=application,source=/layer/var/task,target=/upper/application \
    <<EOF
set -e
fresh
settle
EOF

# function is the image. A change of one layer leaves the others as they are.
FROM public.ecr.aws/lambda/python:3.14 AS function
COPY --link --from=members-fresh /layer /
COPY --link --from=application /layer /
LABEL org.opencontainers.image.base.name=public.ecr.aws/lambda/python:3.14 \
    org.opencontainers.image.title=shop \
    org.opencontainers.image.version=1.0
CMD ["main.handler"]

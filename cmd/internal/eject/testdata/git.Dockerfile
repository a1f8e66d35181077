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

# lock checks uv.lock, and lists what to install; the next stages depend on the list only.
FROM builder AS lock
WORKDIR /lock
COPY --parents pyproject.toml uv.lock ./
RUN uv export --locked --quiet --no-emit-local --no-default-groups --no-header --format pylock.toml \
    --output-file /lock/pylock.toml --no-emit-package helper --no-emit-package library

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
RUN echo "this Dockerfile is for linux/arm64: build with --platform linux/arm64" >&2 && exit 1

FROM installer AS installer-arm64
ENV PYTHON_PLATFORM=aarch64-manylinux_2_34

# git-helper is a package from git, of the version that uv.lock has.
FROM installer-$TARGETARCH AS git-helper
# A private repository takes --secret id=GIT_AUTH_TOKEN, or --ssh default.
ADD ssh://git@git.example.com/team/helper.git#00112233445566778899aabbccddeeff00112233 /src/helper-0.3
ENV PBR_VERSION=0.3 \
    PDM_BUILD_SCM_VERSION=0.3 \
    POETRY_DYNAMIC_VERSIONING_BYPASS=0.3 \
    SETUPTOOLS_SCM_PRETEND_VERSION=0.3 \
    UV_DYNAMIC_VERSIONING_BYPASS=0.3 \
    VCS_VERSIONING_PRETEND_VERSION=0.3
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
cd /src/helper-0.3
# Without a [build-system], this is the one: https://peps.python.org/pep-0517/#source-trees
grep -qs '^ *\[build-system\]' pyproject.toml || \
    printf '\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta:__legacy__"\n' \
    >>pyproject.toml
# setuptools-scm packages the files of a commit.
if grep -qs scm pyproject.toml setup.py setup.cfg; then \
    echo 'node: 00112233445566778899aabbccddeeff00112233' >.git_archival.txt; fi
echo helper==0.3 >/tmp/version.txt
uv build --wheel --out-dir /tmp/wheel .
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --no-cache --no-index --constraints /tmp/version.txt /tmp/wheel/*.whl
rm -f /var/task/.lock
[ -e /var/task/bin/__init__.py ] || rm -rf /var/task/bin
records
settle
EOF

# git-library is a package from git, of the version that uv.lock has.
FROM installer-$TARGETARCH AS git-library
# A private repository takes --secret id=GIT_AUTH_TOKEN, or --ssh default.
ADD https://github.com/example/library.git#0123456789abcdef0123456789abcdef01234567 /src/library-2.1.0
ENV PBR_VERSION=2.1.0 \
    PDM_BUILD_SCM_VERSION=2.1.0 \
    POETRY_DYNAMIC_VERSIONING_BYPASS=2.1.0 \
    SETUPTOOLS_SCM_PRETEND_VERSION=2.1.0 \
    UV_DYNAMIC_VERSIONING_BYPASS=2.1.0 \
    VCS_VERSIONING_PRETEND_VERSION=2.1.0
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=secret,id=netrc,target=/root/.netrc \
    --mount=type=secret,id=ca \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
cd /src/library-2.1.0/python
# Without a [build-system], this is the one: https://peps.python.org/pep-0517/#source-trees
grep -qs '^ *\[build-system\]' pyproject.toml || \
    printf '\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta:__legacy__"\n' \
    >>pyproject.toml
# setuptools-scm packages the files of a commit.
if grep -qs scm pyproject.toml setup.py setup.cfg; then \
    echo 'node: 0123456789abcdef0123456789abcdef01234567' >.git_archival.txt; fi
echo library==2.1.0 >/tmp/version.txt
uv build --wheel --out-dir /tmp/wheel .
uv pip install --target /var/task --python-platform $PYTHON_PLATFORM --no-deps \
    --compile-bytecode --no-cache --no-index --constraints /tmp/version.txt /tmp/wheel/*.whl
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
    --mount=from=lock,source=/lock/pylock.toml,target=/lock/pylock.toml \
    <<EOF
set -e
if [ -e /run/secrets/ca ]; then export SSL_CERT_FILE=/run/secrets/ca; fi
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

# git-helper-fresh is git-helper without the compiled modules whose source a later layer replaces.
FROM git-helper AS git-helper-fresh
RUN --mount=from=git-library,source=/layer/var/task,target=/upper/git-library \
    --mount=from=dependencies,source=/layer/var/task,target=/upper/dependencies \
    --mount=from=application,source=/layer/var/task,target=/upper/application \
    <<EOF
set -e
fresh
settle
EOF

# git-library-fresh is git-library without the compiled modules whose source a later layer replaces.
FROM git-library AS git-library-fresh
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
FROM public.ecr.aws/lambda/python:3.14 AS function
COPY --link --from=git-helper-fresh /layer /
COPY --link --from=git-library-fresh /layer /
COPY --link --from=dependencies-fresh /layer /
COPY --link --from=application /layer /
LABEL org.opencontainers.image.base.name=public.ecr.aws/lambda/python:3.14 \
    org.opencontainers.image.title=api \
    org.opencontainers.image.version=1.0.0
CMD ["app.handler"]

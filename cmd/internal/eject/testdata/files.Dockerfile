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
# The task root is a link into the layer: its bytecode holds the path it was compiled at.
RUN rm -rf /var/task && mkdir -p /layer/var/task && ln -s /layer/var/task /var/task
WORKDIR /src

# lock checks that uv.lock is up to date.
FROM builder AS lock
WORKDIR /lock
COPY --parents pyproject.toml uv.lock ./
RUN uv lock --check

# image-1 is the image that the function has files of.
FROM registry.example.com/adapter:1 AS image-1

# files-1 has files of registry.example.com/adapter:1.
FROM builder AS files-1
COPY --from=image-1 --chown=0:0 /lambda-adapter /layer/opt/extensions/
COPY --from=image-1 --chown=0:0 /licence /layer/var/task/
RUN settle

# image-2 is the image that the function has files of.
FROM registry.example.com/model:2 AS image-2

# files-2 has files of registry.example.com/model:2.
FROM builder AS files-2
COPY --from=image-2 --chown=0:0 /model /layer/var/task/model/
RUN settle

# files-3 has files of the context.
FROM builder AS files-3
COPY --exclude=**/__pycache__ --exclude=**/*.pyc run.sh /layer/opt/extensions/run.sh
COPY --exclude=**/__pycache__ --exclude=**/*.pyc conf /layer/opt
RUN <<EOF
set -e
rm -r /layer/var
settle
EOF

# application has the function's own files.
FROM lock AS application
COPY --exclude=**/__pycache__ --exclude=**/*.pyc templates /var/task/templates
COPY app.py /var/task/app.py
RUN settle

# function is the image. A change of one layer leaves the others as they are.
FROM public.ecr.aws/lambda/python:3.14 AS function
COPY --link --from=files-1 /layer /
COPY --link --from=files-2 /layer /
COPY --link --from=files-3 /layer /
COPY --link --from=application /layer /
LABEL org.opencontainers.image.base.name=public.ecr.aws/lambda/python:3.14 \
    org.opencontainers.image.title=api \
    org.opencontainers.image.version=1.0.0
CMD ["app.handler"]

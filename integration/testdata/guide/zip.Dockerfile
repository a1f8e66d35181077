# The commands of uv's guide "Deploying a zip archive", word by word, from
# `uv export` to the last `zip -r`. They time themselves, so that starting the
# container does not count. Project and uv cache share a file system, as they
# do on most machines: uv then links what it installs.
FROM ghcr.io/astral-sh/uv:0.9.26 AS uv

FROM public.ecr.aws/lambda/python:3.13
ENV UV_CACHE_DIR=/guide/cache
COPY --from=programs zip /usr/bin/zip
RUN --mount=from=uv,source=/uv,target=/bin/uv \
    --mount=type=cache,id=guide-zip,target=/guide \
    --mount=type=bind,target=/context \
    <<EOF
set -eu
rm -rf /guide/project
cp -r /context /guide/project
cd /guide/project
start=$(date +%s%N)
uv export --frozen --no-dev --no-editable -o requirements.txt
uv pip install \
   --no-installer-metadata \
   --no-compile-bytecode \
   --python-platform x86_64-manylinux2014 \
   --python 3.13 \
   --target packages \
   -r requirements.txt
cd packages
zip -r ../package.zip .
cd ..
zip -r package.zip app
echo "nanoseconds: $(($(date +%s%N) - start))"
ls -l package.zip
EOF

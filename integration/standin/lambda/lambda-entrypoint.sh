#!/bin/sh
# Starts a function by its handler, like the entrypoint of AWS's base images.
if [ $# -ne 1 ]; then
    echo "entrypoint requires the handler name to be the first argument" >&2
    exit 142
fi
export _HANDLER="$1"
if [ -n "$AWS_LAMBDA_RUNTIME_API" ]; then
    exec /var/runtime/bootstrap
fi
if [ -x /usr/local/bin/aws-lambda-rie ]; then
    exec /usr/local/bin/aws-lambda-rie /var/runtime/bootstrap
fi
echo "AWS_LAMBDA_RUNTIME_API is not set, and this image holds no runtime interface emulator" >&2
exit 1

#!/bin/sh
# lock.sh [PYTHON]: makes the hash-locked requirements anew from pyproject.toml (needs the network; uv from the package index).
set -eu
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${1:-python3}" -m venv "$tools"
"$tools/bin/python" -m pip --disable-pip-version-check --quiet install uv
lock() { # OUTPUT ARGUMENTS...
    output=$1
    shift
    "$tools/bin/uv" pip compile --quiet --universal --generate-hashes --python-version 3.11 \
        --custom-compile-command './kiosk lock' --no-emit-index-url --output-file "installer/$output" "$@"
}
lock requirements-build.lock installer/build.in
lock requirements.lock pyproject.toml
lock requirements-test.lock --extra test pyproject.toml

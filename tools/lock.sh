#!/bin/sh
# Resolve the requirements anew, with hashes and without any registry's address.
set -eu
cd "$(dirname "$0")/../requirements"
compile() { uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q "$@"; }
compile ../pyproject.toml --extra all --group ../pyproject.toml:dev -o dev.txt
compile ../pyproject.toml --extra all -c dev.txt -o all.txt
compile ../pyproject.toml -c dev.txt -o base.txt
compile runtime.in -o runtime.txt
compile test.in -c dev.txt -o test.txt

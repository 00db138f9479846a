#!/usr/bin/env bash
# Runs the samples from a copy of the configuration, so that the ledger of a real run is left alone.
set -euo pipefail
demo=$1 source=$2
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$source/conf" "$source/mappings" "$source/samples" "$copy/"
cd "$copy"
"$demo" --once

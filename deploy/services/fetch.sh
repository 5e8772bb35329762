#!/usr/bin/env bash
# Fetch both servers into the cache, once; after that tests and `make services` need no network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
kafka/up.sh --fetch
elasticsearch/up.sh --fetch

#!/usr/bin/env bash
# The system packages that let every test run: a Redis, so that Bull is tested, a Chromium, for the end-to-end tests, and
# psql, which the benchmark of the import is measured against. Debian and Ubuntu. Without root or sudo it only says what is missing.
set -uo pipefail

missing=()
command -v redis-server >/dev/null || command -v valkey-server >/dev/null || missing+=(redis-server)
command -v psql >/dev/null || missing+=(postgresql-client)
[[ -n "${CHROMIUM:-}" ]] || command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
if (( ${#missing[@]} == 0 )); then
  echo "All system packages are there."
  exit 0
fi

as_root=()
if (( $(id -u) != 0 )); then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  else
    echo "Missing: ${missing[*]}. Neither root nor sudo: install them by hand." >&2
    exit 1
  fi
fi
if ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]}. There is no apt-get here: install them by hand." >&2
  exit 1
fi

# A mirror that does not answer at once usually does a little later.
retry() {
  local attempt
  for attempt in 1 2 3 4; do
    "$@" && return 0
    echo "Attempt $attempt failed: $*" >&2
    sleep $(( attempt * 5 ))
  done
  return 1
}

# No service is started by an installation: the tests start their own Redis.
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=120 -qq "$@"; }
retry apt update || echo "The lists of packages could not be brought up to date; trying with those at hand." >&2
retry apt install -y --no-install-recommends "${missing[@]}"

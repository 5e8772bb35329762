#!/usr/bin/env bash
# Make sure that there is dovecot, the IMAP server of the tests; does nothing where there is one.
# It is started by the tests alone, as an unprivileged process on loopback.
set -euo pipefail

for found in "$(command -v dovecot || true)" /usr/sbin/dovecot /usr/local/sbin/dovecot; do
    if [[ -n "$found" && -x "$found" ]]; then
        echo "bunco: the IMAP server is $found"
        exit 0
    fi
done

as_root=()
[[ "$(id -u)" == 0 ]] || as_root=(sudo -n)
if command -v apt-get > /dev/null && { [[ "$(id -u)" == 0 ]] || sudo -n true 2> /dev/null; }; then
    echo "bunco: installing Debian's dovecot"
    export DEBIAN_FRONTEND=noninteractive
    # RUNLEVEL: the package's own service is not started.
    if "${as_root[@]}" apt-get update -qq \
        && RUNLEVEL=1 "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
            dovecot-imapd openssl > /dev/null; then
        exit 0
    fi
fi
echo "bunco: there is no dovecot and it cannot be installed (apt-get install dovecot-imapd)" >&2
exit 69

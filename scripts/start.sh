#!/usr/bin/env bash
# Installs, builds, starts the embedded ledger with its contracts and a gateway per member, and plays the demonstration.
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"
install_packages
build
exec node --enable-source-maps bin/concordat.js start "$@"

#!/usr/bin/env bash
# Installs, builds, lints and runs every test.
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"
install_packages
try_postgres
build
echo '▸ lint'
npm run --silent lint
echo '▸ tests'
export NODE_OPTIONS="--enable-source-maps ${NODE_OPTIONS:-}"
npx mocha "$@"
echo '▸ golden (recorded answers of a real network)'
npm run --silent golden
echo '▸ golden on a real network'
node dist/scripts/golden.js --real

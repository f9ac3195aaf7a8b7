# Sourced by start.sh and test.sh: checks Node.js, installs the locked packages once per lock file, builds when needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export SCARF_ANALYTICS=false
export NO_UPDATE_NOTIFIER=1

if ! command -v node >/dev/null 2>&1; then
  echo 'Node.js 20.19 or newer is needed: https://nodejs.org/en/download' >&2
  exit 1
fi
node -e '
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node.js 20.19 or newer is needed, this is ${process.version}: https://nodejs.org/en/download`);
    process.exit(1);
  }'

stamp() { cat package-lock.json <(node --version) | cksum | tr -d ' \n'; }

install_packages() {
  if [ -f node_modules/.concordat-stamp ] && [ "$(cat node_modules/.concordat-stamp)" = "$(stamp)" ]; then return; fi
  echo '▸ installing packages (a minute or two the first time)'
  npm ci --no-fund --no-audit --loglevel=error
  stamp > node_modules/.concordat-stamp
}

# The tests of the gateway on PostgreSQL start a private one; without it they are skipped, and say so.
try_postgres() {
  if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then return; fi
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then return; fi
  echo '▸ installing PostgreSQL for the tests'
  DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -qq postgresql >/dev/null 2>&1 ||
    echo 'PostgreSQL could not be installed; its tests will be skipped' >&2
}

build() {
  if [ -f dist/.built ] && [ -z "$(find chaincode network gateway evidence scripts test docs/data package.json tsconfig.json -newer dist/.built -type f -print -quit 2>/dev/null)" ]; then return; fi
  echo '▸ building'
  npm run --silent build
  touch dist/.built
}

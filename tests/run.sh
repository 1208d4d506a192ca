#!/bin/sh
# `make test`: checks, then lane after lane. Two lanes use every core; the races want the whole machine for one run.
# Chromium is installed when it is missing.
set -eu
bin=.venv/bin

if ! command -v chromium >/dev/null && [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
    echo "Installing Chromium for the browser lane …"
    sudo=""; [ "$(id -u)" -eq 0 ] || sudo="sudo"
    if ! { $sudo apt-get update -qq && $sudo apt-get install -y -qq chromium >/dev/null; }; then
        echo "Chromium is needed for the browser lane. Install it (apt-get install chromium), or name it in CHROMIUM." >&2
        exit 1
    fi
fi

echo "Style, types, templates and container files …"
make -s lint
failed=0
for lane in fast browser race; do
    echo "The $lane lane …"
    make -s $lane || failed=1
done
exit $failed

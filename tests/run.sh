#!/bin/sh
# `make test`: checks, the fast lane beside the browser lane, then the race lane alone: it wants the whole machine.
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
echo "Tests, and the pages in Chromium beside them …"
mkdir -p instance
HOLDFAST_TEST_LANE=browser $bin/python -m pytest -m browser -p no:cacheprovider >instance/browser-lane.log 2>&1 &
browser=$!
trap 'kill $browser 2>/dev/null || true' INT TERM
failed=0
$bin/python -m pytest -m "not browser and not race and not chaos" || failed=1
wait $browser || failed=1
echo "The pages in Chromium:"
cat instance/browser-lane.log
echo "Races …"
$bin/python -m pytest -m "race and not chaos" || failed=1
exit $failed

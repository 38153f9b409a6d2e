#!/usr/bin/env bash
# Serves a finished run by a Prometheus of its own until Ctrl-C: review.sh RUN.db [OPTION OF credsim export…]
#
# The run is exported so that it ends now, backfilled with what the recording rules make of it, and served on a loopback
# address from a folder that goes away at the end. CREDSIM names the program, CREDSIM_REVIEW_ADDRESS (127.0.0.1:9090) where.
set -euo pipefail

here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
credsim="${CREDSIM:-$here/../build/release/credsim}"
address="${CREDSIM_REVIEW_ADDRESS:-127.0.0.1:9090}"

die() {
  printf 'review: %s\n' "$*" >&2
  exit 1
}
(($# >= 1)) || die "usage: review.sh RUN.db [OPTION OF credsim export...]"
database="$1"
shift
[[ -r $database ]] || die "$database cannot be read"
for program in prometheus promtool python3; do
  command -v "$program" >/dev/null || die "$program is missing; apt-get install ${program/promtool/prometheus}"
done

work="$(mktemp -d "${TMPDIR:-/tmp}/credsim-review-XXXXXX")"
server=
stop() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
# A second signal is not to leave the folder behind.
trap 'trap "" INT TERM; stop; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

printf 'global: {}\n' >"$work/prometheus.yml"

is_ready() {
  python3 - "$address" <<'PYTHON' 2>/dev/null
import sys, urllib.request
urllib.request.urlopen(f"http://{sys.argv[1]}/-/ready", timeout=1)
PYTHON
}

start() {
  # Without the long retention Prometheus deletes what is older than a fortnight within seconds.
  prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --storage.tsdb.retention.time=100y \
    --web.listen-address="$address" --log.level=warn >>"$work/log" 2>&1 &
  server=$!
  until is_ready; do
    kill -0 "$server" 2>/dev/null || {
      cat "$work/log" >&2
      die "Prometheus did not start; is $address free? CREDSIM_REVIEW_ADDRESS=127.0.0.1:PORT says another"
    }
    sleep 0.1
  done
}

if is_ready; then die "another Prometheus is at $address; CREDSIM_REVIEW_ADDRESS=127.0.0.1:PORT says where this one shall be"; fi
printf 'exporting %s\n' "$database"
"$credsim" export "$database" --format openmetrics --shift-to-now -o "$work/run.om" "$@"
# The times of the first and the last sample; the clock's series is in every run.
read -r begin end < <(awk '/^credsim_simulation_time_seconds /{ if (!n++) a = int($3); b = int($3) } END { print a, b + 1 }' "$work/run.om")
[[ -n ${end:-} ]] || die "the export has no credsim_simulation_time_seconds"
step="$(awk '/^credsim_simulation_time_seconds /{ if (n++ == 1) { print int($3 - a); exit } a = $3 }' "$work/run.om")"

printf 'making blocks\n'
promtool tsdb create-blocks-from --max-block-duration=744h -q openmetrics "$work/run.om" "$work/data"
rm "$work/run.om"
start
printf 'making what the rules record\n'
python3 -B "$here/record_rates.py" --url "http://$address" --from "$begin" --to "$end" --step "${step:-60}" >"$work/rates.om"
promtool tsdb create-blocks-from --max-block-duration=744h -q openmetrics "$work/rates.om" "$work/data"
rm "$work/rates.om"
# A Prometheus that starts sees the new blocks at once; one that runs would after a minute.
stop
start

printf '\nhttp://%s serves the run from %s to %s UTC.\n' "$address" "$(date -u -d "@$begin" '+%F %T')" "$(date -u -d "@$end" '+%F %T')"
printf 'Grafana: ?from=%s000&to=%s000 behind a dashboard'\''s address shows all of it. Ctrl-C ends this.\n' "$begin" "$end"
wait "$server" || true
server=
die "Prometheus has ended: $(tail -1 "$work/log")"

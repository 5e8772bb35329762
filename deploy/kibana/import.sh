#!/bin/sh
# Import bunco's dashboards into a Kibana, with curl alone. Running it again overwrites them.
#
#   KIBANA_URL=https://kibana.example.org:5601 KIBANA_API_KEY=… deploy/kibana/import.sh [FILE]
#
# FILE is what "bunco kibana export" wrote; else the one in this checkout, for indices that begin
# with "bunco". Credentials: KIBANA_API_KEY, or KIBANA_USERNAME and KIBANA_PASSWORD, or none.
# KIBANA_SPACE names a space. KIBANA_WAIT is how many seconds to wait for a Kibana that is still
# starting (60). Certificates of your own: CURL_CA_BUNDLE.
set -eu

: "${KIBANA_URL:?set it to the address of your Kibana}"
file=${1:-$(dirname "$0")/../../dashboards/kibana/bunco.ndjson}
wait=${KIBANA_WAIT:-60}
url=${KIBANA_URL%/}${KIBANA_SPACE:+/s/$KIBANA_SPACE}/api/saved_objects/_import?overwrite=true

[ -r "$file" ] || { echo "import.sh: cannot read $file" >&2; exit 2; }

quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# Over standard input: what stands on a command line can be read by every user of the machine.
credentials() {
	if [ -n "${KIBANA_API_KEY:-}" ]; then
		printf 'header = "Authorization: ApiKey %s"\n' "$(quoted "$KIBANA_API_KEY")"
	elif [ -n "${KIBANA_USERNAME:-}" ]; then
		printf 'user = "%s:%s"\n' "$(quoted "$KIBANA_USERNAME")" "$(quoted "${KIBANA_PASSWORD:-}")"
	fi
}

answer=$(credentials | curl --silent --show-error --config - --max-time 60 \
	--retry 1000 --retry-delay 1 --retry-connrefused --retry-max-time "$wait" \
	--header 'kbn-xsrf: bunco' --form "file=@$file;type=application/ndjson" \
	--write-out '\n%{http_code}' "$url") || exit 1

case $answer in
*'"success":true'*) echo "Imported: $(printf '%s' "$answer" | grep -o '"successCount":[0-9]*' | cut -d: -f2) objects." ;;
*)
	echo "import.sh: Kibana did not take the objects:" >&2
	printf '%s\n' "$answer" | cut -c 1-2000 >&2
	exit 1
	;;
esac

#!/usr/bin/env bash
# Run one real Apache Kafka broker (KRaft) on loopback, in the foreground, until SIGTERM.
#
#   up.sh FOLDER PORT   data stays in FOLDER: the same folder again is a restart. The controller
#                       listens at PORT+1.
#   up.sh --fetch       only fetch what it needs (43 MB)
#   up.sh --check       say whether it could start at once, without the network
#
# KAFKA_JAVA_OPTS replaces the memory settings.
set -euo pipefail

NAME=Kafka
VERSION=4.4.0
CACHE_NAME=kafka-$VERSION
MIN_JAVA=17
IMAGE=apache/kafka:$VERSION
# shellcheck source=deploy/services/server.sh
. "$(dirname "${BASH_SOURCE[0]}")/../server.sh"

is_fetched() { [ -f "$CACHE/kafka_2.13-$VERSION.jar" ]; }

fetch() {
  JAVA_HOME=$(java_home) mvn --batch-mode --quiet -Dstyle.color=never --file "$HERE/pom.xml" -Dkafka.version="$VERSION" \
    org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$1" >&2
}

# Write FOLDER/config/server.properties: the fixed part, and what depends on folder and port.
configure() {
  local folder=$1 port=$2
  mkdir -p "$folder/config" "$folder/data"
  cat "$HERE/server.properties" - > "$folder/config/server.properties" <<PROPERTIES
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.quorum.voters=1@127.0.0.1:$((port + 1))
log.dirs=$folder/data
PROPERTIES
}

# Start and end a broker once and keep the classes it loaded: later ones start in half the time.
# Where that fails the archive is empty, and nobody tries again.
archive_classes() {
  local archive=$1 java=$2 folder port broker
  [ ! -f "$archive" ] || return 0
  folder=$(mktemp -d) port=$((20000 + RANDOM % 5000 * 2))
  configure "$folder" "$port"
  format "$folder" "$java"
  timeout 30 "$java" -Xmx256m "${OPTIONS[@]}" -XX:ArchiveClassesAtExit="$folder/classes" \
    kafka.Kafka "$folder/config/server.properties" >/dev/null 2>&1 & broker=$!
  while kill -0 "$broker" 2>/dev/null && ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    sleep 0.1
  done
  kill "$broker" 2>/dev/null || true
  wait "$broker" || true
  touch "$folder/classes"
  mv -f "$folder/classes" "$archive"
  rm -rf "$folder"
}

format() {
  [ -f "$1/data/meta.properties" ] ||
    "$2" -Xmx128m "${OPTIONS[@]}" kafka.tools.StorageTool format \
      --cluster-id YnVuY28sIG9uZSBicm9rZQ --config "$1/config/server.properties" >/dev/null
}

OPTIONS=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.awt.headless=true
  -Dlog4j2.configurationFile="$HERE/log4j2.properties" -cp "$CACHE/*")

run_java() {
  local folder=$1 home archive
  home=$(java_home)
  archive=$CACHE/classes-$(cksum < "$home/release" | cut -d' ' -f1).jsa
  alone archive_classes "$archive" "$home/bin/java"
  [ ! -s "$archive" ] || OPTIONS+=(-XX:SharedArchiveFile="$archive")
  configure "$@"
  format "$folder" "$home/bin/java"
  # shellcheck disable=SC2086 # several options in one variable
  exec "$home/bin/java" ${KAFKA_JAVA_OPTS:--Xms64m -Xmx256m} "${OPTIONS[@]}" \
    kafka.Kafka "$folder/config/server.properties"
}

# The image takes a server.properties from /mnt/shared/config and formats new data by itself.
run_docker() {
  configure "$@"
  exec_container "$1" --user "$(id -u):0" --volume "$1/data:$1/data" \
    --volume "$1/config:/mnt/shared/config:ro" "$IMAGE"
}

main "$@"

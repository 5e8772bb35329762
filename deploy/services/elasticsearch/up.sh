#!/usr/bin/env bash
# Run one real Elasticsearch node on loopback, in the foreground, until SIGTERM.
#
#   up.sh FOLDER PORT   data stays in FOLDER: the same folder again is a restart
#   up.sh --fetch       only fetch what it needs (947 MB, of which 160 MB are kept)
#   up.sh --check       say whether it could start at once, without the network
#
# Elasticsearch itself is not on Maven Central; SonarQube, which is, carries a whole one. It is
# under the Elastic License 2.0: fetched by whoever runs this, no part of bunco.
# ES_JAVA_OPTS replaces the memory settings. BUNCO_SERVICES_PASSWORD turns security on, with that
# password for the user elastic; without it nobody is asked who they are.
set -euo pipefail

NAME=Elasticsearch
VERSION=9.4.3
SONARQUBE=26.9.0.129388
CACHE_NAME=elasticsearch-$VERSION
MIN_JAVA=21
IMAGE=docker.elastic.co/elasticsearch/elasticsearch:$VERSION
# shellcheck source=deploy/services/server.sh
. "$(dirname "${BASH_SOURCE[0]}")/../server.sh"

ES=$CACHE/sonarqube-$SONARQUBE/elasticsearch
MEMORY=${ES_JAVA_OPTS:--Xms512m -Xmx512m}

is_fetched() { [ -f "$ES/lib/elasticsearch-$VERSION.jar" ]; }

fetch() {
  JAVA_HOME=$(java_home) mvn --batch-mode --quiet -Dstyle.color=never --file "$HERE/pom.xml" \
    -Dsonarqube.version="$SONARQUBE" -Dfolder="$1" \
    generate-resources >&2
  mkdir -p "$1/sonarqube-$SONARQUBE/elasticsearch/"{plugins,logs}  # a node looks for both
}

# Compile the launcher once for each version of its source and of Java.
compile() {
  [ ! -f "$1/Node.class" ] || return 0
  rm -rf "$1.part"
  "$(java_home)/bin/javac" -cp "$ES/lib/*" -d "$1.part" "$HERE/Node.java"
  mv "$1.part" "$1"
}

run_java() {
  local folder=$1 port=$2 java launcher platform
  java=$(java_home)
  launcher=$CACHE/launcher-$(cat "$HERE/Node.java" "$java/release" | cksum | cut -d' ' -f1)
  alone compile "$launcher"
  case $(uname -m) in aarch64|arm64) platform=linux-aarch64 ;; *) platform=linux-x64 ;; esac
  mkdir -p "$ES/plugins" "$ES/logs" "$folder/config" "$folder/logs"
  cp "$ES/config/log4j2.properties" "$folder/config/"
  # Flags of the JVM and of Netty: those that Elasticsearch's own start script sets.
  # shellcheck disable=SC2086 # several options in one variable
  exec "$java/bin/java" $MEMORY -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
    --module-path "$ES/lib" \
    --add-modules=jdk.net,jdk.management.agent,jdk.incubator.vector,ALL-MODULE-PATH \
    --enable-native-access=org.elasticsearch.nativeaccess,org.apache.lucene.core \
    -Djava.library.path="$ES/lib/platform/$platform" -Djava.io.tmpdir="$folder/logs" \
    -Des.path.home="$ES" -Des.distribution.type=zip \
    -Dlog4j2.disable.jmx=true -Dlog4j.shutdownHookEnabled=false \
    -Dio.netty.noUnsafe=true -Dio.netty.noKeySetOptimization=true \
    -Dio.netty.recycler.maxCapacityPerThread=0 \
    -cp "$launcher" Node "$ES" "$folder" "$port"
}

run_docker() {
  local secure=false
  [ -z "${BUNCO_SERVICES_PASSWORD:-}" ] || secure=true
  export ELASTIC_PASSWORD=${BUNCO_SERVICES_PASSWORD:-}
  mkdir -p "$1/data"
  exec_container "$1" --user "$(id -u):0" --volume "$1/data:/usr/share/elasticsearch/data" \
    --env discovery.type=single-node --env ELASTIC_PASSWORD \
    --env xpack.security.enabled=$secure --env xpack.security.http.ssl.enabled=false \
    --env http.host=127.0.0.1 --env http.port="$2" --env transport.host=127.0.0.1 \
    --env cluster.routing.allocation.disk.threshold_enabled=false \
    --env ES_JAVA_OPTS="$MEMORY" "$IMAGE"
}

main "$@"

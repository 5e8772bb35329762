# What both up.sh scripts share: how a server is found, fetched once and started.
#
# Sourced with the variables NAME (for people), CACHE_NAME, MIN_JAVA, IMAGE and the functions
# is_fetched, fetch, run_java FOLDER PORT and run_docker FOLDER PORT.
# Exit codes are those of sysexits.h: 64 wrong use, 69 the server cannot be had on this machine.

HERE=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
CACHES=${BUNCO_SERVICES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bunco-services}
CACHE=$CACHES/$CACHE_NAME

fail() { local code=$1; shift; printf '%s: %s\n' "$NAME" "$*" >&2; exit "$code"; }

# Print the Java homes of this machine, those that somebody chose first.
java_homes() {
  local path
  [ -z "${JAVA_HOME:-}" ] || echo "$JAVA_HOME"
  path=$(command -v java) && path=$(readlink -f "$path") && echo "${path%/bin/java}"
  ls -d /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home 2>/dev/null || true
}

# Print the first Java home of MIN_JAVA or newer that has a compiler.
java_home() {
  local home major
  while read -r home; do
    [ -x "$home/bin/javac" ] && [ -r "$home/release" ] || continue
    major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
    [ "${major:-0}" -lt "$MIN_JAVA" ] || { echo "$home"; return; }
  done < <(java_homes)
  return 1
}

# Print what is missing to run the server with Java, or nothing.
missing_for_java() {
  [ "$(uname -s)" = Linux ] || { echo "the jars are run on Linux only"; return; }
  java_home >/dev/null || { echo "there is no JDK of $MIN_JAVA or newer in JAVA_HOME, on PATH or" \
    "under /usr/lib/jvm (apt install openjdk-$MIN_JAVA-jdk-headless, or a Temurin JDK from" \
    "https://adoptium.net/installation/linux)"; return; }
  is_fetched || command -v mvn >/dev/null ||
    echo "Maven, which fetches it, is not on PATH (apt install maven)"
}

docker_answers() {
  local limit=
  command -v docker >/dev/null || return 1
  if command -v timeout >/dev/null; then limit="timeout 10"; fi
  $limit docker info >/dev/null 2>&1
}

# Print how to run it: java or docker. BUNCO_SERVICES_WITH decides, else what is there, Java first.
way() {
  local missing
  missing=$(missing_for_java)
  case ${BUNCO_SERVICES_WITH:-} in
    docker) docker_answers || fail 69 "BUNCO_SERVICES_WITH=docker, and no Docker engine answers"
            echo docker ;;
    java)   [ -z "$missing" ] || fail 69 "$missing"; echo java ;;
    "")     if [ -z "$missing" ]; then echo java; elif docker_answers; then echo docker
            else fail 69 "$missing; and no Docker engine answers instead"; fi ;;
    *)      fail 64 "BUNCO_SERVICES_WITH is java or docker, not '$BUNCO_SERVICES_WITH'" ;;
  esac
}

# Run a command while no other script works on the same cache folder.
alone() {
  mkdir -p "$CACHES"
  if command -v flock >/dev/null; then exec 9>"$CACHES/.$CACHE_NAME.lock"; flock 9; fi
  "$@"
  exec 9>&-
}

# Fetch into a folder beside the final one: what has the final name is whole.
fetch_whole() {
  is_fetched && return
  local part=$CACHES/.$CACHE_NAME.part
  echo "$NAME: fetching from Maven Central, once" >&2
  rm -rf "$part" "$CACHE"
  fetch "$part" || { rm -rf "$part"; fail 69 "Maven could not fetch it (see above)"; }
  mv "$part" "$CACHE"
}

in_cache_or_fetched() {
  if [ "$1" = docker ]; then docker image inspect "$IMAGE" >/dev/null 2>&1 || docker pull "$IMAGE" >&2
  else is_fetched || alone fetch_whole; fi
}

main() {
  local how
  case ${1:-} in
    --fetch) how=$(way); in_cache_or_fetched "$how" ;;
    --check) how=$(way)
             if [ "$how" = java ]; then is_fetched; else docker image inspect "$IMAGE" >/dev/null 2>&1; fi ||
               fail 69 "not fetched yet (once: deploy/services/fetch.sh)" ;;
    ""|-*)   fail 64 "usage: up.sh FOLDER PORT | up.sh --fetch | up.sh --check" ;;
    *)       [ $# -eq 2 ] || fail 64 "usage: up.sh FOLDER PORT"
             how=$(way); in_cache_or_fetched "$how"
             mkdir -p "$1"; "run_$how" "$(cd "$1" && pwd)" "$2" ;;
  esac
}

# Replace this shell by a container that uses the host's network and the caller's user; its id is
# left in FOLDER/container for whoever has to kill it.
exec_container() {
  local folder=$1; shift
  rm -f "$folder/container"
  exec docker run --rm --network host --cidfile "$folder/container" "$@"
}

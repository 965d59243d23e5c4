# Makes archives of what a sidecar loads, for a quick start. To be sourced: ./sluice and .ci/distribution use it.

# Waits until a line of the file $2 matches $1, for 20 seconds at most.
await_line() {
  local i
  for ((i = 0; i < 200; i++)); do
    ! grep -qE "$1" "$2" 2>/dev/null || return 0
    sleep 0.1
  done
}

# Starts a sidecar with java and its arguments as given, which make it write an archive at its end, and ends it.
# It is its own client, because of min_pool_size, and its own console is the server: so the archive has what the
# first client needs.
rehearse() {
  local folder sidecar ended
  folder="$(mktemp -d)"
  cat >"$folder/ini" <<INI
[databases]
console = host=$folder port=6432 dbname=pgbouncer user=pgbouncer
client = host=$folder port=6432 dbname=console user=pgbouncer min_pool_size=1 connect_query='SHOW VERSION'
[pgbouncer]
auth_type = any
pool_mode = transaction
unix_socket_dir = $folder
pidfile = $folder/pid
logfile = $folder/log
INI
  "$@" dev.sluice.proxy.Main --quiet "$folder/ini" 9>&- &
  sidecar=$!
  await_line "client/.*(new connection to server|closing because)" "$folder/log"
  kill -TERM "$sidecar" # bash starts its children with INT ignored
  await_line "got SIGTERM" "$folder/log"
  kill -TERM "$sidecar" 2>/dev/null || true # it does not wait for itself as a client
  wait "$sidecar" && ended=0 || ended=$?
  rm -rf "$folder"
  return "$ended"
}

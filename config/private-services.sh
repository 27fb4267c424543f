# shellcheck shell=bash
# Part of config/services: private instances of Debian's RabbitMQ and PostgreSQL. They listen on 127.0.0.1 only.

rabbitmq_server=/usr/lib/rabbitmq/bin/rabbitmq-server
start_timeout=120
stop_timeout=30

# --- processes -------------------------------------------------------------------------------------------------------

# Starts a server in a session of its own, marked by a variable in its environment.
launch() {
  local name=$1
  shift
  say "starting $name"
  MODELEVENTS_SERVICES=$state setsid "$@" </dev/null >>"$state/$name.log" 2>&1 9>&- &
  echo $! >"$state/$name.pid"
  for _ in {1..40}; do
    if runs "$name"; then return; fi
    sleep 0.05
  done
}

# Looks at the mark too: after a restart of the machine the remembered id may be another program's.
runs() {
  [[ -s $state/$1.pid ]] && grep -qzsxF "MODELEVENTS_SERVICES=$state" "/proc/$(<"$state/$1.pid")/environ"
}

wait_for() {
  local name=$1 deadline=$((SECONDS + start_timeout))
  until "${name%%-*}_answers" "$name"; do
    runs "$name" || fail "$name stopped while starting. See $state/$name.log."
    ((SECONDS < deadline)) || fail "$name did not answer within $start_timeout s. See $state/$name.log."
    sleep 0.2
  done
}

stop() {
  local name=$1 signal=$2 pid deadline=$((SECONDS + stop_timeout)) code=0
  if runs "$name"; then
    pid=$(<"$state/$name.pid")
    say "stopping $name"
    kill -s "$signal" "$pid"
    while runs "$name" && ((SECONDS < deadline)); do sleep 0.1; done
    if runs "$name"; then
      say "$name did not stop within $stop_timeout s and is killed"
      kill -s KILL -- "-$pid"
      code=1
    fi
  fi
  rm -f "$state/$name.pid"
  return $code
}

private_status() {
  local name
  for name in postgres rabbitmq; do
    if runs "$name"; then
      say "$name runs on 127.0.0.1:$(port_of "$name"), process $(<"$state/$name.pid")"
    else
      say "$name is down"
    fi
  done
  runs postgres && runs rabbitmq
}

# --- PostgreSQL ------------------------------------------------------------------------------------------------------

# PostgreSQL refuses to run as root.
as_postgres=()
if ((EUID == 0)); then as_postgres=(setpriv --reuid postgres --regid postgres --init-groups); fi

postgres_bin() {
  find /usr/lib/postgresql -path '*/bin/postgres' -printf '%h\n' 2>/dev/null | sort -V | tail -n 1 || true
}

# User postgres cannot reach a clone in a closed home folder: the data of such a clone lives under /var/tmp.
postgres_folder() {
  local name=$1 folder=$state/$1
  if [[ ! -s $state/$name.folder ]]; then
    mkdir -p "$folder"
    if ((EUID == 0)); then chown postgres: "$folder"; fi
    if ! "${as_postgres[@]}" test -w "$folder"; then
      folder=$(mktemp -d "/var/tmp/modelevents-$name-XXXXXX")
      chown postgres: "$folder"
    fi
    echo "$folder" >"$state/$name.folder"
  fi
  cat "$state/$name.folder"
}

create_cluster() {
  local name=$1 folder=$2
  say "creating a PostgreSQL cluster in $folder"
  rm -rf "$folder/new"
  "${as_postgres[@]}" "$(postgres_bin)/initdb" --pgdata "$folder/new" --username modelevents --auth trust \
    --encoding UTF8 --locale C.UTF-8 >>"$state/$name.log" 2>&1 || fail "initdb failed. See $state/$name.log."
  mv "$folder/new" "$folder/cluster"
}

postgres_answers() {
  "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$(port_of "$1")" -U modelevents -d postgres
}

# Settings that follow on the name win over those of config/postgresql.conf.
launch_postgres() {
  local name=$1 folder setting settings=()
  if runs "$name"; then return; fi
  folder=$(postgres_folder "$name")
  [[ -d $folder/cluster ]] || create_cluster "$name" "$folder"
  install -m 644 "$root/config/postgresql.conf" "$folder/cluster/postgresql.conf"
  for setting in "${@:2}"; do settings+=(-c "$setting"); done
  launch "$name" "${as_postgres[@]}" "$(postgres_bin)/postgres" -D "$folder/cluster" \
    -c listen_addresses=127.0.0.1 -c port="$(free_port_of "$name")" -c unix_socket_directories= "${settings[@]}"
}

# --- RabbitMQ --------------------------------------------------------------------------------------------------------

epmd_answers() { answers "$(port_of epmd)"; }

# Says hello as an AMQP client does: a broker that is ready replies with Connection.Start.
rabbitmq_answers() (
  { exec 3<>"/dev/tcp/127.0.0.1/$(port_of rabbitmq)"; } 2>/dev/null || return 1
  printf 'AMQP\0\0\x09\x01' >&3
  IFS= read -r -N 1 -t 2 reply <&3 && [[ $reply == $'\x01' ]]
)

# The node has a port mapper (epmd) of its own, so its name cannot collide with that of another node on this machine.
launch_rabbitmq() {
  local data=$state/rabbitmq
  if runs rabbitmq; then return; fi
  if ! runs epmd; then
    launch epmd epmd -address 127.0.0.1 -port "$(free_port_of epmd)"
    wait_for epmd
  fi
  mkdir -p "$data"
  echo '[].' >"$data/enabled_plugins"
  launch rabbitmq env HOME="$data" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$(port_of epmd)" \
    RABBITMQ_NODENAME=modelevents@localhost \
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$(free_port_of rabbitmq)" \
    RABBITMQ_DIST_PORT="$(free_port_of rabbitmq-dist)" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    RABBITMQ_MNESIA_BASE="$data" RABBITMQ_LOG_BASE="$data/log" RABBITMQ_PID_FILE="$data/pid" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$data/enabled_plugins" RABBITMQ_GENERATED_CONFIG_DIR="$data/generated" \
    RABBITMQ_CONFIG_FILE="$root/config/rabbitmq.conf" RABBITMQ_CONFIG_FILES="$data/conf.d" \
    RABBITMQ_ADVANCED_CONFIG_FILE="$data/advanced.config" RABBITMQ_CONF_ENV_FILE="$data/rabbitmq-env.conf" \
    "$rabbitmq_server"
}

private_rabbitmqctl() {
  HOME=$state/rabbitmq ERL_EPMD_PORT=$(port_of epmd) RABBITMQ_NODENAME=modelevents@localhost \
    RABBITMQ_CONF_ENV_FILE=$state/rabbitmq/rabbitmq-env.conf "${rabbitmq_server%-server}ctl" "$@" >&2
}

# --- packages --------------------------------------------------------------------------------------------------------

install_servers() {
  local missing=()
  [[ -x $rabbitmq_server ]] || missing+=(rabbitmq-server)
  [[ -n $(postgres_bin) ]] || missing+=(postgresql)
  if ((${#missing[@]} == 0)); then return; fi
  ((EUID == 0)) || fail "${missing[*]} is not installed, and no Docker engine answers or the fault campaign needs it." \
    "Run 'apt-get install ${missing[*]}' as root, or start Docker for all but the campaign."
  forbid_system_services
  install_packages "${missing[@]}"
}

# Servers do without it: only the tests with a Python client need it, and say so too. Arguments: the modules it must have.
install_python() {
  local python modules packages
  modules=$(IFS=,; echo "$*")
  packages=("${@/#/python3-}")
  for python in /usr/bin/python3 python3 python; do
    if "$python" -c "import $modules" 2>/dev/null; then return; fi
  done
  if ((EUID == 0)) && command -v apt-get >/dev/null; then
    install_packages "${packages[@]}"
  else
    say "Some tests need Python with $modules: 'apt-get install ${packages[*]}' as root, or 'python3 -m pip install $*'."
  fi
}

install_packages() {
  say "installing $* (some minutes)"
  export DEBIAN_FRONTEND=noninteractive
  {
    apt-get -q -o DPkg::Lock::Timeout=300 update
    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
  } </dev/null >&2
}

# Debian starts a package's service on installation unless this file says no.
forbid_system_services() {
  local policy=/usr/sbin/policy-rc.d
  if [[ -e $policy ]]; then return; fi
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

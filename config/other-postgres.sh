# shellcheck shell=bash
# Part of config/services: further PostgreSQL servers, for tests that need other settings or that take the server away.

start_postgres() {
  local name=postgres-$1
  if uses_docker; then
    docker_settings "${@:2}" >"$state/$name.yml"
    compose_other "$name" up --detach --wait postgres
  else
    install_servers
    launch_postgres "$name" "${@:2}"
    wait_for "$name"
  fi
  print_postgres "$name"
}

stop_postgres() {
  if uses_docker; then compose_other "postgres-$1" stop postgres; else stop "postgres-$1" INT; fi
}

crash_postgres() {
  if uses_docker; then compose_other "postgres-$1" kill --signal QUIT postgres; else stop "postgres-$1" QUIT; fi
}

drop_postgres() {
  local name=postgres-$1
  if uses_docker; then
    if [[ -e $state/$name.yml ]]; then compose_other "$name" down --volumes; fi
  else
    stop "$name" QUIT
    if [[ -e $state/$name.folder ]]; then rm -rf "$(<"$state/$name.folder")"; fi
  fi
  rm -f "$state/$name".*
}

stop_other_postgres() {
  local file
  for file in "$state"/postgres-*.port; do
    if [[ -e $file ]]; then stop_postgres "$(basename "$file" .port | cut -d - -f 2-)" || true; fi
  done
}

# A project of its own, whose command follows on that of docker-compose.yml.
compose_other() {
  MODELEVENTS_POSTGRES_PORT=$(port_of "$1") docker compose --project-directory "$root" \
    --file "$root/docker-compose.yml" --file "$state/$1.yml" \
    --project-name "modelevents-$(port_of rabbitmq)-$1" "${@:2}" 9>&- >&2
}

# JSON is YAML too.
docker_settings() {
  local setting command='"postgres", "-c", "config_file=/etc/postgresql/postgresql.conf", "-c", "listen_addresses=*"'
  for setting in "$@"; do command+=", \"-c\", \"$setting\""; done
  printf '{"services": {"postgres": {"command": [%s]}}}\n' "$command"
}

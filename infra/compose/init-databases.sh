#!/bin/sh
# Run once by Postgres' image, on an empty cluster: each service's database, the role that owns and migrates it, and the
# role that runs. The same as createServiceDatabase of packages/postgres; a test compares the two.
set -eu

services='auth client documents kafka_http notification payment'

# Sets $password and $owner_password of a service.
read_passwords() {
  name=$(printf %s "$1" | tr '[:lower:]' '[:upper:]')_DATABASE
  eval "password=\${${name}_PASSWORD:-} owner_password=\${${name}_OWNER_PASSWORD:-}"
}
# They are also written into postgres:// addresses, as they are.
refuse() {
  case $2 in '' | *[!A-Za-z0-9_-]*) echo "$1 should be letters, digits, _ and -" >&2; exit 1 ;; esac
}
run() {
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname="$1"
}

# All first: a cluster whose making failed half-way is taken for a whole one at the next start.
for service in $services; do
  read_passwords "$service"
  refuse "${name}_PASSWORD" "$password"
  refuse "${name}_OWNER_PASSWORD" "$owner_password"
done

for service in $services; do
  read_passwords "$service"
  run postgres <<SQL
create role ${service}_owner login password '${owner_password}';
create role ${service} login password '${password}';
create database ${service} owner ${service}_owner;
SQL
  run "$service" <<SQL
revoke all on database ${service} from public;
grant connect on database ${service} to ${service};
alter schema public owner to ${service}_owner;
revoke create on schema public from public;
grant usage on schema public to ${service};
alter default privileges for role ${service}_owner in schema public
  grant select, insert, update, delete on tables to ${service};
alter default privileges for role ${service}_owner in schema public
  grant usage, select on sequences to ${service};
SQL
done

#!/bin/sh
# Makes the data folder once, runs the scripts of /docker-entrypoint-initdb.d on a server without addresses, and serves.
set -eu
umask 077
options="-c unix_socket_directories=$PGHOST"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --username=postgres --auth-local=trust --auth-host=scram-sha-256 --pwfile="$POSTGRES_PASSWORD_FILE" > /dev/null
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    pg_ctl start --wait --silent --log=/tmp/first.log --options="$options -c listen_addresses="
    for script in /docker-entrypoint-initdb.d/*.sh; do sh "$script"; done
    pg_ctl stop --mode=fast --silent
fi
# shellcheck disable=SC2086
exec postgres $options -c 'listen_addresses=*'

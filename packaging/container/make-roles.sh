#!/bin/sh
# Run by the PostgreSQL image when it creates its data folder: the owner of the database and the service's user.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres \
    --set owner="$(cat /run/secrets/owner-password)" --set service="$(cat /run/secrets/service-password)" <<'SQL'
CREATE ROLE brim LOGIN PASSWORD :'owner';
CREATE ROLE brim_service LOGIN PASSWORD :'service';
CREATE DATABASE brim OWNER brim;
SQL

#!/bin/sh
# Creates the secrets that compose.yaml names, in the folder `secrets` beside it; existing ones stay.
# Keep a copy of encryption-key elsewhere: without it, backups of the database can't be read completely.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
cd secrets

word() { head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
keep() { [ -s "$1" ] || { printf '%s' "$2" > "$1.new" && mv "$1.new" "$1"; }; }

keep superuser-password "$(word)"
keep owner-password "$(word)"
keep service-password "$(word)"
keep encryption-key "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n')"
keep migration-url "postgresql://brim:$(cat owner-password)@database/brim"
keep database-url "postgresql://brim_service:$(cat service-password)@database/brim"

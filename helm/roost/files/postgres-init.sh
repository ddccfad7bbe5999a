#!/bin/sh
# Runs once, when the database is made. Roost refuses a role that row-level security does not bind, so it gets one that owns
# its database and is no superuser. In a subshell: the image sources this file where it cannot execute it.
(
    set -eu
    psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
        --set password="$(cat "${ROOST_PASSWORD_FILE:-/etc/roost/password}")" <<'SQL'
CREATE ROLE roost LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE roost OWNER roost;
REVOKE ALL ON DATABASE roost FROM PUBLIC;
SQL
)

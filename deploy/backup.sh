#!/bin/sh
# Writes a backup of the SQLite database, named after the time, and keeps the newest ones: backup.sh FOLDER HOW_MANY
set -eu
folder=${1:-/var/lib/clickcounter/backups}
keep=${2:-14}
cd "$(dirname "$0")/.."
mkdir -p "$folder"
.venv/bin/python -m clickcounter backup "$folder/counter-$(date -u +%Y-%m-%dT%H-%M-%SZ).db"
ls -1 "$folder" | grep '^counter-.*Z\.db$' | sort -r | tail -n +$((keep + 1)) | while read -r old; do
    rm -- "$folder/$old"
done

#!/bin/sh
# Hands the primary's work to a standby before its disk is full: PostgreSQL would refuse every click, and Patroni does not look.
# Run it as postgres on db1, db2 and db3 every five seconds: disk-watch.service and disk-watch.timer.
set -eu
config=${1:-/etc/patroni/config.yml}
least=${2:-500}  # MB
name=$(sed -n 's/^name: //p' "$config")
address=$(sed -n 's/^  connect_address: \(.*:8008\)$/\1/p' "$config")
data=$(sed -n 's/^  data_dir: //p' "$config")
[ -d "$data" ] || exit 0
free=$(df --output=avail --block-size=M "$data" | tail -n 1 | tr -dc 0-9)
[ "$free" -lt "$least" ] || exit 0
curl --silent --fail --max-time 2 --output /dev/null "http://$address/primary" || exit 0
echo "$name has $free MB left; another machine becomes the primary"
patronictl -c "$config" switchover --leader "$name" --force

#!/bin/sh
# etcd and kube-apiserver on loopback for as long as standard input is open, so that both end, and the folder goes,
# however the caller ends: serve.sh ASSETS FOLDER PORT
# FOLDER holds token.csv and service-account.key; certificates (certs/), data and *.log are made in it.
set -u
assets=$1 folder=$2 port=$3
etcd=unix://$folder/etcd.sock

"$assets/etcd" --data-dir="$folder/etcd" --unsafe-no-fsync \
  --listen-client-urls="$etcd" --advertise-client-urls=http://localhost:2379 --listen-peer-urls="unix://$folder/peer.sock" \
  </dev/null >"$folder/etcd.log" 2>&1 &
etcd_pid=$!

"$assets/kube-apiserver" --etcd-servers="$etcd" \
  --bind-address=127.0.0.1 --secure-port="$port" --advertise-address=127.0.0.1 --endpoint-reconciler-type=none \
  --service-cluster-ip-range=10.0.0.0/24 --cert-dir="$folder/certs" \
  --token-auth-file="$folder/token.csv" --anonymous-auth=false --authorization-mode=AlwaysAllow \
  --disable-admission-plugins=ServiceAccount \
  --service-account-issuer=https://localhost --service-account-key-file="$folder/service-account.key" \
  --service-account-signing-key-file="$folder/service-account.key" \
  </dev/null >"$folder/kube-apiserver.log" 2>&1 &
apiserver_pid=$!

trap : INT TERM
read -r _
kill -KILL "$apiserver_pid" "$etcd_pid"
wait
rm -rf "$folder"

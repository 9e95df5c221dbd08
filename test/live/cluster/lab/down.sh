#!/usr/bin/env bash
# Ends the node: killing pid 1 of its pid namespace ends everything in it, and its mounts and network go with it.
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
if [ -e "$STATE/init.pid" ]; then
  init=$(cat "$STATE/init.pid")
  kill -9 "$init" 2>/dev/null
  for _ in $(seq 50); do
    kill -0 "$init" 2>/dev/null || break
    sleep 0.1
  done
elif [ -e "$STATE/unshare.pid" ]; then
  kill "$(cat "$STATE/unshare.pid")" 2>/dev/null
fi
ip link del labk8s0 2>/dev/null
groups() { ls -d /sys/fs/cgroup/*/kubepods /sys/fs/cgroup/kubepods 2>/dev/null; }
for _ in 1 2 3 4 5; do
  for group in $(groups); do find "$group" -depth -type d -exec rmdir {} + 2>/dev/null; done
  [ -n "$(groups)" ] || break
  sleep 0.2
done
rmdir /var/lib/kubelet /etc/cni /opt/cni /etc/containerd 2>/dev/null
rm -rf "$STATE"

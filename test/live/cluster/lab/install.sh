#!/usr/bin/env bash
# Makes the node's programs and images in the lab's folder; nothing is installed system-wide. Does again only what is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
mkdir -p "$LAB"/{debs,bin,root,mm,hyper,images}
cd "$LAB"

step() {
  local since=$SECONDS
  "${@:2}"
  echo "== $1: $((SECONDS - since)) s"
}

packages() {
  apt-get update -qq
  (cd debs && apt-get download -qq containerd runc containernetworking-plugins busybox-static mmdebstrap 2>/dev/null)
  local deb
  for deb in debs/*.deb; do
    case $deb in */mmdebstrap*) dpkg -x "$deb" mm ;; *) dpkg -x "$deb" root ;; esac
  done
}

# The staging modules that k8s.io/kubernetes takes from its own tree carry versions of their own.
go_mod() {
  local staging=v0.${kubernetes#v1.} modules
  modules=$(go mod download -json "k8s.io/kubernetes@$kubernetes" | python3 -c '
import json, re, sys
text = open(json.load(sys.stdin)["GoMod"]).read()
print("\n".join(sorted(set(re.findall(r"(k8s\.io/[a-z0-9-]+) => \./staging", text)))))')
  printf 'module hyper\n\ngo 1.24.0\n\ngodebug default=go1.24\n\nrequire (\n k8s.io/kubernetes %s\n go.etcd.io/etcd/server/v3 %s\n)\n\nreplace (\n' "$kubernetes" "$etcd"
  for module in $modules; do printf ' %s => %s %s\n' "$module" "$module" "$staging"; done
  echo ')'
}

# Every component, and etcd, in one binary: an hour of linking less.
hyper() {
  export GOPATH=$LAB/gopath GOCACHE=$LAB/gocache CGO_ENABLED=0 GOFLAGS='-mod=mod -buildvcs=false'
  cp "$HERE/hyper/main.go" hyper/
  cd hyper
  # Outside of any module: an empty go.mod would stop the question for the staging modules.
  rm -f go.mod go.sum
  go_mod >made
  mv made go.mod
  go mod tidy 2>/dev/null
  local minor=${kubernetes#v1.} version=k8s.io/component-base/version
  minor=${minor%.*}
  nice -n 10 go build -trimpath -o "$LAB/bin/hyper" -ldflags "-s -w -X $version.gitVersion=$kubernetes -X $version.gitMajor=1 \
    -X $version.gitMinor=$minor -X $version.buildDate=1970-01-01T00:00:00Z -X k8s.io/client-go/pkg/version.gitVersion=$kubernetes" .
}

[ -x root/usr/bin/containerd ] && [ -e mm/usr/bin/mmdebstrap ] || step packages packages
[ -x bin/hyper ] || step 'go build' hyper
[ -s images/envoy.tar ] || step images bash "$HERE/images.sh"

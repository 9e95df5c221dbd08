#!/usr/bin/env bash
# Starts the node (node.sh) in namespaces of its own, and returns when it is ready. KUBECONFIG: $LAB/state/pki/admin.kubeconfig
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
[ ! -e "$STATE/unshare.pid" ] || { echo 'the lab is up already: down.sh first' >&2; exit 1; }
[ -x "$LAB/bin/hyper" ] && [ -e "$LAB/images/envoy.tar" ] || { echo 'the lab is not installed: install.sh first' >&2; exit 1; }
rm -rf "$STATE"
mkdir -p "$STATE/cni"
for component in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
  ln -sf hyper "$LAB/bin/$component"
done
bash "$HERE/certs.sh" "$STATE/pki" "$node_ip"

cat >"$STATE/containerd.toml" <<END
version = 2
root = "$STATE/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs","io.containerd.snapshotter.v1.btrfs","io.containerd.snapshotter.v1.devmapper","io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$LAB/root/usr/lib/cni"
    conf_dir = "$STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        BinaryName = "$LAB/root/usr/sbin/runc"
END
cat >"$STATE/cni/10-lab.conflist" <<END
{"cniVersion":"1.0.0","name":"lab","plugins":[
 {"type":"bridge","bridge":"cni0","isDefaultGateway":true,"hairpinMode":true,"ipMasq":false,
  "ipam":{"type":"host-local","dataDir":"$STATE/ipam","ranges":[[{"subnet":"$pod_cidr"}]]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
END
cat >"$STATE/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 0.0.0.0
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $STATE/pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $STATE/pki/kubelet-server.crt
tlsPrivateKeyFile: $STATE/pki/kubelet-server.key
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
resolvConf: $STATE/priv/resolv/resolv.conf
evictionHard: {memory.available: "50Mi", nodefs.available: "1%", imagefs.available: "1%", nodefs.inodesFree: "1%"}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
syncFrequency: 10s
nodeStatusUpdateFrequency: 5s
serverTLSBootstrap: false
END
cat >"$STATE/kube-proxy.yaml" <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {kubeconfig: $STATE/pki/proxy.kubeconfig}
clusterCIDR: 10.244.0.0/16
conntrack: {maxPerCore: 0}
END

setsid unshare --mount --net --pid --fork --mount-proc --kill-child bash "$HERE/node.sh" >"$STATE/node.log" 2>&1 </dev/null &
echo $! >"$STATE/unshare.pid"
# wait_for COMMAND...: until it succeeds; 90 s are enough for anything here.
wait_for() {
  local until=$((SECONDS + 90))
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || { echo "not in time: $*" >&2; tail -n 3 "$STATE"/log/*.log >&2; exit 1; }
    sleep 0.1
  done
}
wait_for test -e "$STATE/ns-ready"
unshare_pid=$(cat "$STATE/unshare.pid")
init=$(awk '{print $1}' "/proc/$unshare_pid/task/$unshare_pid/children")
echo "$init" >"$STATE/init.pid"
ip link add labk8s0 type veth peer name labk8s1 netns "$init"
ip addr add "$host_ip/30" dev labk8s0
ip link set labk8s0 up
touch "$STATE/net-ready"
wait_for test -e "$STATE/api-ready"
export KUBECONFIG=$STATE/pki/admin.kubeconfig
node_ready() { "$LAB/bin/kubectl" get node node1 2>/dev/null | grep -q ' Ready'; }
wait_for node_ready
wait_for "$LAB/bin/kubectl" get serviceaccount default
echo "up after $SECONDS s"

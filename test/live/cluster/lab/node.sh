#!/usr/bin/env bash
# The whole "machine": pid 1 of its own pid, mount and network namespaces. Ends when it is killed, and everything in it with it.
. "$(dirname "${BASH_SOURCE[0]}")/lab.sh"
pki=$STATE/pki
export PATH=$LAB/root/usr/bin:$LAB/root/usr/sbin:$LAB/root/usr/lib/cni:$LAB/bin:$PATH
mount --make-rprivate /
for dir in /var/lib/kubelet /var/log /run /etc/cni /opt/cni /etc/containerd; do
  mkdir -p "$dir" "$STATE/priv$dir"
  mount --bind "$STATE/priv$dir" "$dir"
done
mkdir -p /run/containerd "$STATE/log"
# kubelet would set these for the whole kernel: it is shown the values that it wants.
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1; do
  file=$STATE/priv/sys-$(tr / - <<<"${setting%=*}")
  echo "${setting#*=}" >"$file"
  mount --bind "$file" "/proc/sys/${setting%=*}"
done
mkdir -p "$STATE/priv/resolv"
echo 'nameserver 127.0.0.1' >"$STATE/priv/resolv/resolv.conf"
ip link set lo up
touch "$STATE/ns-ready"
while [ ! -e "$STATE/net-ready" ]; do sleep 0.05; done
ip addr add "$node_ip/30" dev labk8s1
ip link set labk8s1 up
ip route add default via "$host_ip"
sysctl -qw net.ipv4.ip_forward=1

run() {
  local name=$1
  shift
  "$@" >"$STATE/log/$name.log" 2>&1 &
}
run etcd etcd --data-dir "$STATE/etcd" --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 \
  --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 --log-level warn
run containerd containerd --config "$STATE/containerd.toml"
run kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address=0.0.0.0 --advertise-address="$node_ip" --secure-port=6443 \
  --service-cluster-ip-range="$service_cidr" --service-account-issuer=https://kubernetes.default.svc.cluster.local \
  --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
  --client-ca-file="$pki/ca.crt" --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
  --kubelet-certificate-authority="$pki/ca.crt" --kubelet-client-certificate="$pki/apiserver-kubelet-client.crt" \
  --kubelet-client-key="$pki/apiserver-kubelet-client.key" --kubelet-preferred-address-types=InternalIP \
  --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true --cert-dir="$STATE/apicerts"
until curl -sk --cert "$pki/admin.crt" --key "$pki/admin.key" https://127.0.0.1:6443/readyz | grep -q '^ok'; do sleep 0.2; done
touch "$STATE/api-ready"
run kube-controller-manager kube-controller-manager --kubeconfig="$pki/cm.kubeconfig" --leader-elect=false \
  --service-account-private-key-file="$pki/sa.key" --root-ca-file="$pki/ca.crt" --use-service-account-credentials=true \
  --cert-dir="$STATE/cmcerts" --controllers='*,-node-route-controller,-cloud-node-lifecycle-controller'
run kube-scheduler kube-scheduler --kubeconfig="$pki/scheduler.kubeconfig" --leader-elect=false
for image in "$LAB"/images/*.tar; do ctr -n k8s.io images import "$image" >>"$STATE/log/import.log" 2>&1; done
run kubelet kubelet --config="$STATE/kubelet.yaml" --kubeconfig="$pki/node1.kubeconfig" --hostname-override=node1 --node-ip="$node_ip" \
  --root-dir=/var/lib/kubelet --v=2
run kube-proxy kube-proxy --config="$STATE/kube-proxy.yaml" --hostname-override=node1
while :; do
  wait -n
  [ $? = 127 ] && sleep 1
done

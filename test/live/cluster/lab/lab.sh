# Sourced by the other scripts: where the lab lies, and what it is made of.
export HERE LAB STATE
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB=${SIDETRACE_LAB:-$HOME/.cache/sidetrace/kubernetes-lab}
STATE=$LAB/state
kubernetes=v1.34.4 etcd=v3.6.4 envoy=1.40.0
node_ip=10.210.0.2 host_ip=10.210.0.1 pod_cidr=10.244.0.0/24 service_cidr=10.96.0.0/12

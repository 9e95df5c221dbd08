#!/usr/bin/env bash
# certs.sh FOLDER NODE_IP: an authority, and every certificate and kubeconfig that the node and its users need.
set -euo pipefail
mkdir -p "$1"
cd "$1"
ip=$2

key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null; }

# certificate NAME SUBJECT [ALTERNATIVE-NAMES] [DAYS]
certificate() {
  key "$1"
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "${4:-3650}" -out "$1.crt" \
    -extfile <(echo 'extendedKeyUsage=serverAuth,clientAuth' && { [ -z "${3:-}" ] || echo "subjectAltName=$3"; }) 2>/dev/null
}

key ca
openssl req -x509 -new -key ca.key -subj /CN=lab-ca -days 3650 -out ca.crt -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature 2>/dev/null
certificate apiserver /CN=kube-apiserver "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:$ip,IP:10.96.0.1"
certificate kubelet-server /CN=node1 "DNS:node1,IP:127.0.0.1,IP:$ip"
certificate apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
openssl genrsa -out sa.key 2048 2>/dev/null
openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null

certificate node1 /O=system:nodes/CN=system:node:node1
certificate admin /O=system:masters/CN=kubernetes-admin
certificate viewer /O=lab:viewers/CN=viewer
certificate reader /O=lab:readers/CN=reader
certificate executor /O=lab:executors/CN=executor
certificate cm /CN=system:kube-controller-manager
certificate scheduler /CN=system:kube-scheduler
certificate proxy /CN=system:kube-proxy

base64_of() { base64 -w0 <"$1"; }
for user in admin viewer reader executor node1 cm scheduler proxy; do
  cat >"$user.kubeconfig" <<END
apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: {server: "https://$ip:6443", certificate-authority-data: $(base64_of ca.crt)}}]
users: [{name: $user, user: {client-certificate-data: $(base64_of "$user.crt"), client-key-data: $(base64_of "$user.key")}}]
contexts: [{name: $user@lab, context: {cluster: lab, user: $user}}]
current-context: $user@lab
END
done

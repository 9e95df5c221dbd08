// Programs that intercept a mesh's traffic as Merbridge does, written for the tests: the same layouts of maps and the same
// decisions at connect(), bind(), on established sockets, for SO_ORIGINAL_DST and for messages between known sockets.
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define OUT_PORT 15001
#define IN_PORT 15006
#define SIDECAR_UID 1337
#define LOOPBACK 0x0100007f
#define SIDECAR_TO_APP 0x0600007f
#define ORIGINAL_DST 80
#define PLACES 20

struct origin {
  __u32 ip[4];
  __u32 pid;
  __u16 port;
  __u16 flags;
};

struct pair {
  __u32 sip[4];
  __u32 dip[4];
  __u16 sport;
  __u16 dport;
};

struct membership {
  __u64 id;
  __u32 in_mesh;
  __u32 ip[4];
  __u16 flags;
  __u16 detected;
};

struct range {
  __u32 net;
  __u8 mask;
  __u8 pad[3];
};

struct pod_config {
  __u16 status_port;
  __u16 pad;
  struct range exclude_out_ranges[PLACES];
  struct range include_out_ranges[PLACES];
  __u16 include_in_ports[PLACES];
  __u16 include_out_ports[PLACES];
  __u16 exclude_in_ports[PLACES];
  __u16 exclude_out_ports[PLACES];
};

#define TABLE(NAME, TYPE, KEY, VALUE, SIZE) \
  struct {                                  \
    __uint(type, TYPE);                     \
    __type(key, KEY);                       \
    __type(value, VALUE);                   \
    __uint(max_entries, SIZE);              \
  } NAME SEC(".maps")

struct address {
  __u32 ip[4];
};

TABLE(originals, BPF_MAP_TYPE_LRU_HASH, __u64, struct origin, 1024);
TABLE(pairs, BPF_MAP_TYPE_LRU_HASH, struct pair, struct origin, 1024);
TABLE(sockets, BPF_MAP_TYPE_SOCKHASH, struct pair, __u32, 1024);
TABLE(members, BPF_MAP_TYPE_LRU_HASH, __u64, struct membership, 256);
TABLE(pods, BPF_MAP_TYPE_HASH, struct address, struct pod_config, 64);
TABLE(processes, BPF_MAP_TYPE_LRU_HASH, __u32, __u32, 256);

static __u16 stand_in = 1;

static __always_inline void map4(__u32 *to, __u32 ip) {
  to[0] = 0;
  to[1] = 0;
  to[2] = bpf_htonl(0xffff);
  to[3] = ip;
}

// Whether the caller's container is in the mesh: found once, and kept.
static __always_inline struct membership *belonging(struct bpf_sock_addr *ctx) {
  __u64 id = bpf_get_current_cgroup_id();
  struct membership *kept = bpf_map_lookup_elem(&members, &id);
  if (kept) return kept;
  struct bpf_sock_tuple any = {};
  any.ipv4.dport = bpf_htons(OUT_PORT);
  struct bpf_sock *socket = bpf_sk_lookup_tcp(ctx, &any, sizeof(any.ipv4), BPF_F_CURRENT_NETNS, 0);
  struct membership now = {.id = id, .in_mesh = socket != 0};
  if (socket) bpf_sk_release(socket);
  bpf_map_update_elem(&members, &id, &now, BPF_ANY);
  return bpf_map_lookup_elem(&members, &id);
}

static __always_inline int has_port(const __u16 *list, __u16 port) {
  for (int i = 0; i < PLACES; i++) {
    if (list[i] == 0) return 0;
    if (list[i] == port) return 1;
  }
  return 0;
}

static __always_inline int has_address(const struct range *list, __u32 ip) {
  for (int i = 0; i < PLACES; i++) {
    if (list[i].net == 0) return 0;
    __u32 other = bpf_ntohl(list[i].net) ^ bpf_ntohl(ip);
    if (other >> (32 - (list[i].mask & 31)) == 0) return 1;
  }
  return 0;
}

static __always_inline int left_alone(const struct pod_config *pod, __u32 ip, __u16 port) {
  if (has_port(pod->exclude_out_ports, port) || has_address(pod->exclude_out_ranges, ip)) return 1;
  if (pod->include_out_ports[0] && !has_port(pod->include_out_ports, port)) return 1;
  return pod->include_out_ranges[0].net && !has_address(pod->include_out_ranges, ip);
}

static __always_inline int from_app(struct bpf_sock_addr *ctx, struct membership *own) {
  if ((ctx->user_ip4 & 0xff) == 127) return 1;
  __u64 cookie = bpf_get_socket_cookie(ctx);
  struct origin asked = {.port = ctx->user_port, .flags = 1};
  map4(asked.ip, ctx->user_ip4);
  bpf_map_update_elem(&originals, &cookie, &asked, BPF_ANY);
  __u32 ip = own->ip[3];
  if (!ip) {
    ctx->user_ip4 = bpf_htonl(0x7f800000 | stand_in++);
    ctx->user_port = bpf_htons(OUT_PORT);
    return 1;
  }
  struct address key;
  map4(key.ip, ip);
  struct pod_config *pod = bpf_map_lookup_elem(&pods, &key);
  if (pod && left_alone(pod, ctx->user_ip4, bpf_ntohs(ctx->user_port))) return 1;
  struct sockaddr_in bound = {.sin_family = 2, .sin_addr.s_addr = ip};
  bpf_bind(ctx, (struct sockaddr *)&bound, sizeof(bound));
  ctx->user_ip4 = LOOPBACK;
  ctx->user_port = bpf_htons(OUT_PORT);
  return 1;
}

static __always_inline int from_sidecar(struct bpf_sock_addr *ctx, struct membership *own) {
  struct address key;
  map4(key.ip, ctx->user_ip4);
  struct pod_config *target = bpf_map_lookup_elem(&pods, &key);
  if (!target) return 1;
  struct origin asked = {.port = ctx->user_port};
  map4(asked.ip, ctx->user_ip4);
  __u16 port = bpf_ntohs(ctx->user_port);
  if (own->ip[3]) {
    if (own->ip[3] != ctx->user_ip4) {
      if (has_port(target->exclude_in_ports, port)) return 1;
      if (target->include_in_ports[0] && !has_port(target->include_in_ports, port)) return 1;
      ctx->user_port = bpf_htons(IN_PORT);
    }
    asked.flags = 1;
  } else {
    __u32 pid = bpf_get_current_pid_tgid() >> 32;
    __u32 *learnt = bpf_map_lookup_elem(&processes, &pid);
    if (learnt) {
      if (*learnt != ctx->user_ip4) ctx->user_port = bpf_htons(IN_PORT);
      asked.flags = 1;
    } else {
      asked.pid = pid;
    }
  }
  __u64 cookie = bpf_get_socket_cookie(ctx);
  return bpf_map_update_elem(&originals, &cookie, &asked, BPF_NOEXIST) == 0;
}

SEC("cgroup/connect4")
int st_connect(struct bpf_sock_addr *ctx) {
  if (ctx->protocol != IPPROTO_TCP) return 1;
  struct membership *own = belonging(ctx);
  if (!own || !own->in_mesh) return 1;
  __u32 uid = bpf_get_current_uid_gid();
  return uid == SIDECAR_UID ? from_sidecar(ctx, own) : from_app(ctx, own);
}

SEC("cgroup/bind4")
int st_bind(struct bpf_sock_addr *ctx) {
  belonging(ctx);
  return 1;
}

SEC("sockops")
int st_established(struct bpf_sock_ops *ctx) {
  if (ctx->family != 2) return 0;
  if (ctx->op != BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB && ctx->op != BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB) return 0;
  __u64 cookie = bpf_get_socket_cookie(ctx);
  struct pair own = {.sport = bpf_htons(ctx->local_port), .dport = ctx->remote_port >> 16};
  map4(own.sip, ctx->local_ip4);
  map4(own.dip, ctx->remote_ip4);
  struct origin *noted = bpf_map_lookup_elem(&originals, &cookie);
  if (noted) {
    struct origin asked = *noted;
    if (!(asked.flags & 1)) {
      int inside = ctx->local_ip4 == SIDECAR_TO_APP || ctx->local_ip4 == ctx->remote_ip4;
      __u32 ip = inside ? ctx->remote_ip4 : ctx->local_ip4;
      bpf_map_update_elem(&processes, &asked.pid, &ip, BPF_ANY);
    }
    bpf_map_update_elem(&pairs, &own, &asked, BPF_ANY);
    bpf_sock_hash_update(ctx, &sockets, &own, BPF_NOEXIST);
  } else if (ctx->local_port == OUT_PORT || ctx->local_port == IN_PORT || ctx->remote_ip4 == SIDECAR_TO_APP) {
    bpf_sock_hash_update(ctx, &sockets, &own, BPF_NOEXIST);
  }
  return 0;
}

SEC("cgroup/getsockopt")
int st_original(struct bpf_sockopt *ctx) {
  struct bpf_sock *socket = ctx->sk;
  if (ctx->optname != ORIGINAL_DST || !socket || socket->family != 2) return 1;
  struct pair peer = {.sport = socket->dst_port, .dport = bpf_htons(socket->src_port)};
  map4(peer.sip, socket->dst_ip4);
  map4(peer.dip, socket->src_ip4);
  struct origin *noted = bpf_map_lookup_elem(&pairs, &peer);
  struct sockaddr_in *answer = ctx->optval;
  if (!noted || (void *)(answer + 1) > ctx->optval_end) return 1;
  answer->sin_family = 2;
  answer->sin_port = noted->port;
  answer->sin_addr.s_addr = noted->ip[3];
  ctx->optlen = sizeof(*answer);
  // The verifier takes four bytes at a time here, and the compiler would write both members at once.
  asm volatile("" ::: "memory");
  ctx->retval = 0;
  return 1;
}

SEC("sk_msg")
int st_hand_over(struct sk_msg_md *ctx) {
  if (ctx->family != 2) return SK_PASS;
  struct pair peer = {.sport = ctx->remote_port >> 16, .dport = bpf_htons(ctx->local_port)};
  map4(peer.sip, ctx->remote_ip4);
  map4(peer.dip, ctx->local_ip4);
  bpf_msg_redirect_hash(ctx, &sockets, &peer, BPF_F_INGRESS);
  return SK_PASS;
}

char st_license[] SEC("license") = "GPL";

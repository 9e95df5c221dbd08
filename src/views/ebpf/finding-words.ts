import type {EbpfFinding} from '../../ebpf/check/finding.js'
import type {ProgramRole} from '../../ebpf/program.js'

/** A finding in words: what, what proves it, what to do. */
export interface EbpfFindingWords {
  message: string
  evidence: string
  remedy: string
}

const roleWords: Record<ProgramRole, string> = {
  connect4: 'the connect hook for IPv4',
  connect6: 'the connect hook for IPv6',
  bind: 'the bind hook',
  sendmsg: 'the hook for DNS questions (sendmsg)',
  recvmsg: 'the hook for DNS answers (recvmsg)',
  sockops: 'sock_ops, which notes original destinations',
  redirect: 'the program that hands bytes over',
  getsockopt: 'the answer for SO_ORIGINAL_DST',
  'tc-ingress': 'tc on the way in',
  'tc-egress': 'tc on the way out',
  processes: 'the watch on processes',
}

const lost: Partial<Record<ProgramRole, string>> = {
  sockops: 'the sidecar is never told where a connection was meant to go',
  getsockopt: 'the sidecar asks for the original destination and gets none: it closes redirected connections',
}

const cgroupWords = (cgroup: number, path: string | null): string =>
  path === null ? `cgroup ${cgroup}` : `${path} (cgroup ${cgroup})`

/** How to take one entry out of the membership map. */
const deleteEntry = (cgroup: number): string => {
  const bytes = Array.from({length: 8}, (_, index) => Math.floor(cgroup / 256 ** index) % 256)
  return `bpftool map delete pinned /sys/fs/bpf/cgroup_info_map key ${bytes.join(' ')}`
}

const none = (text: string): string => (text === '' ? 'nothing' : text)

export function sayEbpfFinding(finding: EbpfFinding): EbpfFindingWords {
  switch (finding.kind) {
    case 'kept-out':
      return {
        message: `${cgroupWords(finding.cgroup, finding.path)} is kept as not in the mesh: the programs leave all its connections alone`,
        evidence:
          finding.pod === null
            ? 'cgroup_info_map in_mesh is 0; right where its pod has no sidecar'
            : `cgroup_info_map in_mesh is 0, and ${finding.pod} has a sidecar: a process bound a port or connected before the sidecar listened, and the entry is never computed again`,
        remedy: `Delete the entry, so that it is computed anew: ${deleteEntry(finding.cgroup)}. For good: holdApplicationUntilProxyStarts`,
      }
    case 'unknown-address':
      return {
        message: `the pod address of ${cgroupWords(finding.cgroup, finding.path)} is not known: excluded ports and ranges are ignored`,
        evidence:
          'cgroup_info_map has in_mesh 1 and address 0: its connections go to 127.128.x.y instead of 127.0.0.1, and no annotation is asked',
        remedy: `Run Merbridge in CNI mode or with its process manager, then delete the entry: ${deleteEntry(finding.cgroup)}`,
      }
    case 'private-marks':
      return {
        message:
          'the bind hook has a mark map of its own: a container that binds a port first never learns its pod address',
        evidence: `the bind hook uses map ${finding.bind.join(', ')}, the connect hook map ${finding.connect.join(', ')}`,
        remedy:
          'Load the bind hook with the pinned mark_pod_ips_map (bpftool prog load .. map name mark_pod_ips_map pinned ..)',
      }
    case 'first-fails':
      return {
        message: "a sidecar's first connection to its own app fails; the second works",
        evidence: `built with USE_RECONNECT, and ${finding.unknown} container${finding.unknown === 1 ? '' : 's'} in the mesh without a known pod address`,
        remedy: 'Let clients try again, or make pod addresses known (CNI mode or process manager)',
      }
    case 'ipv6-listener':
      return {
        message: `${finding.process ?? 'the sidecar'}${finding.pod === null ? '' : ` of ${finding.pod}`} listens on port ${finding.port} with an IPv6 socket: SO_ORIGINAL_DST may get no answer`,
        evidence: `ss shows *:${finding.port}; the program answers such a socket only when it asks with 28 bytes or more. A Go listener (MOSN) asks with 20, and then every call fails; Envoy asks with 128`,
        remedy: `Let it listen on an IPv4 address (0.0.0.0 in Envoy, 127.0.0.1:${finding.port} in MOSN)`,
      }
    case 'unseen-attachment':
      return {
        message: `${finding.program} is loaded; whether it is attached to socket map ${finding.map} cannot be seen`,
        evidence: 'the kernel lists no attachments to socket maps; it is taken to be attached',
        remedy:
          'Look at a connection whose both sockets are in the map: with it attached, ss -ti shows bytes_acked:1 while data flows',
      }
    case 'not-attached':
      return {
        message: `${finding.program} (${roleWords[finding.role]}) is loaded, but attached to no cgroup`,
        evidence: 'bpftool cgroup tree does not list it',
        remedy:
          'Attach it to the cgroup that holds the pods. Pins made with libbpf 1.0 or newer are named by function, which the stock attach step does not find',
      }
    case 'missing-part':
      return {
        message: `${roleWords[finding.role]} is not loaded`,
        evidence: `the connect hook is; ${lost[finding.role] ?? 'it does nothing without it'}`,
        remedy: 'Load and attach it (make -C bpf attach)',
      }
    case 'full-list':
      return {
        message: `${finding.list} of ${finding.pod} is full: what did not fit is ignored`,
        evidence: `the map has room for ${finding.room}`,
        remedy: 'Shorten the annotation, for ports by ranges of addresses where that says the same',
      }
    case 'both-lists':
      return {
        message: `${finding.pod} lists ports and ranges to take: a connection must fit both`,
        evidence: `include_out_ports ${finding.ports.join(',')}, include_out_ranges ${finding.ranges.join(',')}; Istio's rules take whatever fits either`,
        remedy: 'List only one of them',
      }
    case 'stale-configuration':
      return {
        message: `${finding.list} of ${finding.pod} is not what its annotations ask for`,
        evidence: `the map has ${none(finding.has)}, the annotations ask for ${none(finding.asked)}; the controller writes again only when the pod's address changes`,
        remedy: 'Recreate the pod',
      }
    case 'rules-remain':
      return {
        message: `NAT rules are still in ${finding.pod}: each connection costs a conntrack entry although no rule takes it`,
        evidence: 'its namespace has a nat table with rules',
        remedy:
          'Let the injector leave istio-init out; keep the PREROUTING rules where tc does not take what comes from other nodes',
      }
    case 'open-from-outside':
      return {
        message: `nothing takes what comes from other nodes to ${finding.pod}: it goes to the app past the sidecar`,
        evidence: 'no program on its interface, and no rules',
        remedy: "Load the tc programs (CNI mode), or keep Istio's PREROUTING rules",
      }
    case 'no-ipv6':
      return {
        message: `IPv6 connections of ${finding.pods.join(', ')} are left alone`,
        evidence: 'no connect hook for IPv6 is loaded',
        remedy: 'Load mb_sock_connect6, or keep ip6tables rules',
      }
    case 'stranger':
      return {
        message: `${finding.program} runs at ${finding.point} too; what it decides is not known`,
        evidence: 'it has not the maps of a mesh interceptor; a service load balancer (Cilium, Calico) looks so',
        remedy: 'Nothing, where it is meant to be there: traces suppose that it leaves connections alone',
      }
    case 'full-map':
      return {
        message: `${finding.map} is full: the oldest entries are forgotten`,
        evidence: `${finding.entries} of ${finding.room} entries; a connection whose entry is gone cannot be told its original destination`,
        remedy: 'Raise max_entries and load again',
      }
  }
}

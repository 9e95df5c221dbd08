import {describe, expect, it} from 'vitest'
import {readCgroups} from '../../src/ebpf/parse/cgroups.js'
import {type BpftoolFiles, readInterception} from '../../src/ebpf/parse/read-interception.js'
import {recordedFiles, recordedInterception} from './lab.js'

const over = (files: BpftoolFiles, changed: Record<string, string | null>): BpftoolFiles => ({
  text: (file) => (file in changed ? (changed[file] ?? null) : files.text(file)),
  names: () => [...new Set([...files.names(), ...Object.keys(changed)])].filter((name) => changed[name] !== null),
})

const recorded = recordedFiles('plain/03')
const read = (changed: Record<string, string | null>) => {
  const found = readInterception(over(recorded, changed))
  if (found === null) throw new Error('nothing was read')
  return found
}
const rolesOf = (files: ReturnType<typeof read>) => files.programs.map(({role}) => role)

const all = ['connect4', 'sockops', 'getsockopt', 'redirect', 'bind', 'sendmsg', 'recvmsg']
const edited = (file: string, change: (text: string) => string): string => change(recorded.text(file) ?? '')

describe('what bpftool printed', () => {
  it('is recognised by type, place and maps', () => {
    expect(rolesOf(read({}))).toEqual(all)
    expect(rolesOf(recordedInterception('cni-tc/06'))).toEqual([...all, 'tc-ingress', 'tc-egress'])
  })

  it('is recognised whatever its programs are called', () => {
    const renamed = edited('prog-show-f.json', (text) =>
      text.replaceAll(/"name":"[^"]*"/g, '"name":"x"').replaceAll(/"pinned":\[[^\]]*\]/g, '"pinned":[]'),
    )
    expect(rolesOf(read({'prog-show-f.json': renamed}))).toEqual(all)
  })

  it('is not recognised by its name alone', () => {
    const bare = edited('prog-show-f.json', (text) => text.replaceAll(/"map_ids":\[[^\]]*\]/g, '"map_ids":[]'))
    expect(rolesOf(read({'prog-show-f.json': bare}))).toEqual(all.map(() => null))
  })

  it('may spell points of attachment as older versions do', () => {
    const older = edited('cgroup-tree.json', (text) =>
      text
        .replaceAll('cgroup_inet4_', '')
        .replaceAll(/cgroup_udp4_(sendmsg|recvmsg)/g, '$14')
        .replaceAll('"bind"', '"bind4"')
        .replaceAll('"connect"', '"connect4"')
        .replaceAll('cgroup_sock_ops', 'sock_ops')
        .replaceAll('cgroup_getsockopt', 'getsockopt'),
    )
    expect(read({'cgroup-tree.json': older}).attachments.map(({point}) => point)).toEqual(
      read({}).attachments.map(({point}) => point),
    )
  })

  it('is told apart by name or pin where attachments were not captured', () => {
    expect(rolesOf(read({'cgroup-tree.json': null}))).toEqual(all)
  })

  it('has maps whose names are cut, and dumps by name or by id', () => {
    const {content} = read({})
    expect([content.pairs?.size, content.originals?.size]).toEqual([44, 51])
    const byId = {
      'map-dump-pair_original_dst.json': null,
      'map-dump-734.json': recorded.text('map-dump-pair_original_dst.json'),
    }
    expect(read(byId).content.pairs?.size).toBe(44)
    const unpinned = {
      'map-show-f.json': edited('map-show-f.json', (text) => text.replaceAll(/"pinned":\[[^\]]*\]/g, '"pinned":[]')),
    }
    expect(read(unpinned).content.pairs?.size).toBe(44)
  })

  it('may be an error instead of a list, which is said', () => {
    const found = read({
      'map-dump-settings.json': '{"error":"bpf obj get (/sys/fs/bpf/settings): No such file or directory"}',
    })
    expect(found.warnings).toEqual([expect.stringContaining('No such file or directory')])
    const absent = readInterception(recordedFiles('plain/00'))
    expect(absent?.programs.filter(({role}) => role !== null)).toEqual([])
  })

  it('has keys of sockets, and errors for their values', () => {
    expect(recordedInterception('plain/03', 'plain/04').content.sockets?.size).toBe(6)
  })

  it('may be broken, which is said and not fatal', () => {
    const found = read({
      'map-dump-process_ip.json': '[{"key":',
      'map-dump-cgroup_info_map.json': '[{"key":["0x01"],"value":[]}]',
    })
    expect(found.warnings).toHaveLength(2)
    expect(found.content.processes).toBeNull()
  })

  it('decodes scalars that bpftool decoded by their types', () => {
    const decoded = read({'map-dump-process_ip.json': '[{"key":985,"value":["0x0a","0x00","0x00","0x07"]}]'})
    expect([...(decoded.content.processes ?? [])]).toEqual([[985, '10.0.0.7']])
  })

  it('shows how it was built: USE_RECONNECT by its text, CNI mode by the mark map', () => {
    const built = ['plain/03', 'use-reconnect/03', 'cni-tc/06'].map((folder) => recordedInterception(folder))
    expect(built.map(({reconnects, cni}) => [reconnects, cni])).toEqual([
      [false, false],
      [true, false],
      [false, true],
    ])
  })
})

describe('a listing of cgroups', () => {
  it('has folders alone, with container and pod where they are known', () => {
    const text =
      '7 /sys/fs/cgroup/a app default/web\n8 /sys/fs/cgroup/a/cgroup.procs\nnonsense\n9 /sys/fs/cgroup/unified/b\n'
    expect(readCgroups(text)).toEqual([
      {id: 7, path: '/sys/fs/cgroup/a', container: 'app', pod: 'default/web'},
      {id: 9, path: '/sys/fs/cgroup/unified/b', container: null, pod: null},
    ])
  })
})

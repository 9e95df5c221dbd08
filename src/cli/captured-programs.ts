import {readInterception} from '../ebpf/parse/read-interception.js'
import {SourceError} from '../errors.js'
import {interceptorMaps} from './interceptor-maps.js'

/** Files of a pod's `ebpf` folder, by their paths in the pod's. */
export interface CapturedPrograms {
  files: Record<string, string>
  warnings: string[]
}

/**
 * eBPF programs that intercept traffic on this node, as one of its pods has them; no files where there are none. That they could
 * not be looked for is a warning: rules and sockets are worth a capture without them.
 */
export async function capturedPrograms(pid: number, pod: string): Promise<CapturedPrograms> {
  const [{readBpftool}, {podCgroups}] = await Promise.all([
    import('../sources/bpftool.js'),
    import('../sources/pod-cgroups.js'),
  ])
  try {
    const {files, warnings} = await readBpftool({pid, wanted: interceptorMaps})
    const hooks = readInterception({text: (file) => files[file] ?? null, names: () => Object.keys(files)})
    if (hooks === null || !hooks.programs.some(({role}) => role !== null)) return {files: {}, warnings: []}
    const own = podCgroups(pid, pod)
    const all = {...files, 'cgroups.txt': `${own}${files['cgroups.txt'] ?? ''}`}
    return {files: Object.fromEntries(Object.entries(all).map(([file, text]) => [`ebpf/${file}`, text])), warnings}
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return {files: {}, warnings: [`eBPF programs were not looked for: ${error.failure.where} ${error.failure.what}`]}
  }
}

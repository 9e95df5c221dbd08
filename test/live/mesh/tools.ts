import {spawnSync} from 'node:child_process'
import {whyNoNamespace} from '../sources/namespace.js'

const has = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0

/** Why no mesh of namespaces and Envoys can be made here, or null. */
export const whyNoMesh = (): string | null =>
  whyNoNamespace() ?? ['envoy', 'openssl', 'curl', 'setpriv', 'ss'].find((tool) => !has(tool)) ?? null

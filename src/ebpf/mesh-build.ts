import type {MeshBuild} from './interception.js'

/** The meshes that Merbridge is built for (bpf/headers/mesh.h); which one it was is compiled in. */
export const meshBuilds: readonly MeshBuild[] = [
  {mesh: 'istio', outPort: 15001, inPort: 15006, sidecarUid: 1337, dnsPort: 15053},
  {mesh: 'linkerd', outPort: 4140, inPort: 4143, sidecarUid: 2102, dnsPort: 0},
  {mesh: 'kuma', outPort: 15001, inPort: 15006, sidecarUid: 5678, dnsPort: 15053},
  {mesh: 'osm', outPort: 15001, inPort: 15003, sidecarUid: 1500, dnsPort: 0},
]

export const istioBuild: MeshBuild = {mesh: 'istio', outPort: 15001, inPort: 15006, sidecarUid: 1337, dnsPort: 15053}

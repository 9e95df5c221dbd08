// What the benchmark asks: requests of the sample mesh and of a made one, and packets.
import {httpPorts, makeServices} from './mesh.mjs'

const get = (authority, path, headers = []) => ({method: 'GET', authority, path, headers})

/** What productpage's Envoy of the sample meets: plain, weighted and header routes, mTLS inbound, TCP, passthrough. */
export const bookinfo = [
  {direction: 'outbound', dst: '10.96.0.14:9080', http: get('reviews:9080', '/reviews/0', [['accept', '*/*']])},
  {direction: 'outbound', dst: '10.96.0.14:9080', http: get('reviews:9080', '/reviews/0', [['end-user', 'jason']])},
  {direction: 'outbound', dst: '10.96.0.11:9080', http: get('details:9080', '/details/0')},
  {direction: 'outbound', dst: '10.96.0.12:9080', http: get('ratings.default.svc.cluster.local:9080', '/ratings/0')},
  {direction: 'outbound', dst: '10.96.0.20:7070', protocol: 'tcp'},
  {
    direction: 'inbound',
    dst: '10.10.0.13:9080',
    src: '10.10.0.18:40000',
    tls: {
      sni: 'outbound_.9080_._.productpage.default.svc.cluster.local',
      alpn: ['istio'],
      cert: {uriSans: ['spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway']},
    },
    http: get('bookinfo.example.com', '/productpage'),
  },
  {direction: 'outbound', dst: '10.96.0.99:8000', http: get('nowhere.example.com', '/x')},
  {direction: 'outbound', dst: '93.184.216.34:443', protocol: 'tcp', tls: {sni: 'example.com', alpn: ['h2']}},
]

/**
 * Requests to 300 HTTP services that stand evenly among `count`: what is read once for a service weighs the same in meshes of any
 * size.
 */
export function requestsTo(count) {
  const services = makeServices(count).filter(({port}) => httpPorts.includes(port))
  const step = services.length / 300
  return Array.from({length: 300}, (_, index) => {
    const {host, port, address} = services[Math.floor(index * step)]
    return {direction: 'outbound', dst: `${address}:${port}`, http: get(`${host}:${port}`, `/${index}`)}
  })
}

const packet = {proto: 'tcp', in: null, out: null, uid: 1000, gid: 1000, mark: 0, ctstate: 'NEW'}
/** Packets that take different ways through the rules of Istio: intercepted, of the proxy itself, on loopback, inbound, excluded. */
export const packets = [
  {...packet, hook: 'path-out', src: '10.10.0.11', sport: 40000, dst: '10.96.0.14', dport: 9080, out: 'eth0'},
  {...packet, hook: 'path-out', src: '10.10.0.11', dst: '10.96.0.14', dport: 80, out: 'eth0', uid: 1337, gid: 1337},
  {...packet, hook: 'path-out', src: '127.0.0.1', dst: '127.0.0.1', dport: 9080, out: 'lo'},
  {...packet, hook: 'path-in', src: '10.10.0.14', dst: '10.10.0.11', dport: 9080, in: 'eth0'},
  {...packet, hook: 'path-in', src: '10.10.0.14', dst: '10.10.0.11', dport: 15021, in: 'eth0'},
]

import {describe, expect, it} from 'vitest'
import {DataError} from '../../../src/errors.js'
import {readEnvironment, readPlaceEnvironment} from '../../../src/netfilter/environment/read-environment.js'

const socketsOf = (ss: string) => readEnvironment({ss}).listeners

describe('a captured network namespace', () => {
  it('has no member for what was not captured', () => {
    expect(readEnvironment({})).toEqual({})
  })
  it('reads sockets of both families with the process that holds them', () => {
    const header = 'Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess'
    const lines = [
      'tcp   LISTEN 0      4096       127.0.0.1:15000      0.0.0.0:*    users:(("envoy",pid=1,fd=15))',
      'udp   UNCONN 0      0      127.0.0.53%lo:53         0.0.0.0:*',
      'tcp   LISTEN 0      4096           [::1]:631           [::]:*',
      'tcp   LISTEN 0      4096               *:15020            *:*    users:(("pilot-agent",pid=2,fd=9))',
    ]
    expect(socketsOf([header, ...lines].join('\n'))).toEqual([
      {proto: 'tcp', address: '127.0.0.1', port: 15000, process: 'envoy'},
      {proto: 'udp', address: '127.0.0.53', port: 53},
      {proto: 'tcp', address: '::1', port: 631},
      {proto: 'tcp', address: '*', port: 15020, process: 'pilot-agent'},
    ])
  })
  it('names the file of broken JSON', () => {
    expect(() => readPlaceEnvironment(() => '[{', 'pods/default/a')).toThrow(DataError)
    expect(() => readPlaceEnvironment(() => '[{', 'pods/default/a')).toThrow('pods/default/a/ip-addr.json')
  })
})

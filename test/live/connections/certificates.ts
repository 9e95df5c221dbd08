import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {ClientCertificate} from '../../../src/xds/match/request.js'

/** A client's certificate as a file, as PEM texts, and as our request says it. */
export interface Identity {
  name: string
  cert: string
  key: string
  known: ClientCertificate
}

export interface Certificates {
  authority: string
  serverCert: string
  serverKey: string
  clients: Identity[]
}

const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, {stdio: 'pipe'})
}

const clients: {name: string; subject: string; uriSans: string[]; dnsSans: string[]; validated: boolean}[] = [
  {name: 'one', subject: 'CN=one', uriSans: ['spiffe://td/ns/a/sa/one'], dnsSans: ['one.a.com'], validated: true},
  {
    name: 'two',
    subject: 'CN=two',
    uriSans: ['spiffe://td/ns/b/sa/two', 'spiffe://td/ns/a/sa/one2'],
    dnsSans: [],
    validated: true,
  },
  {name: 'bare', subject: 'CN=bare', uriSans: [], dnsSans: [], validated: true},
  {name: 'stranger', subject: 'CN=one', uriSans: ['spiffe://td/ns/a/sa/one'], dnsSans: [], validated: false},
]

/** An authority, a server and its clients, one of them of another authority, in `folder`. */
export function makeCertificates(folder: string): Certificates {
  const path = (name: string) => join(folder, name)
  for (const authority of ['ca', 'other'])
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${authority}`,
      '-keyout',
      path(`${authority}.key`),
      '-out',
      path(`${authority}.crt`),
    )
  const sign = (name: string, subject: string, sans: string[], authority: string) => {
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/${subject}`,
      '-keyout',
      path(`${name}.key`),
      '-out',
      path(`${name}.csr`),
    )
    writeFileSync(
      path(`${name}.ext`),
      sans.length > 0 ? `subjectAltName=${sans.join(',')}\n` : 'basicConstraints=CA:FALSE\n',
    )
    openssl(
      'x509',
      '-req',
      '-days',
      '2',
      '-in',
      path(`${name}.csr`),
      '-CA',
      path(`${authority}.crt`),
      '-CAkey',
      path(`${authority}.key`),
      '-CAcreateserial',
      '-extfile',
      path(`${name}.ext`),
      '-out',
      path(`${name}.crt`),
    )
  }
  sign('server', 'CN=server', ['DNS:server'], 'ca')
  const identities = clients.map(({name, subject, uriSans, dnsSans, validated}) => {
    sign(
      name,
      subject,
      [...uriSans.map((uri) => `URI:${uri}`), ...dnsSans.map((dns) => `DNS:${dns}`)],
      validated ? 'ca' : 'other',
    )
    const read = (ending: string) => readFileSync(path(`${name}.${ending}`), 'utf8')
    return {name, cert: read('crt'), key: read('key'), known: {uriSans, dnsSans, subject, validated}}
  })
  return {authority: path('ca.crt'), serverCert: path('server.crt'), serverKey: path('server.key'), clients: identities}
}

import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'

/** Files of a workload's certificate, its key, and the authority that signed it. */
export interface IssuedCertificate {
  cert: string
  key: string
  authority: string
}

const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, {stdio: 'pipe'})
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** One authority in `folder`, and a function that issues certificates with a URI SAN each. */
export function makeAuthority(folder: string): (name: string, identity: string) => IssuedCertificate {
  const path = (name: string) => join(folder, name)
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/O=mesh',
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.crt'),
  )
  return (name, identity) => {
    const [key, request, cert, extensions] = ['key', 'csr', 'crt', 'ext'].map((end) => path(`${name}.${end}`)) as [
      string,
      string,
      string,
      string,
    ]
    writeFileSync(extensions, `subjectAltName=URI:${identity}\n`)
    openssl('req', ...newKey, '-subj', `/O=${name}`, '-keyout', key, '-out', request)
    openssl(
      'x509',
      '-req',
      '-days',
      '2',
      '-in',
      request,
      '-CA',
      path('ca.crt'),
      '-CAkey',
      path('ca.key'),
      '-extfile',
      extensions,
      '-out',
      cert,
    )
    return {cert, key, authority: path('ca.crt')}
  }
}

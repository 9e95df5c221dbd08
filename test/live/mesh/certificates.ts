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

/** The same certificate, signed by the same authority, with a time that is over. */
export function expire(folder: string, name: string): void {
  const path = (file: string) => join(folder, file)
  const config = path(`${name}.cnf`)
  writeFileSync(path(`${name}.index`), '')
  writeFileSync(path(`${name}.serial`), '01')
  const own = {
    database: path(`${name}.index`),
    serial: path(`${name}.serial`),
    new_certs_dir: folder,
    default_md: 'sha256',
    policy: 'any',
  }
  const lines = Object.entries(own).map(([key, value]) => `${key}=${value}\n`)
  writeFileSync(config, `[ca]\ndefault_ca=own\n[own]\n${lines.join('')}[any]\norganizationName=optional\n`)
  const signing = ['-config', config, '-cert', path('ca.crt'), '-keyfile', path('ca.key'), '-in', path(`${name}.csr`)]
  const times = ['-startdate', '20200101000000Z', '-enddate', '20200201000000Z', '-extfile', path(`${name}.ext`)]
  openssl('ca', '-batch', '-notext', ...signing, ...times, '-out', path(`${name}.crt`))
}

import type {NumberRange} from '../statement.js'

/** Port names as /etc/services of common systems has them: what `iptables -L` prints without `-n`, and nft with `-S`. */
const ports: Readonly<Record<string, number>> = {
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  time: 37,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  http: 80,
  kerberos: 88,
  pop3: 110,
  sunrpc: 111,
  ntp: 123,
  imap2: 143,
  snmp: 161,
  bgp: 179,
  ldap: 389,
  https: 443,
  'microsoft-ds': 445,
  submissions: 465,
  urd: 465,
  syslog: 514,
  submission: 587,
  ipp: 631,
  ldaps: 636,
  'domain-s': 853,
  rsync: 873,
  imaps: 993,
  pop3s: 995,
  socks: 1080,
  'ms-sql-s': 1433,
  nfs: 2049,
  mysql: 3306,
  svn: 3690,
  sip: 5060,
  'xmpp-client': 5222,
  mdns: 5353,
  postgresql: 5432,
  amqp: 5672,
  x11: 6000,
  redis: 6379,
  'http-alt': 8080,
  jetdirect: 9100,
  'pdl-datastream': 9100,
  git: 9418,
  zabbix: 10050,
}

/** The port of a service name, as a range of one; null for what is no known name. */
export const portNumber = (name: string): NumberRange | null => {
  const port = Object.hasOwn(ports, name) ? ports[name] : undefined
  return port === undefined ? null : {low: port, high: port}
}

export const isServiceName = (text: string): boolean => /[a-zA-Z]/.test(text)

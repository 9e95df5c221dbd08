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

/** The port of a service name; null for what is no known name. */
const portNumber = (name: string): string | null => (Object.hasOwn(ports, name) ? String(ports[name]) : null)

export const isServiceName = (text: string): boolean => /[a-zA-Z]/.test(text)

/** `ssh:http` as `22:80`; null where a name is not known. Numbers stay. */
export function withoutServiceNames(text: string): string | null {
  // A name may hold what separates a range: the whole is looked up first.
  const whole = portNumber(text)
  if (whole !== null || !isServiceName(text)) return whole ?? text
  const ends = text.split(':').map((end) => (isServiceName(end) ? portNumber(end) : end))
  return ends.includes(null) ? null : ends.join(':')
}

import {type ClusterFlags, clusterFlags} from '../../cli/cluster-flags.js'
import {Args, Flags} from '../../cli/oclif.js'
import {write} from '../../cli/output.js'
import {aliasesOf, ProxyConfigCommand} from '../../cli/proxy-config/command.js'
import {dumpSource, inputFlags} from '../../cli/proxy-config/input.js'
import {rootCertificates} from '../../cli/proxy-config/root-certificates.js'
import {ExpectationError, UsageError} from '../../errors.js'
import {type ByteSource, fileSource} from '../../sources/byte-source.js'

const place = {file: 'config_dump.json', adminPath: '/config_dump?mask=dynamic_active_secrets,dynamic_warming_secrets'}
const name = 'proxy-config rootca-compare'

export default class RootcaCompare extends ProxyConfigCommand {
  static override summary = 'Say whether two Envoys trust a root certificate in common.'
  static override aliases = aliasesOf('rootca-compare', 'rc')
  static override args = {
    first: Args.string({description: 'One pod.'}),
    second: Args.string({description: 'The other pod.'}),
  }
  static override flags = {
    from: inputFlags.from,
    ...clusterFlags,
    file: Flags.string({char: 'f', summary: 'Read a dump from this file; give it twice.', multiple: true}),
  }
  static override examples = ['<%= config.bin %> pc rootca-compare productpage.default details.default --from sample']

  async run(): Promise<void> {
    const {args, flags} = await this.parse(RootcaCompare)
    const sources = await bothSources([args.first, args.second], flags)
    const [first = [], second = []] = [await rootCertificates(sources[0]), await rootCertificates(sources[1])]
    const both = `Both [${sources[0].origin}] and [${sources[1].origin}]`
    if (!first.some((certificate) => second.includes(certificate)))
      throw new ExpectationError(
        'have the non identical ROOTCA, theoretically the connectivity between them is unavailable',
        both,
      )
    await write(`${both} have the identical ROOTCA, theoretically the connectivity between them is available\n`)
  }
}

async function bothSources(
  pods: readonly (string | undefined)[],
  {file = [], ...flags}: {file?: string[] | undefined; from?: string | undefined} & ClusterFlags,
): Promise<[ByteSource, ByteSource]> {
  const [first, second, ...more] = [
    ...file.map((path) => () => Promise.resolve(fileSource(path))),
    ...pods.flatMap((pod) => (pod === undefined ? [] : [() => podSource(pod, flags)])),
  ]
  if (first === undefined || second === undefined || more.length > 0)
    throw new UsageError(
      'compares exactly two',
      name,
      'Pass two pods of the cluster, or with --from SNAPSHOT, or -f twice',
    )
  return [await first(), await second()]
}

const podSource = async (pod: string, flags: {from?: string | undefined} & ClusterFlags): Promise<ByteSource> => ({
  ...(await dumpSource(name, pod, flags, place)),
  origin: pod,
})

import {BaseCommand} from '../../cli/base-command.js'
import {captureFlags} from '../../cli/capture-source.js'
import {Flags} from '../../cli/oclif.js'

export default class SnapshotCreate extends BaseCommand {
  static override summary = 'Capture pods of a running mesh as one folder or file that every command reads.'
  static override description =
    `Of each pod: what its Envoy holds (configuration with endpoints, clusters, listeners, statistics, server information,
certificates without keys, runtime) and its netfilter rules, routes, addresses and sockets, as far as they can be had; of the cluster: pods,
services, endpoints, nodes, and the objects that the mesh is configured by. Nothing in the cluster is changed unless a flag says so.

Secrets are taken out before anything is written, and each place is named. What cannot be captured is named in snapshot.json with its
reason; --resume tries that again and keeps the rest. docs/capturing.md says what it takes and what is in it.`
  static override examples = [
    {description: 'All pods of a namespace', command: '<%= config.bin %> snapshot create -n default --out mesh.tar.gz'},
    {
      description: 'Two pods, one of them by its workload',
      command: '<%= config.bin %> snapshot create deploy/productpage-v1 reviews-v1-7f5f4c6f8b-2nqlk --out two',
    },
    {
      description: 'The whole mesh; then again what failed',
      command:
        '<%= config.bin %> snapshot create -A --out mesh && <%= config.bin %> snapshot create -A --out mesh --resume',
    },
    {
      description: 'Envoys without a cluster, and the namespace of one of them',
      command:
        '<%= config.bin %> snapshot create --admin localhost:15000=shop/cart --pid 4711=shop/cart --admin localhost:15001=shop/till --out shop',
    },
  ]
  static override strict = false
  static override flags = {
    ...captureFlags,
    out: Flags.string({
      summary: 'New folder, or .tar.gz file; written whole or not at all.',
      helpValue: 'FOLDER|FILE.tar.gz',
      required: true,
    }),
    force: Flags.boolean({summary: 'Replace what --out names.'}),
    resume: Flags.boolean({
      summary: 'Keep what --out holds already, and capture what failed then and what is new.',
      exclusive: ['force'],
    }),
    'no-redact': Flags.boolean({summary: 'Leave secrets in; only their owner may read the files then.'}),
    concurrency: Flags.integer({summary: 'Pods that are asked at once.', default: 8, min: 1, max: 64}),
  }

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(SnapshotCreate)
    const {createSnapshot} = await import('../../cli/create-snapshot.js')
    await createSnapshot(argv.map(String), flags, (text) => this.warning(text))
  }
}

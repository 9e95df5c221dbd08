import {existsSync} from 'node:fs'
import {delimiter, join} from 'node:path'

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** The files that would be read: kubectl's order. Files of KUBECONFIG that do not exist are passed over, as kubectl does. */
export function kubeconfigFiles(env: NodeJS.ProcessEnv): string[] {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  const home = env['HOME'] ?? env['USERPROFILE']
  const candidates = listed.length > 0 || home === undefined ? listed : [join(home, '.kube', 'config')]
  return candidates.filter((file) => existsSync(file))
}

/** Whether this process runs in a pod that may talk to its cluster. */
export const isInCluster = (env: NodeJS.ProcessEnv): boolean =>
  (env['KUBERNETES_SERVICE_HOST'] ?? '') !== '' && existsSync(serviceAccountToken)

/** Whether there is a cluster that a plain pod name could mean. */
export const hasKubeconfig = (env: NodeJS.ProcessEnv = process.env): boolean =>
  kubeconfigFiles(env).length > 0 || isInCluster(env)

import {hasKubeconfig} from '../sources/kubernetes/kubeconfig-files.js'
import type {ClusterFlags} from './cluster-flags.js'

/** Whether a pod's name alone means one of a running cluster: a flag says so, or there is a kubeconfig. */
export const meansCluster = ({context, kubeconfig}: ClusterFlags): boolean =>
  context !== undefined || kubeconfig !== undefined || hasKubeconfig()

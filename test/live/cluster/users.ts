import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {root} from '../../setup/run-bin.js'
import {apply, kubectl} from './lab.js'

const rbac = 'rbac.authorization.k8s.io'
const group = (name: string) => ({apiGroup: rbac, kind: 'Group', name})

/** `reader` gets exactly the ClusterRole that the documents offer; `executor` may read pods and run programs in those of `default`. */
export function bindUsers(): void {
  kubectl(['apply', '-f', '-'], readFileSync(join(root, 'deploy/kubernetes/reader.yaml'), 'utf8'))
  apply(
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: {name: 'lab-readers'},
      roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'sidetrace-reader'},
      subjects: [group('lab:readers')],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: {name: 'lab-executors', namespace: 'default'},
      rules: [
        {apiGroups: [''], resources: ['pods'], verbs: ['get', 'list']},
        {apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create']},
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: {name: 'lab-executors', namespace: 'default'},
      roleRef: {apiGroup: rbac, kind: 'Role', name: 'lab-executors'},
      subjects: [group('lab:executors')],
    },
  )
}

/** Whether `text` names a pod `namespace/name`: by that, by its name, or by the beginning of either. */
export const isNamed = (pod: string, text: string): boolean =>
  pod !== '' && (pod.startsWith(text) || pod.slice(pod.indexOf('/') + 1).startsWith(text))

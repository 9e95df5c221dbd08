const isName = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(text)

/** Where a snapshot keeps an object of the mesh: `objects/VirtualService/default/reviews.json`; null for what cannot name a file. */
export const objectFile = (kind: string, namespace: string, name: string): string | null =>
  [kind, namespace, name].every(isName) ? `objects/${kind}/${namespace}/${name}.json` : null

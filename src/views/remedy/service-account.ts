/** The service account that a principal's matcher asks for: `bookinfo-reviews (default)`; null where it asks for none by name. */
export function serviceAccountOf(want: string): string | null {
  const parts = /\/ns\/([^/|\s]+)\/sa\/([^/|\s$]+)/.exec(want)
  if (parts === null) return null
  const [, namespace = '', account = ''] = parts
  return `${account} (${namespace})`
}

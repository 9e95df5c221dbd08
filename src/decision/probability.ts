/** One of several ways that chance, or what is not known, can take. */
export interface Weighted {
  /** 0 to 1; the probabilities of all branches of one answer sum to 1. */
  probability: number
}

/** Every way continued: as flatMap, without its price where there is a single way, as nearly always. */
export function continueWays<A, B>(ways: readonly A[], next: (way: A) => B[]): B[] {
  const [only] = ways
  return only !== undefined && ways.length === 1 ? next(only) : ways.flatMap(next)
}

/** Every way of `branches` continued by every way of `next`, with the probabilities multiplied. */
export function continueBranches<A extends Weighted, B extends Weighted>(
  branches: readonly A[],
  next: (branch: A) => readonly B[],
): B[] {
  const [only] = branches
  // What is certain needs no sums: most ways have one continuation.
  if (only && branches.length === 1 && only.probability === 1) return [...next(only)]
  return branches.flatMap((branch) =>
    next(branch).map((way) => ({...way, probability: branch.probability * way.probability})),
  )
}

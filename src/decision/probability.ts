/** One of several ways that chance, or what is not known, can take. */
export interface Weighted {
  /** 0 to 1; the probabilities of all branches of one answer sum to 1. */
  probability: number
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

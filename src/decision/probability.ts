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
  return branches.flatMap((branch) =>
    next(branch).map((way) => ({...way, probability: branch.probability * way.probability})),
  )
}

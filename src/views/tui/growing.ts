/**
 * The first `count` items of a list that only ever grows. Several states share one list: a copy for every slice of a search costs
 * more than the search.
 */
export interface Growing<T> {
  items: T[]
  count: number
}

export const noneYet = <T>(): Growing<T> => ({items: [], count: 0})

/** The list with more items; copied first where another state has gone on with it already. */
export function grown<T>({items, count}: Growing<T>, more: readonly T[]): Growing<T> {
  const own = items.length === count ? items : items.slice(0, count)
  for (const item of more) own.push(item)
  return {items: own, count: count + more.length}
}

/**
 * Sorts like Go's `sort.Slice`. That sort is not stable, so the order of rows with equal keys is a property of the algorithm;
 * scripts that compare tables with istioctl's see it. Go uses a pattern-defeating quicksort (Orson Peters, arXiv:2106.05123) in a form
 * of its own since 1.19; this is the same algorithm, with the same thresholds and the same sequence of swaps.
 */
export function goSort<T>(items: T[], less: (a: T, b: T) => boolean): T[] {
  new PatternDefeatingQuicksort(items, less).sort()
  return items
}

type Hint = 'unknown' | 'increasing' | 'decreasing'

const insertionSortLimit = 12
/** From this length on the pivot is a median of medians. */
const nintherLimit = 50
/** So many swaps while choosing a pivot mean that the items stand in descending order. */
const mostSwaps = 4 * 3

const bitLength = (n: number): number => 32 - Math.clz32(n)

class PatternDefeatingQuicksort<T> {
  private readonly items: T[]
  private readonly lessThan: (a: T, b: T) => boolean

  constructor(items: T[], lessThan: (a: T, b: T) => boolean) {
    this.items = items
    this.lessThan = lessThan
  }

  sort(): void {
    this.quicksort(0, this.items.length, bitLength(this.items.length))
  }

  /** Is the item at index `i` less than the one at `j`? Indexes are always inside the list. */
  private less(i: number, j: number): boolean {
    return this.lessThan(this.items[i] as T, this.items[j] as T)
  }

  private swap(i: number, j: number): void {
    const {items} = this
    const held = items[i] as T
    items[i] = items[j] as T
    items[j] = held
  }

  private quicksort(from: number, to: number, badPivotsAllowed: number): void {
    let [a, b, limit] = [from, to, badPivotsAllowed]
    let wasBalanced = true
    let wasPartitioned = true
    for (;;) {
      const length = b - a
      if (length <= insertionSortLimit || limit === 0) {
        if (limit === 0 && length > insertionSortLimit) this.heapSort(a, b)
        else this.insertionSort(a, b)
        return
      }
      if (!wasBalanced) {
        this.breakPatterns(a, b)
        limit--
      }
      let {pivot, hint} = this.choosePivot(a, b)
      if (hint === 'decreasing') {
        this.reverse(a, b)
        pivot = b - 1 - (pivot - a)
        hint = 'increasing'
      }
      if (wasBalanced && wasPartitioned && hint === 'increasing' && this.partialInsertionSort(a, b)) return
      // The item before this part is a pivot and no less than any in it: equal ones are many, take them out together.
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot)
        continue
      }
      const {middle, alreadyPartitioned} = this.partition(a, b, pivot)
      wasPartitioned = alreadyPartitioned
      const [left, right] = [middle - a, b - middle]
      wasBalanced = Math.min(left, right) >= Math.floor(length / 8)
      if (left < right) {
        this.quicksort(a, middle, limit)
        a = middle + 1
      } else {
        this.quicksort(middle + 1, b, limit)
        b = middle
      }
    }
  }

  private insertionSort(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1)
  }

  private heapSort(a: number, b: number): void {
    const length = b - a
    for (let i = Math.floor((length - 1) / 2); i >= 0; i--) this.siftDown(i, length, a)
    for (let i = length - 1; i >= 0; i--) {
      this.swap(a, a + i)
      this.siftDown(0, i, a)
    }
  }

  private siftDown(low: number, high: number, first: number): void {
    let root = low
    for (;;) {
      let child = 2 * root + 1
      if (child >= high) return
      if (child + 1 < high && this.less(first + child, first + child + 1)) child++
      if (!this.less(first + root, first + child)) return
      this.swap(first + root, first + child)
      root = child
    }
  }

  private partition(a: number, b: number, pivot: number): {middle: number; alreadyPartitioned: boolean} {
    this.swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    while (i <= j && this.less(i, a)) i++
    while (i <= j && !this.less(j, a)) j--
    if (i > j) {
      this.swap(j, a)
      return {middle: j, alreadyPartitioned: true}
    }
    this.swap(i++, j--)
    for (;;) {
      while (i <= j && this.less(i, a)) i++
      while (i <= j && !this.less(j, a)) j--
      if (i > j) break
      this.swap(i++, j--)
    }
    this.swap(j, a)
    return {middle: j, alreadyPartitioned: false}
  }

  private partitionEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    for (;;) {
      while (i <= j && !this.less(a, i)) i++
      while (i <= j && this.less(a, j)) j--
      if (i > j) return i
      this.swap(i++, j--)
    }
  }

  /** Tries to finish a list that is nearly in order with a few steps; true when it is sorted. */
  private partialInsertionSort(a: number, b: number): boolean {
    const mostSteps = 5
    const shortest = 50
    let i = a + 1
    for (let step = 0; step < mostSteps; step++) {
      while (i < b && !this.less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < shortest) return false
      this.swap(i, i - 1)
      if (i - a >= 2)
        for (let j = i - 1; j >= 1; j--) {
          if (!this.less(j, j - 1)) break
          this.swap(j, j - 1)
        }
      if (b - i >= 2)
        for (let j = i + 1; j < b; j++) {
          if (!this.less(j, j - 1)) break
          this.swap(j, j - 1)
        }
    }
    return false
  }

  /** Scatters three items around the middle, chosen by an xorshift generator seeded with the length. */
  private breakPatterns(a: number, b: number): void {
    const length = b - a
    if (length < 8) return
    let random = BigInt(length)
    const modulus = 2 ** bitLength(length)
    const first = a + Math.floor(length / 4) * 2 - 1
    for (let i = 0; i < 3; i++) {
      random = BigInt.asUintN(64, random ^ (random << 13n))
      random ^= random >> 7n
      random = BigInt.asUintN(64, random ^ (random << 17n))
      let other = Number(BigInt.asUintN(32, random) & BigInt(modulus - 1))
      if (other >= length) other -= length
      this.swap(first + i, a + other)
    }
  }

  private choosePivot(a: number, b: number): {pivot: number; hint: Hint} {
    const length = b - a
    const swaps = {count: 0}
    const quarter = Math.floor(length / 4)
    let [i, j, k] = [a + quarter, a + quarter * 2, a + quarter * 3]
    if (length >= 8) {
      if (length >= nintherLimit) {
        i = this.medianAdjacent(i, swaps)
        j = this.medianAdjacent(j, swaps)
        k = this.medianAdjacent(k, swaps)
      }
      j = this.median(i, j, k, swaps)
    }
    if (swaps.count === 0) return {pivot: j, hint: 'increasing'}
    if (swaps.count === mostSwaps) return {pivot: j, hint: 'decreasing'}
    return {pivot: j, hint: 'unknown'}
  }

  private medianAdjacent(at: number, swaps: {count: number}): number {
    return this.median(at - 1, at, at + 1, swaps)
  }

  private median(first: number, second: number, third: number, swaps: {count: number}): number {
    let [a, b, c] = [first, second, third]
    const order = (x: number, y: number): [number, number] => {
      if (!this.less(y, x)) return [x, y]
      swaps.count++
      return [y, x]
    }
    ;[a, b] = order(a, b)
    ;[b, c] = order(b, c)
    ;[a, b] = order(a, b)
    return b
  }

  private reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j)
  }
}

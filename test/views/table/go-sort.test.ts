import {expect, it} from 'vitest'
import {goSort} from '../../../src/views/table/go-sort.js'

interface Item {
  key: number
  position: number
}

/** The generator and the lists of the Go program that the hashes below come from. */
function lists() {
  let seed = 7
  const random = (n: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return (seed >>> 8) % n
  }
  const keys: ((i: number, n: number) => number)[] = [
    () => random(10),
    (i) => Math.floor(i / 3),
    (i, n) => Math.floor((n - i) / 2),
    () => random(1000),
    (i) => i % 7,
    () => (random(2) === 0 ? random(20) : -1),
  ]
  return (n: number, mode: number): Item[] =>
    Array.from({length: n}, (_, position) => ({key: keys[mode]?.(position, n) ?? 0, position}))
}

/** FNV-1a over the positions that the items had before. */
const hash = (items: Item[]): number =>
  items.reduce((sum, {position}) => Math.imul(sum ^ position, 16777619) >>> 0, 2166136261)

/** Length, kind of list, and the hash of what Go 1.2x's sort.Slice made of it. In kind 5 the comparison is no order: -1 is less than nothing. */
const goMade: [number, number, number][] = [
  [0, 0, 2166136261],
  [0, 1, 2166136261],
  [0, 2, 2166136261],
  [0, 3, 2166136261],
  [0, 4, 2166136261],
  [0, 5, 2166136261],
  [1, 0, 84696351],
  [1, 1, 84696351],
  [1, 2, 84696351],
  [1, 3, 84696351],
  [1, 4, 84696351],
  [1, 5, 84696351],
  [5, 0, 2608954007],
  [5, 1, 3122569199],
  [5, 2, 2607225491],
  [5, 3, 2621674389],
  [5, 4, 3122569199],
  [5, 5, 3122569199],
  [12, 0, 4160344015],
  [12, 1, 1246796121],
  [12, 2, 181383755],
  [12, 3, 1831856451],
  [12, 4, 3741997207],
  [12, 5, 1804186483],
  [13, 0, 2805117969],
  [13, 1, 1373724879],
  [13, 2, 1354715197],
  [13, 3, 1149951321],
  [13, 4, 2977574475],
  [13, 5, 992265835],
  [20, 0, 1583888543],
  [20, 1, 2017146113],
  [20, 2, 2870210747],
  [20, 3, 2194685889],
  [20, 4, 2439125829],
  [20, 5, 2727613211],
  [49, 0, 2643381815],
  [49, 1, 527181919],
  [49, 2, 4042238909],
  [49, 3, 2227012185],
  [49, 4, 4038810321],
  [49, 5, 1259395557],
  [50, 0, 438545058],
  [50, 1, 3846415658],
  [50, 2, 336502470],
  [50, 3, 2195381596],
  [50, 4, 3175767866],
  [50, 5, 2917218676],
  [51, 0, 1538259718],
  [51, 1, 24962248],
  [51, 2, 2117957720],
  [51, 3, 4257584142],
  [51, 4, 218913030],
  [51, 5, 694969738],
  [100, 0, 935992461],
  [100, 1, 3726872593],
  [100, 2, 266037577],
  [100, 3, 4054725099],
  [100, 4, 1312783761],
  [100, 5, 2074923597],
  [333, 0, 2433868051],
  [333, 1, 2520004047],
  [333, 2, 1547918253],
  [333, 3, 2076236325],
  [333, 4, 464186237],
  [333, 5, 3166090687],
  [1000, 0, 170916665],
  [1000, 1, 2691360765],
  [1000, 2, 1300276709],
  [1000, 3, 2621991641],
  [1000, 4, 25427859],
  [1000, 5, 2661698901],
]

it('leaves items where Go’s sort.Slice leaves them, equal ones and inconsistent comparisons included', () => {
  const list = lists()
  const made = goMade.map(([n, mode]) => {
    const items = list(n, mode)
    const less =
      mode === 5 ? (a: Item, b: Item) => a.key >= 0 && b.key >= 0 && a.key < b.key : (a: Item, b: Item) => a.key < b.key
    return [n, mode, hash(goSort(items, less))]
  })
  expect(made).toEqual(goMade)
})

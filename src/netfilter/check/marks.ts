/** Marks that agree with `value` in the bits of `mask`. */
export interface MarkCube {
  value: number
  mask: number
}

/** More pieces than this, and marks are not told apart. */
const mostPieces = 2048

/** One packet mark for every way that the rules' questions about marks can be answered together; null where those are too many. */
export function markWitnesses(questions: readonly MarkCube[]): number[] | null {
  let classes: MarkCube[][] = [[{value: 0, mask: 0}]]
  for (const question of questions) {
    classes = classes.flatMap((cubes) => split(cubes, question)).filter((cubes) => cubes.length > 0)
    if (classes.reduce((sum, cubes) => sum + cubes.length, 0) > mostPieces) return null
  }
  return classes.map((cubes) => cubes[0]?.value ?? 0)
}

function split(cubes: readonly MarkCube[], question: MarkCube): [MarkCube[], MarkCube[]] {
  const inside = cubes.filter((cube) => !disjoint(cube, question)).map((cube) => join(cube, question))
  return [inside, cubes.flatMap((cube) => outside(cube, question))]
}

const disjoint = (a: MarkCube, b: MarkCube): boolean => ((a.value ^ b.value) & a.mask & b.mask) !== 0

const join = (a: MarkCube, b: MarkCube): MarkCube => ({
  value: (a.value | b.value) >>> 0,
  mask: (a.mask | b.mask) >>> 0,
})

/** The marks of `cube` that differ from `question`: first in its highest bit, then in the next, ... */
function outside(cube: MarkCube, question: MarkCube): MarkCube[] {
  if (disjoint(cube, question)) return [cube]
  const pieces: MarkCube[] = []
  let rest = cube
  for (let bit = 31; bit >= 0; bit--) {
    const mask = (1 << bit) >>> 0
    if ((question.mask & ~cube.mask & mask) === 0) continue
    pieces.push(join(rest, {value: (~question.value & mask) >>> 0, mask}))
    rest = join(rest, {value: (question.value & mask) >>> 0, mask})
  }
  return pieces
}

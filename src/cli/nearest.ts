import {editDistance} from '../snapshot/edit-distance.js'

/** At most `count` of `names` that `name` may have meant, nearest first: a third of its letters may differ. */
export function nearest(name: string, names: Iterable<string>, count = 1): string[] {
  const limit = Math.ceil(name.length / 3)
  return [...new Set(names)]
    .map((candidate) => ({candidate, distance: editDistance(name, candidate)}))
    .filter((found) => found.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map((found) => found.candidate)
}

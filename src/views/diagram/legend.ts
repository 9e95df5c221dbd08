import type {BranchStory, HopStory} from '../story/story.js'
import {lineText} from '../styled.js'
import {wrapWords} from './words.js'
import {element, text} from './xml.js'

const size = 12
const lineHeight = 17

const deeds = (hop: HopStory): {words: string; failed: boolean}[] =>
  hop.sentences
    .filter(({minor}) => !minor)
    .map(({what, why, beside, failed}) => ({
      words: [lineText(what), why, beside].filter((part) => part !== null && part !== '').join('  ·  '),
      failed,
    }))

/** What each number did, and by which rule: everything a picture has no room for. */
export function legendOf({places, notReached}: BranchStory, width: number): {svg: string; height: number} {
  const characters = Math.floor((width - 150) / (size * 0.56))
  let y = 8
  const parts: string[] = []
  for (const place of places)
    for (const hop of place.hops) {
      parts.push(
        element('circle', {class: 'number', cx: 34, cy: y + 12, r: 9}),
        text(34, y + 16, String(hop.number), {anchor: 'middle', class: 'number-text', size: 10}),
        text(52, y + 16, hop.label, {size, bold: true, class: hop.failed ? 'bad' : ''}),
      )
      for (const {words, failed} of deeds(hop))
        for (const each of wrapWords(`${failed ? '✕ ' : ''}${words}`, characters)) {
          parts.push(text(130, y + 16, each, {size, class: failed ? 'bad' : ''}))
          y += lineHeight
        }
      y += 5
    }
  if (notReached !== null) {
    parts.push(text(130, y + 16, `not reached: ${notReached}`, {size, class: 'soft'}))
    y += lineHeight
  }
  return {svg: parts.join(''), height: y + 20}
}

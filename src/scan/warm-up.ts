import {chunkOf} from './chunk.js'
import {OpaqueValue} from './opaque-value.js'

/** One of each token, and blanks of each kind. */
const sample = '{"a":"b\\n\\u00e9\\\\ word","c":[1,-0.5e+3,true,false,null,[],{}],\n "d" : {"e": 12.5 }\r\n\t}'

let done = false

/**
 * V8 compiles the loop over a dump for the paths that it has seen, and throws the code away when it meets another: one escape in the middle
 * of 100 MB would cost more than the rest. So every path is walked once before, with the sample cut at each of its bytes.
 */
export function warmUp(): void {
  if (done) return
  done = true
  const bytes = new TextEncoder().encode(sample)
  const value = new OpaqueValue()
  for (let cut = 0; cut <= bytes.length; cut++) {
    value.start()
    const [head, tail] = [bytes.slice(0, cut), bytes.slice(cut)]
    value.pass(chunkOf(Buffer.from(head), 0), 0, head.length)
    if (!value.done) value.pass(chunkOf(Buffer.from(tail), cut), 0, tail.length)
  }
}

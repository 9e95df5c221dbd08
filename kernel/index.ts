// The inner loops of src/scan in WebAssembly: strings and white space are read 16 bytes at a time. AssemblyScript, compiled by
// `npm run kernel`. All addresses are those of the one memory; `src/scan/kernel.ts` lays it out.

export {problem, problemAt} from './problem'
export {inBareScalar, inString, skip, skipped, startSkip} from './skip'
export {eventEnd, outputEnd, valueEnd, walk, writeTo} from './walk'

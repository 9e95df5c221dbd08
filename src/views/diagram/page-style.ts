import {pictureStyle} from './picture-style.js'

/** The look of the page: the reader's own light or dark, and the pictures' colours with it. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1c2330; --soft: #525d6f; --line: #c3cad6; --box: #f4f6fa; --bad: #b3261e; --good: #1b6e37; --way: #1f5fbf }
@media (prefers-color-scheme: dark) {
:root { --ground: #171c25; --ink: #e6eaf1; --soft: #a3aebf; --line: #485366; --box: #1f2632; --bad: #ff8a80; --good: #7ddc9b; --way: #82b1ff }
}
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere }
h1 { font-size: 1.4rem } h2 { font-size: 1.2rem } h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem } h4 { font-size: 1rem; margin: .6rem 0 .2rem }
.role, .beside, .at { color: var(--soft); font-weight: 400 }
.beside, .at, .name, .proof, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .85rem }
.bad { color: var(--bad) } .good { color: var(--good) }
.place { border: 1px solid var(--line); border-radius: .6rem; padding: 0 1rem 1rem; margin: 1rem 0 }
.failed { border-left: 4px solid var(--bad); padding-left: .8rem }
.count { display: inline-block; min-width: 1.6em; border-radius: 1em; background: var(--way); color: var(--ground); text-align: center }
ul { list-style: none; margin: 0; padding: 0 0 0 2.2rem } summary { cursor: pointer }
dt { color: var(--soft) } dd { margin: 0 0 .4rem 1rem }
table { border-collapse: collapse; font-size: .9rem; margin: .5rem 0 } caption { text-align: left; color: var(--soft) }
th, td { text-align: left; vertical-align: top; padding: .15rem .8rem .15rem 0 }
pre { max-height: 24rem; overflow: auto; border: 1px solid var(--line); padding: .6rem; background: var(--box) }
.picture { overflow-x: auto } .picture svg { max-width: 100%; min-width: 42rem; height: auto }
.wide svg { min-width: 72rem }
.minor { font-size: .9rem; color: var(--soft) } nav ul { padding: 0 } nav a { font-weight: 600 }
${pictureStyle}`

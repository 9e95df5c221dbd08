/** Colours for a light ground, and for a dark one where the reader asks for it. */
export const pictureStyle = `
.st { --ground: #ffffff; --ink: #1c2330; --soft: #5a6577; --line: #b9c2d0; --box: #f4f6fa; --way: #1f5fbf; --bad: #b3261e; --good: #1b6e37 }
@media (prefers-color-scheme: dark) {
.st { --ground: #171c25; --ink: #e6eaf1; --soft: #a3aebf; --line: #485366; --box: #1f2632; --way: #82b1ff; --bad: #ff8a80; --good: #7ddc9b }
}
.st text { font-family: ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif; fill: var(--ink) }
.st .mono { font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace }
.st .label { paint-order: stroke; stroke: var(--box); stroke-width: 5px; stroke-linejoin: round }
.st .soft { fill: var(--soft) }
.st .bad { fill: var(--bad) }
.st .good { fill: var(--good) }
.st .box { fill: var(--box); stroke: var(--line) }
.st .station { fill: var(--ground); stroke: var(--line) }
.st .failed { stroke: var(--bad); stroke-width: 2.5 }
.st .way { stroke: var(--way); fill: none; stroke-width: 2 }
.st .head { fill: var(--way) }
.st .number { fill: var(--way) }
.st .number-text { fill: var(--ground); font-weight: 700 }
`

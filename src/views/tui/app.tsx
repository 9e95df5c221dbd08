import {Box, Text, useInput} from 'ink'
import {useEffect, useMemo, useReducer, useRef} from 'react'
import type {TraceRequest} from '../../trace/request.js'
import {span} from '../styled.js'
import {paint, type Theme} from '../theme.js'
import {detailLines} from './detail.js'
import {DetailPane} from './detail-pane.js'
import {EditPane} from './edit-pane.js'
import {Footer} from './footer.js'
import {HelpPane} from './help-pane.js'
import {pasteEnd, pasteStart, readKeys} from './key.js'
import {layoutOf, type ScreenLayout, type Size, textWidth} from './layout.js'
import {type Action, type Context, initialState, reduce} from './reducer.js'
import {branchOf, type Effect, type Message, rowsIn, type State} from './state.js'
import {Top} from './top.js'
import {TreePane} from './tree-pane.js'

/** The terminal's size, and who tells of changes. */
export interface Terminal {
  size: () => Size
  changes: Pick<NodeJS.EventEmitter, 'on' | 'off'>
}

export interface AppProps {
  initial: TraceRequest
  title: string
  context: Context
  theme: Theme
  terminal: Terminal
  /** Does what the reducer asks of the outside; what it returns is shown on the bottom line. */
  perform: (effect: Effect) => Message | null
}

function useResize({size, changes}: Terminal, dispatch: (action: Action) => void) {
  useEffect(() => {
    const resized = () => dispatch({kind: 'resize', size: size()})
    changes.on('resize', resized)
    return () => {
      changes.off('resize', resized)
    }
  }, [size, changes, dispatch])
}

/** Hands keys and pasted text to the reducer. A paste may come in several events, between its two marks. */
function useKeys(dispatch: (action: Action) => void) {
  const pasting = useRef<string | null>(null)
  useInput((input, key) => {
    if (input === pasteStart) pasting.current = ''
    else if (input === pasteEnd) {
      dispatch({kind: 'paste', text: pasting.current ?? ''})
      pasting.current = null
    } else if (pasting.current !== null) pasting.current += key.return ? '\n' : input
    else for (const name of readKeys(input, key)) dispatch({kind: 'key', key: name})
  })
}

const promptOf = ({overlay}: State) =>
  overlay.kind === 'find'
    ? {label: 'find:', field: overlay.field}
    : overlay.kind === 'export'
      ? {label: 'export to:', field: overlay.field}
      : null

interface BodyProps extends Pick<AppProps, 'context' | 'theme'> {
  state: State
  layout: ScreenLayout
  lines: ReturnType<typeof detailLines>
}

function Panes({state, layout, lines, theme}: BodyProps) {
  const {both, body, tree, detail} = layout
  const bar = Array.from({length: body}, () => paint([span('|', 'dim')], theme)).join('\n')
  const left = (
    <TreePane
      rows={rowsIn(state)}
      cursor={state.cursor}
      focused={state.pane === 'tree'}
      width={tree}
      height={body}
      theme={theme}
    />
  )
  const right = (
    <DetailPane
      tab={state.tab}
      lines={lines}
      scroll={state.scroll}
      focused={state.pane === 'detail'}
      width={detail}
      height={body}
      theme={theme}
    />
  )
  if (!both) return state.pane === 'tree' ? left : right
  return (
    <Box>
      <Box width={tree}>{left}</Box>
      <Text>{bar}</Text>
      <Box width={detail}>{right}</Box>
    </Box>
  )
}

function Body(props: BodyProps) {
  const {state, layout, theme, context} = props
  const {width, body: height} = layout
  const {overlay} = state
  if (overlay.kind === 'help') return <HelpPane scroll={overlay.scroll} width={width} height={height} theme={theme} />
  if (overlay.kind === 'edit')
    return (
      <EditPane
        form={overlay.form}
        problems={overlay.problems}
        preview={overlay.preview}
        pods={context.pods}
        width={width}
        height={height}
        theme={theme}
      />
    )
  return <Panes {...props} />
}

/** The whole screen: a function of the state and the terminal's size. */
export function App({initial, title, context, theme, terminal, perform}: AppProps) {
  const [state, dispatch] = useReducer(
    (before: State, action: Action) => reduce(before, action, context),
    initial,
    (request) => initialState(request, terminal.size(), context),
  )
  const layout = layoutOf(state.size)
  const lines = useMemo(
    () => detailLines(state, context.lookup, textWidth(layout.detail)),
    [state, context, layout.detail],
  )
  useKeys(dispatch)
  useResize(terminal, dispatch)
  useEffect(() => {
    if (state.effect !== null) dispatch({kind: 'done', message: perform(state.effect)})
  }, [state.effect, perform])
  const rule = paint([span('-'.repeat(layout.width), 'dim')], theme)
  return (
    <Box flexDirection="column" width={layout.width} height={layout.height}>
      <Top
        title={title}
        story={state.story}
        shown={branchOf(state)}
        branch={state.branch}
        find={state.find}
        width={layout.width}
        theme={theme}
      />
      <Text wrap="truncate">{rule}</Text>
      <Box height={layout.body}>
        <Body state={state} layout={layout} lines={lines} context={context} theme={theme} />
      </Box>
      <Text wrap="truncate">{rule}</Text>
      <Footer message={state.message} prompt={promptOf(state)} width={layout.width} theme={theme} />
    </Box>
  )
}

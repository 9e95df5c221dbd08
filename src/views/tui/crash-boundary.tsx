import {Component, type ReactNode} from 'react'

interface Props {
  /** Called once, after nothing is drawn any more. */
  onCrash: (error: unknown) => void
  children: ReactNode
}

/** An error while drawing ends the screen: it is told after the terminal is given back, not in the midst of it. */
export class CrashBoundary extends Component<Props, {crashed: boolean}> {
  override state = {crashed: false}

  static getDerivedStateFromError(): {crashed: boolean} {
    return {crashed: true}
  }

  override componentDidCatch(error: unknown): void {
    this.props.onCrash(error)
  }

  override render(): ReactNode {
    return this.state.crashed ? null : this.props.children
  }
}

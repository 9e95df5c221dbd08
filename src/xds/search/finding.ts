/** Where something stands, by name and by JSONPath. */
export interface Place {
  /** `listener 0.0.0.0_80`, `virtual host reviews`, `route 0 (jason)`, from the outside in. */
  path: string[]
  at: string
}

/** A route, virtual host, filter chain or route configuration that nothing can reach, or may not. */
export interface Finding extends Place {
  kind: 'route config' | 'virtual host' | 'route' | 'filter chain'
  /** `no`: certainly unreachable; `undecided`: no way was found, and not all were tried. */
  reachable: 'no' | 'undecided'
  reason: string
  /** What takes the requests that it asks for, in the order in which it is tried. */
  takenBy: Place[]
}

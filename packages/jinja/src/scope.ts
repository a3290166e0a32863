import type { Run } from './run.ts'
import type { Body, Target } from './syntax-tree.ts'

/** The variables of one call of a macro, or of the template itself. A slot without a value is undefined. */
export class Frame {
  readonly run: Run
  readonly slots: unknown[]
  readonly parent: Frame | undefined

  constructor(run: Run, size: number, parent?: Frame) {
    this.run = run
    this.slots = new Array<unknown>(size).fill(undefined)
    this.parent = parent
  }
}

/** How many slots a frame needs; scopes of one frame share it. */
interface FrameLayout {
  size: number
  /** How many frames are around it. */
  readonly level: number
}

/** Where a variable may be: so many frames up, in this slot. */
export interface Place {
  readonly hops: number
  readonly slot: number
}

export interface Resolution {
  /** Innermost first; the first one that has a value counts. */
  readonly places: readonly Place[]
  /** Whether the first place has a value for certain. */
  readonly isCertain: boolean
  /** Whether the template itself gives the variable a value, at least somewhere before. */
  readonly isBound: boolean
}

/** The names that one block of a template sets, and what is around it. */
export class Scope {
  readonly parent: Scope | undefined
  readonly layout: FrameLayout
  /** Names that were read although they only exist when asked for: `loop`, `caller`, `varargs`, `kwargs`. */
  readonly usedImplicit = new Set<string>()
  /** Of a loop variable: the free variable whose elements it takes. */
  readonly elementsOf = new Map<string, string>()
  readonly #slots = new Map<string, number>()
  readonly #implicit = new Set<string>()
  #certain = new Set<string>()

  private constructor(parent: Scope | undefined, layout: FrameLayout) {
    this.parent = parent
    this.layout = layout
  }

  static root(): Scope {
    return new Scope(undefined, { size: 0, level: 0 })
  }

  /** A block within the same frame. */
  block(): Scope {
    return new Scope(this, this.layout)
  }

  /** A block that has a frame for each time it runs. */
  frame(): Scope {
    return new Scope(this, { size: 0, level: this.layout.level + 1 })
  }

  declare(name: string): number {
    const known = this.#slots.get(name)
    if (known !== undefined) return known
    const slot = this.layout.size++
    this.#slots.set(name, slot)
    return slot
  }

  /** A variable that has a value from here on. */
  assign(name: string): number {
    this.#certain.add(name)
    return this.declare(name)
  }

  /** A variable that is only made where the block reads it. */
  declareImplicit(name: string): number {
    this.#implicit.add(name)
    return this.assign(name)
  }

  declareAll(names: Iterable<string>): void {
    for (const name of names) this.declare(name)
  }

  /** All slots but those of the names. */
  slotsBeside(names: ReadonlySet<string>): number[] {
    return [...this.#slots].filter(([name]) => !names.has(name)).map(([, slot]) => slot)
  }

  /** The names that have a value, as they are now. */
  get certain(): ReadonlySet<string> {
    return new Set(this.#certain)
  }

  set certain(names: ReadonlySet<string>) {
    this.#certain = new Set(names)
  }

  resolve(name: string): Resolution {
    const places: Place[] = []
    let isBound = false
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      const slot = scope.#slots.get(name)
      if (slot === undefined) continue
      const hops = this.layout.level - scope.layout.level
      if (scope.#implicit.has(name)) scope.usedImplicit.add(name)
      places.push({ hops, slot })
      // What is around a macro has run when the macro is called.
      if (hops > 0 || scope.#certain.has(name)) isBound = true
      if (scope.#certain.has(name)) return { places, isCertain: places.length === 1 && hops === 0, isBound }
    }
    return { places, isCertain: false, isBound }
  }

  /** The free variable of whose elements the name is one. */
  sourceOf(name: string): string | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      if (scope.#slots.has(name)) return scope.elementsOf.get(name)
    }
    return undefined
  }
}

/** The names that a block sets, those of its conditions included, those of blocks with a scope of their own not. */
export function assignedNames(body: Body): Set<string> {
  const names = new Set<string>()
  for (const statement of body) {
    if (statement.type === 'set' || statement.type === 'setBlock') addNames(statement.target, names)
    else if (statement.type === 'macro') names.add(statement.name)
    else if (statement.type === 'if') {
      const bodies = [...statement.branches.map((branch) => branch.body), statement.otherwise ?? []]
      for (const inner of bodies) for (const name of assignedNames(inner)) names.add(name)
    }
  }
  return names
}

export function addNames(target: Target, names: Set<string>): void {
  if (target.type === 'name') names.add(target.name)
  else if (target.type === 'tuple') for (const item of target.items) addNames(item, names)
}

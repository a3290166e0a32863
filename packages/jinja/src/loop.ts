import { Fault } from './jinja-error.ts'
import { isEqual } from './operators.ts'
import type { Run } from './run.ts'
import { Callable, SelfPrinting, Undefined } from './values.ts'

/** Runs a recursive loop over further elements. */
type Recurse = (children: unknown, depth0: number) => string

/** The variable `loop`. The list may grow while the loop goes over it. */
export class LoopState extends SelfPrinting {
  readonly items: readonly unknown[]
  readonly depth0: number
  index0 = 0
  readonly #recurse: Recurse | undefined
  #changed: unknown[] | undefined

  constructor(items: readonly unknown[], depth0: number, recurse?: Recurse) {
    super()
    this.items = items
    this.depth0 = depth0
    this.#recurse = recurse
  }

  /** Undefined for a name that there is not. */
  attribute(name: string, run: Run): unknown {
    const { items, index0 } = this
    switch (name) {
      case 'index':
        return index0 + 1
      case 'index0':
        return index0
      case 'first':
        return index0 === 0
      case 'last':
        return index0 === items.length - 1
      case 'length':
        return items.length
      case 'revindex':
        return items.length - index0
      case 'revindex0':
        return items.length - index0 - 1
      case 'previtem':
        return index0 === 0 ? new Undefined(name, this) : items[index0 - 1]
      case 'nextitem':
        return index0 === items.length - 1 ? new Undefined(name, this) : items[index0 + 1]
      case 'depth':
        return this.depth0 + 1
      case 'depth0':
        return this.depth0
      case 'cycle':
        return new Callable('method', name, (values) => this.#cycle(values))
      case 'changed':
        return new Callable('method', name, (values) => this.#hasChanged(values, run))
    }
    return undefined
  }

  #cycle(values: readonly unknown[]): unknown {
    if (values.length === 0) throw new Fault('ARGUMENTS', "'loop.cycle' takes the values to go through.")
    return values[this.index0 % values.length]
  }

  #hasChanged(values: unknown[], run: Run): boolean {
    const before = this.#changed
    this.#changed = values
    return before === undefined || !isEqual(before, values, run)
  }

  /** `loop(children)` in a loop that is `recursive`. */
  recurse(positional: readonly unknown[], named: ReadonlyMap<string, unknown>): string {
    if (!this.#recurse) {
      throw new Fault('TYPE', "'loop' can be called in a loop that says so: '{% for x in list recursive %}'.")
    }
    if (positional.length !== 1 || named.size > 0)
      throw new Fault('ARGUMENTS', "'loop' is called with one list.")
    return this.#recurse(positional[0], this.depth0 + 1)
  }

  override print(): string {
    return `<LoopContext ${this.index0 + 1}/${this.items.length}>`
  }
}

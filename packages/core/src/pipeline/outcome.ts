import { undeclaredOutput } from './failures.ts'
import type { Plan, PlannedComponent } from './plan.ts'
import type { RunWarning } from './result.ts'

type Values = Record<string, unknown>

/** What a run that was stopped gave until then. */
export interface GivenBefore {
  readonly outputs: Readonly<Record<string, Values>>
  readonly named: Readonly<Values>
  readonly warnings: readonly RunWarning[]
}

/** What a run has given so far. */
export class Outcome {
  /** By message: in a loop the same thing happens again and again, and is said once. */
  readonly #warnings = new Map<string, RunWarning>()
  readonly #plan: Plan
  readonly #included: ReadonlySet<string>
  readonly #outputs: Record<string, Values> = {}
  readonly #named: Values = {}

  constructor(plan: Plan, included: ReadonlySet<string>) {
    this.#plan = plan
    this.#included = included
  }

  /** Goes on from what a run gave before it was stopped. */
  restore(given: GivenBefore): void {
    Object.assign(this.#outputs, given.outputs)
    Object.assign(this.#named, given.named)
    this.warn(...given.warnings)
  }

  /**
   * Keeps what no connection consumes. Outputs of a later visit replace those of an earlier one, as a whole, unless
   * there are none.
   */
  keep(component: PlannedComponent, outputs: Values): void {
    const { name: owner, named } = component
    const all = this.#included.has(owner)
    let kept: Values | undefined
    for (const name in outputs) {
      if (!all && component.consumed.has(name)) continue
      if (!isGiven(outputs, name)) continue
      if (component.outputs.has(name)) {
        kept ??= {}
        kept[name] = outputs[name]
      } else this.warn(undeclaredOutput(component, name))
    }
    if (kept !== undefined) this.#outputs[owner] = kept
    else if (all && !Object.hasOwn(this.#outputs, owner)) this.#outputs[owner] = {}
    if (named !== undefined) this.#keepNamed(named, outputs)
  }

  #keepNamed(named: NonNullable<PlannedComponent['named']>, outputs: Values): void {
    if (!named.some(({ output }) => isGiven(outputs, output))) return
    for (const { output, name } of named) {
      if (isGiven(outputs, output)) this.#named[name] = outputs[output]
      else delete this.#named[name]
    }
  }

  warn(...warnings: readonly RunWarning[]): void {
    for (const warning of warnings) this.#warnings.set(warning.message, warning)
  }

  /** By component, like the outputs. */
  get warnings(): RunWarning[] {
    const place = ({ component }: RunWarning) => this.#plan.byName.get(component)?.index ?? 0
    return [...this.#warnings.values()].sort((a, b) => place(a) - place(b))
  }

  get isEmpty(): boolean {
    return Object.keys(this.#outputs).length + Object.keys(this.#named).length === 0
  }

  /** By component in the order of declaration: which one ended first must not be seen in the result. */
  get outputs(): Record<string, Values> {
    return inOrder(this.#outputs, (names) => {
      const place = (name: string) => (this.#plan.byName.get(name) as PlannedComponent).index
      return names.sort((a, b) => place(a) - place(b))
    })
  }

  get named(): Values {
    return inOrder(this.#named, () =>
      this.#plan.components
        .flatMap((component) => (component.named ?? []).map(({ name }) => name))
        .filter((name) => Object.hasOwn(this.#named, name)),
    )
  }
}

function isGiven(outputs: Values, name: string): boolean {
  return Object.hasOwn(outputs, name) && outputs[name] !== undefined
}

function inOrder<T>(values: Record<string, T>, order: (names: string[]) => string[]): Record<string, T> {
  const names = Object.keys(values)
  return names.length < 2 ? values : Object.fromEntries(order(names).map((name) => [name, values[name] as T]))
}

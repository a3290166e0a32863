import { Fault, type LimitName } from './jinja-error.ts'
import type { Signature } from './signature.ts'

/** What operations need of the rest: filters and tests by name, and how values are read. */
export interface Environment {
  filter(name: string): Operation | undefined
  test(name: string): Operation | undefined
  attribute(value: unknown, name: string, run: Run): unknown
  item(value: unknown, index: unknown, run: Run): unknown
}

/** A filter or a test: what it does with the value in front of it. */
export interface Operation {
  readonly signature: Signature
  apply(run: Run, value: unknown, values: readonly unknown[]): unknown
}

/** What one rendering may take. No clock is read: the same template and values always end in the same way. */
export interface Limits {
  /**
   * Work: about one step for each operation, iteration and call, and for a few dozen characters that are made or read. A
   * step takes 30 to 100 nanoseconds.
   *
   * @defaultValue 1,000,000, and 2,500 more for each message, tool or other object in the lists among the values, up to
   * 2,200 of them: some templates look at all messages for each message
   */
  readonly steps: number
  /**
   * Macros within macros, recursive loops, and values within values.
   *
   * @defaultValue 200
   */
  readonly depth: number
  /**
   * Characters of one string, and elements of one list or dict times eight.
   *
   * @defaultValue 10,000,000
   */
  readonly valueSize: number
  /**
   * Characters of the text that is rendered.
   *
   * @defaultValue 10,000,000
   */
  readonly outputSize: number
}

export const defaultLimits: Limits = {
  steps: 1_000_000,
  depth: 200,
  valueSize: 10_000_000,
  outputSize: 10_000_000,
}

/** Steps for each object in a list among the values, where no limit is given, and how many of them count. */
export const STEPS_PER_OBJECT = 2500
export const MOST_OBJECTS = 2200

const CHARACTERS_PER_STEP = 64
const ELEMENT_SIZE = 8

/** What the first `{{ … }}` of a template gave, where the template gives a value. */
export interface KeptValue {
  readonly value: unknown
  /** Where in the printed text it would stand. */
  readonly offset: number
  readonly at: number
  isAlone: boolean
}

/** The state of one rendering: what it has left, what it has printed, and where in the source it is. */
export class Run {
  readonly environment: Environment
  readonly limits: Limits
  readonly now: () => Date
  /** Whether the values of variables are copies, which the template may change. */
  readonly ownsValues: boolean
  /** The values of the free variables, by their place in the template. */
  readonly variables: readonly unknown[]
  /** Where in the source the operation that runs now begins. */
  at = 0
  printed = ''
  kept: KeptValue | undefined
  #keepsValue: boolean
  #steps: number
  #depth = 0

  constructor(
    environment: Environment,
    limits: Limits,
    now: () => Date,
    variables: readonly unknown[],
    ownsValues: boolean,
    keepsValue: boolean,
  ) {
    this.ownsValues = ownsValues
    this.#keepsValue = keepsValue
    this.environment = environment
    this.limits = limits
    this.now = now
    this.variables = variables
    this.#steps = limits.steps
  }

  /** @throws Fault `LIMIT` */
  spend(steps: number): void {
    this.#steps -= steps
    if (this.#steps < 0) throw this.#excess('steps', `takes more than ${this.limits.steps} steps`)
  }

  /** Pays for a text that is made or gone through. */
  spendText(length: number): void {
    if (length > this.limits.valueSize) {
      throw this.#excess('valueSize', `makes a string of more than ${this.limits.valueSize} characters`)
    }
    this.spend(length / CHARACTERS_PER_STEP)
  }

  /** Pays for texts that are put together: the engine does not copy the longest of them. */
  spendJoining(length: number, longest: number): void {
    if (length > this.limits.valueSize) this.spendText(length)
    this.spend(1 + (length - longest) / CHARACTERS_PER_STEP)
  }

  /** Pays for work on each character of a text, such as taking it apart. */
  spendCharacters(length: number): void {
    this.spendText(length)
    this.spend(length / 4)
  }

  /** Pays for a list or dict that is made or gone through. */
  spendElements(count: number): void {
    if (count * ELEMENT_SIZE > this.limits.valueSize) {
      const most = Math.floor(this.limits.valueSize / ELEMENT_SIZE)
      throw this.#excess('valueSize', `makes a list or dict of more than ${most} elements`)
    }
    this.spend(count / ELEMENT_SIZE)
  }

  print(text: string): void {
    this.spend(1 + text.length / CHARACTERS_PER_STEP)
    this.printed += text
    if (this.printed.length > this.limits.outputSize) {
      throw this.#excess('outputSize', `prints more than ${this.limits.outputSize} characters`)
    }
  }

  /** Whether the value of a `{{ … }}` is kept and not printed, as the first one is where the template gives a value. */
  keep(value: unknown): boolean {
    if (!this.#keepsValue) return false
    if (this.kept === undefined && this.printed.trim() === '') {
      this.kept = { value, offset: this.printed.length, at: this.at, isAlone: true }
      return true
    }
    if (this.kept) this.kept.isAlone = false
    return false
  }

  /** What `work` prints, in place of printing it. */
  capture(work: () => void): string {
    const [before, keepsValue] = [this.printed, this.#keepsValue]
    this.printed = ''
    this.#keepsValue = false
    work()
    const captured = this.printed
    this.printed = before
    this.#keepsValue = keepsValue
    return captured
  }

  enter(): void {
    if (++this.#depth > this.limits.depth) {
      throw this.#excess('depth', `goes deeper than ${this.limits.depth} levels`)
    }
  }

  leave(): void {
    this.#depth--
  }

  #excess(limit: LimitName, what: string): Fault {
    return new Fault('LIMIT', `The template ${what}.`, { limit })
  }
}

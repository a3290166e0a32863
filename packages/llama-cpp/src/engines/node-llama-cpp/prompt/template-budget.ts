import { type Context, createContext, Script } from 'node:vm'

/** A chat template asks for more than any needs. Unlike what a template raises, no other conversation would help. */
export class TemplateExcess extends Error {}

/** Steps of an interpreter: about one for each part of an expression that is evaluated. */
const STEPS = 2_000_000
const MILLISECONDS = 2000
const CHARACTERS = 10_000_000
/** Characters that cost as much as one step, and those that take as much memory as an element of a list. */
const CHARACTERS_PER_STEP = 128
const CHARACTERS_PER_ELEMENT = 8

/**
 * What a template of a model may take for one prompt, with all attempts to make it. Templates come with model files, so
 * anybody may have written them. Steps and sizes bound the memory; the time bounds what the library does in one step,
 * such as reading a template, sorting a list or printing a value.
 */
export class TemplateBudget {
  readonly #characters: number
  #steps: number
  #milliseconds: number

  /** @param given - How many characters the messages and tools have: long conversations may take longer. */
  constructor(given = 0) {
    this.#characters = CHARACTERS + 4 * given
    this.#steps = STEPS + given
    this.#milliseconds = MILLISECONDS + given / 10_000
  }

  /** @throws TemplateExcess */
  spend(steps: number): void {
    this.#steps -= steps
    if (this.#steps < 0) throw new TemplateExcess('it takes too many steps')
  }

  /** @throws TemplateExcess */
  spendText(length: number): void {
    this.checkSize(length)
    this.spend(length / CHARACTERS_PER_STEP)
  }

  /** @throws TemplateExcess */
  spendElements(count: number): void {
    this.spendText(count * CHARACTERS_PER_ELEMENT)
  }

  /** @throws TemplateExcess */
  checkSize(characters: number): void {
    if (characters > this.#characters) throw new TemplateExcess('it makes something that is too large')
  }

  /**
   * Runs what is left of the time at most. Node stops even work that never gives way; this is all that `node:vm` is for.
   *
   * @throws TemplateExcess
   */
  run<Result>(work: () => Result): Result {
    const started = performance.now()
    const timeout = Math.ceil(this.#milliseconds)
    if (timeout <= 0) throw new TemplateExcess('it takes too long')
    try {
      return runInTime(work, timeout)
    } catch (cause) {
      throw isTimeout(cause) ? new TemplateExcess('it takes too long', { cause }) : cause
    } finally {
      this.#milliseconds -= performance.now() - started
    }
  }
}

const RUN_WORK = new Script('work()')
const place: { work?: () => unknown } = {}
/** One for all: a context takes most of a millisecond to make, and its memory stays for long. */
let context: Context | undefined

function runInTime<Result>(work: () => Result, timeout: number): Result {
  context ??= createContext(place)
  place.work = work
  try {
    return RUN_WORK.runInContext(context, { timeout })
  } finally {
    delete place.work
  }
}

function isTimeout(cause: unknown): boolean {
  return (cause as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}

import type { Pipeline, RunEvent, RunResult } from '@millrace/core'
import { printable } from '@millrace/core/component'
import type { Included } from '../../arguments/included.ts'
import { canRedraw, type Terminal } from '../../terminal.ts'
import { plainJson } from '../plain-json.ts'
import { PromptStatus, promptProgressOf } from '../progress/progress.ts'
import { styleFor } from '../style.ts'
import { canStream } from '../transcript/can-stream.ts'
import { pieceOf } from '../transcript/piece.ts'
import { Transcript, type Visit } from '../transcript/transcript.ts'
import { jsonText } from '../write.ts'
import { type NamedOutput, readableOutputs, readableValue, unspokenPart } from './readable-outputs.ts'
import { Replies, type ShownWarning } from './replies.ts'
import { summaryLine } from './summary.ts'
import { UsageCounter } from './usage.ts'

export interface RunViewOptions {
  /** Nothing but one JSON object on stdout, at the end. */
  readonly json?: boolean
  /** Reasoning, tool calls and the summary even where stderr is not a terminal. */
  readonly verbose?: boolean
  /** No progress, no reasoning, no tool calls and no summary. */
  readonly quiet?: boolean
}

interface Shown extends RunViewOptions {
  /** Outputs that connections took, which are shown all the same. */
  readonly included?: Included
}

interface Outcome extends Pick<RunResult, 'status' | 'named' | 'questions'> {
  readonly warnings: readonly ShownWarning[]
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

type ChunkEvent = Extract<RunEvent, { readonly type: 'chunk' }>

/**
 * Shows one run: replies on stdout while they grow, the other outputs after it; on stderr warnings, a summary and, for a
 * person who watches, what a model thinks, what it calls and what comes back.
 */
export class RunView {
  readonly #pipeline: Pipeline
  readonly #options: Shown
  readonly #terminal: Terminal
  readonly #transcript: Transcript
  /** Components whose calls were shown on the screen that their outputs would go to. */
  readonly #callers = new Set<string>()
  readonly #prompts: PromptStatus | undefined
  readonly #replies: Replies
  readonly #warnings: string[] = []
  readonly #usage = new UsageCounter()
  readonly #start = performance.now()

  constructor(pipeline: Pipeline, options: Shown, terminal: Terminal) {
    this.#pipeline = pipeline
    this.#replies = new Replies(pipeline)
    this.#options = options
    this.#terminal = terminal
    const several = pipeline.names().filter((name) => canStream(pipeline.get(name))).length > 1
    const { stderr } = terminal
    const style = styleFor(stderr, terminal)
    this.#transcript = new Transcript({
      replies: (text) => this.#print(text),
      activity: this.#showsActivity() ? (text) => stderr.write(style('dim', printable(text))) : undefined,
      sameScreen: this.#isOneScreen(),
      headings: several,
    })
    if (!options.quiet && canRedraw(stderr, terminal)) this.#prompts = new PromptStatus(stderr, several)
  }

  onEvent(event: RunEvent): void {
    this.#replies.onEvent(event)
    switch (event.type) {
      case 'chunk':
        this.#showChunk(event)
        break
      case 'warning':
        this.#warnings.push(event.warning.message)
        break
      case 'modelCall':
        this.#usage.add(event.call)
        break
      case 'componentEnd':
      case 'componentPause':
      case 'componentError':
        this.#endVisit(event)
        break
    }
  }

  #showChunk(event: ChunkEvent): void {
    const progress = promptProgressOf(event.chunk)
    if (progress !== undefined) {
      // It is drawn over the line on which the cursor stands.
      if (this.#transcript.atLineStart) this.#prompts?.report(event, progress)
      return
    }
    const piece = this.#options.json ? undefined : pieceOf(event.chunk)
    if (piece === undefined) return
    this.#prompts?.clear()
    if (piece.kind === 'call' && this.#showsActivity() && this.#isOneScreen()) {
      this.#callers.add(event.component)
    }
    this.#transcript.add(event, piece)
  }

  #endVisit(visit: Visit): void {
    this.#prompts?.clear()
    this.#transcript.end(visit)
  }

  /** Without a result: ends the line of a reply that was cut off, and says what the run warned of. */
  fail(): void {
    this.#endReplies()
    this.#printWarnings(this.#warnings)
  }

  #endReplies(): void {
    this.#prompts?.clear()
    this.#transcript.close()
  }

  /** @param loadMs how long it took until the run began; without it there is no summary */
  finish(
    { status, outputs, named, questions, warnings }: Omit<Outcome, 'outputs'> & Pick<RunResult, 'outputs'>,
    loadMs?: number,
  ): void {
    const runMs = performance.now() - this.#start
    this.#endReplies()
    const given = {
      ...{ status, named, questions },
      outputs: this.#withoutOthers(outputs),
      warnings: [...warnings, ...this.#replies.warnings(warnings)],
    }
    const result = this.#options.json ? this.#asJson(given) : given
    if (this.#options.json) this.#printJson(result)
    else this.#printOutputs(result)
    this.#printNotes(result, loadMs, runMs)
  }

  /** Of a component that was included for one of its outputs, the result has all. */
  #withoutOthers(outputs: RunResult['outputs']): Outcome['outputs'] {
    const { included } = this.#options
    const entries = Object.entries(outputs).map(([component, values = {}]) => {
      if (!included?.components.includes(component)) return [component, values]
      const shown = Object.entries(values).filter(([socket]) => included.shows(component, socket))
      return [component, Object.fromEntries(shown)]
    })
    return Object.fromEntries(entries)
  }

  /** With the outputs as JSON has them, and a warning for each that is something else. */
  #asJson(given: Outcome): Outcome {
    const { outputs, named } = this.#replies.withData(given)
    const warnings = new Map<string, ShownWarning>()
    const written = (path: string, value: unknown) => {
      const { json, changes } = plainJson(value)
      const message = `The output '${path}' is not JSON: ${changes.join('; ')}.`
      const [component = ''] = path.split('.', 1)
      if (changes.length > 0) warnings.set(path, { code: 'OUTPUT_NOT_JSON', component, message })
      return json
    }
    const shown = Object.entries(outputs).map(([component, values]) => [
      component,
      mapEntries(Object(values), (socket, value) => written(`${component}.${socket}`, value)),
    ])
    const paths = this.#pipeline.options.outputs ?? {}
    return {
      ...given,
      outputs: Object.fromEntries(shown),
      named: mapEntries(named, (name, value) => written(paths[name] ?? name, value)),
      warnings: [...given.warnings, ...warnings.values()],
    }
  }

  #printJson({ status, outputs, named, questions, warnings }: Outcome): void {
    const usage = this.#usage.total()
    const json = {
      status,
      outputs,
      ...(Object.keys(named).length > 0 ? { named } : {}),
      questions,
      warnings,
      ...(usage === undefined ? {} : { usage }),
    }
    const { stdout } = this.#terminal
    stdout.write(jsonText(json, stdout))
  }

  #printOutputs(result: Outcome): void {
    const all = this.#outputs(result)
    const outputs = all.flatMap((output) => this.#unseen(output))
    const { components } = this.#transcript
    if (outputs.length === 0) {
      const { size } = components
      if (all.length === 0 && size === 0 && result.status === 'completed')
        this.#note('The run gave no outputs.')
      return
    }
    if (components.size > 0) this.#print('\n')
    this.#print(readableOutputs(outputs, components.size > 0 || outputs.length > 1))
  }

  /** The outputs that no connection consumed, and those that the pipeline names, by that name. */
  #outputs({ outputs, named }: Outcome): (NamedOutput & { readonly component: string })[] {
    const names = new Map(
      Object.entries(this.#pipeline.options.outputs ?? {}).map(([name, path]) => [path, name]),
    )
    const found = Object.entries(outputs).flatMap(([component, values]) =>
      Object.entries(values).map(([socket, value]) => {
        const path = `${component}.${socket}`
        return { name: names.get(path) ?? path, component, value }
      }),
    )
    const known = new Set(found.map(({ name }) => name))
    const others = Object.entries(named).filter(([name]) => !known.has(name))
    const componentOf = (name: string) => this.#pipeline.options.outputs?.[name]?.split('.', 1)[0] ?? ''
    return [...found, ...others.map(([name, value]) => ({ name, component: componentOf(name), value }))]
  }

  /**
   * What of an output was not shown yet. The outputs of a component that streamed are what it streamed, but for the
   * calls; what repeats a reply to the letter is one, too.
   */
  #unseen({ name, component, value }: NamedOutput & { readonly component: string }): NamedOutput[] {
    const { components } = this.#transcript
    const called = this.#callers.has(component)
    if (!components.has(component) && !called) {
      return this.#transcript.hasReply(readableValue(value)) ? [] : [{ name, value }]
    }
    const rest = unspokenPart(value, called)
    return rest.length === 0 ? [] : [{ name, value: rest }]
  }

  #showsActivity(): boolean {
    const { json, quiet, verbose } = this.#options
    return !json && !quiet && Boolean(this.#terminal.stderr.isTTY || verbose)
  }

  #isOneScreen(): boolean {
    return Boolean(this.#terminal.stdout.isTTY && this.#terminal.stderr.isTTY)
  }

  #printNotes({ warnings }: Outcome, loadMs: number | undefined, runMs: number): void {
    const { stderr } = this.#terminal
    const style = styleFor(stderr, this.#terminal)
    this.#printWarnings(warnings.map(({ message }) => message))
    const { quiet, verbose } = this.#options
    if (loadMs === undefined || quiet || !(stderr.isTTY || verbose)) return
    this.#note(style('dim', summaryLine(loadMs, runMs, this.#usage.total())))
  }

  #printWarnings(messages: readonly string[]): void {
    const style = styleFor(this.#terminal.stderr, this.#terminal)
    for (const message of messages) this.#note(`${style('yellow', 'Warning:')} ${printable(message)}`)
  }

  #note(line: string): void {
    this.#terminal.stderr.write(`${line}\n`)
  }

  #print(text: string): void {
    const { stdout } = this.#terminal
    stdout.write(stdout.isTTY ? printable(text) : text)
  }
}

function mapEntries(
  values: Readonly<Record<string, unknown>>,
  map: (name: string, value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(name, value)]))
}

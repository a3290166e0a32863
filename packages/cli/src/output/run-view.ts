import type { Pipeline, RunEvent, RunResult } from '@millrace/core'
import type { Terminal } from '../terminal.ts'
import { canStream } from './can-stream.ts'
import { jsonText } from './json-text.ts'
import { printable } from './printable.ts'
import { type NamedOutput, readableOutputs, readableValue } from './readable-outputs.ts'
import { ReplyPrinter } from './reply-printer.ts'
import { styleFor } from './style.ts'
import { summaryLine } from './summary.ts'
import { UsageCounter } from './usage.ts'

export interface RunViewOptions {
  /** Nothing but one JSON object on stdout, at the end. */
  readonly json?: boolean
  /** The summary even where stderr is no terminal. */
  readonly verbose?: boolean
  /** No progress and no summary. */
  readonly quiet?: boolean
}

/** Shows one run: replies on stdout while they grow, the other outputs after it, warnings and a summary on stderr. */
export class RunView {
  readonly #pipeline: Pipeline
  readonly #options: RunViewOptions
  readonly #terminal: Terminal
  readonly #replies: ReplyPrinter
  readonly #usage = new UsageCounter()
  readonly #start = performance.now()

  constructor(pipeline: Pipeline, options: RunViewOptions, terminal: Terminal) {
    this.#pipeline = pipeline
    this.#options = options
    this.#terminal = terminal
    const streaming = pipeline.names().filter((name) => canStream(pipeline.get(name)))
    this.#replies = new ReplyPrinter((text) => this.#print(text), streaming.length > 1)
  }

  onEvent(event: RunEvent): void {
    switch (event.type) {
      case 'componentStart':
        this.#usage.ignore(event.inputs)
        break
      case 'chunk':
        if (this.#options.json) break
        this.#replies.add(event.component, event.visit, event.chunk.content ?? '', event.chunk.start)
        break
      case 'componentEnd':
        this.#usage.count(event.outputs)
        this.#replies.end(event.component, event.visit)
        break
      case 'componentError':
        this.#replies.end(event.component, event.visit)
        break
    }
  }

  /** Ends the line of a reply that was cut off. */
  endReplies(): void {
    this.#replies.close()
  }

  finish(result: RunResult, loadMs: number): void {
    const runMs = performance.now() - this.#start
    this.endReplies()
    if (this.#options.json) this.#printJson(result)
    else this.#printOutputs(result)
    this.#printNotes(result, loadMs, runMs)
  }

  #printJson({ outputs, named, warnings }: RunResult): void {
    const usage = this.#usage.total()
    const json = {
      outputs,
      ...(Object.keys(named).length > 0 ? { named } : {}),
      warnings,
      ...(usage === undefined ? {} : { usage }),
    }
    const { stdout } = this.#terminal
    stdout.write(jsonText(json, stdout))
  }

  #printOutputs(result: RunResult): void {
    const outputs = this.#outputs(result).filter(({ component, value }) => !this.#wasShown(component, value))
    const { names } = this.#replies
    if (outputs.length === 0) {
      if (names.size === 0) this.#note('The run gave no outputs.')
      return
    }
    if (names.size > 0) this.#print('\n')
    this.#print(readableOutputs(outputs, names.size > 0 || outputs.length > 1))
  }

  /** What no connection consumed, and what has a name of its own, by that name. */
  #outputs({ outputs, named }: RunResult): (NamedOutput & { readonly component: string })[] {
    const names = new Map(
      Object.entries(this.#pipeline.options.outputs ?? {}).map(([name, path]) => [path, name]),
    )
    const found = Object.entries(outputs).flatMap(([component, values]) =>
      Object.entries(values ?? {}).map(([socket, value]) => {
        const path = `${component}.${socket}`
        return { name: names.get(path) ?? path, component, value }
      }),
    )
    const known = new Set(found.map(({ name }) => name))
    const others = Object.entries(named).filter(([name]) => !known.has(name))
    const componentOf = (name: string) => this.#pipeline.options.outputs?.[name]?.split('.', 1)[0] ?? ''
    return [...found, ...others.map(([name, value]) => ({ name, component: componentOf(name), value }))]
  }

  /** The outputs of a component that streamed are what it streamed; what repeats a reply to the letter is one, too. */
  #wasShown(component: string, value: unknown): boolean {
    return this.#replies.names.has(component) || this.#replies.hasPrinted(readableValue(value))
  }

  #printNotes({ warnings }: RunResult, loadMs: number, runMs: number): void {
    const { stderr } = this.#terminal
    const style = styleFor(stderr, this.#terminal)
    for (const { message } of warnings) this.#note(`${style('yellow', 'Warning:')} ${printable(message)}`)
    const { quiet, verbose } = this.#options
    if (quiet || !(stderr.isTTY || verbose)) return
    this.#note(style('dim', summaryLine(loadMs, runMs, this.#usage.total())))
  }

  #note(line: string): void {
    this.#terminal.stderr.write(`${line}\n`)
  }

  #print(text: string): void {
    const { stdout } = this.#terminal
    stdout.write(stdout.isTTY ? printable(text) : text)
  }
}

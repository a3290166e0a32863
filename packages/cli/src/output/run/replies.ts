import type { Pipeline, RunEvent, RunResult } from '@millrace/core'
import { canStream } from '../transcript/can-stream.ts'

type Values = Readonly<Record<string, unknown>>

/** As in the result of a run. */
export interface ShownWarning {
  readonly code: string
  readonly component: string
  readonly message: string
}

/** Watches the replies of a run: which were cut off, and which are JSON because somebody asked for it. */
export class Replies {
  readonly #pipeline: Pipeline
  readonly #cut = new Map<string, ShownWarning>()
  /** Components whose replies obey `responseFormat`: by the inputs of their last visit, else by their parameters. */
  readonly #structured = new Map<string, boolean>()

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline
  }

  onEvent(event: RunEvent): void {
    if (event.type === 'componentStart') {
      const asked = formatIn(event.inputs) ?? this.#formatOf(event.component)
      this.#structured.set(event.component, asked === 'jsonObject')
    }
    if (event.type === 'componentEnd') this.#findCut(event.component, event.outputs)
  }

  /** One for each component with a reply that ends in the middle, where no warning of the run says it already. */
  warnings(known: readonly ShownWarning[]): ShownWarning[] {
    const said = new Set(known.filter(({ code }) => code === 'REPLY_CUT').map(({ component }) => component))
    return [...this.#cut.values()].filter(({ component }) => !said.has(component))
  }

  /** Outputs by component and by name, with the `data` of each reply that is JSON beside its text. */
  withData({ outputs, named }: Pick<RunResult, 'outputs' | 'named'>): { outputs: Values; named: Values } {
    const paths = this.#pipeline.options.outputs ?? {}
    const read = (component: string, value: unknown) =>
      this.#structured.get(component) === true ? withData(value) : value
    return {
      outputs: mapValues(outputs, (component, values) =>
        mapValues(Object(values), (_, value) => read(component, value)),
      ),
      named: mapValues(named, (name, value) => read(paths[name]?.split('.', 1)[0] ?? '', value)),
    }
  }

  #formatOf(component: string): string | undefined {
    return this.#isOurs(component) ? formatIn(this.#pipeline.get(component).initParameters) : undefined
  }

  #findCut(component: string, outputs: unknown): void {
    if (!this.#isOurs(component) || !canStream(this.#pipeline.get(component))) return
    const cut = Object.values(Object(outputs)).flat().some(isCut)
    if (!cut) return
    this.#cut.set(component, {
      code: 'REPLY_CUT',
      component,
      message: `The reply of '${component}' was cut off and is not complete. Raise generationKwargs.maxTokens, or nCtx where the context is full.`,
    })
  }

  #isOurs(component: string): boolean {
    return this.#pipeline.names().includes(component)
  }
}

/** The `type` of `generationKwargs.responseFormat`; `'text'` where it was set to null. */
function formatIn(given: unknown): string | undefined {
  const { responseFormat } = Object(Object(given).generationKwargs)
  return responseFormat === null ? 'text' : Object(responseFormat).type
}

/** A message, or the meta of a text, that ends at `maxTokens`. What has such a warning of its own was said already. */
function isCut(output: unknown): boolean {
  const { meta = output } = Object(output)
  const { finishReason, warnings = [] } = Object(meta)
  return (
    finishReason === 'length' && !warnings.some((warning: unknown) => Object(warning).code === 'REPLY_CUT')
  )
}

function withData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withData)
  const { role, content } = Object(value)
  if (role !== 'assistant' || !Array.isArray(content)) return value
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const data = parsed(text)
  return data === undefined ? value : { ...Object(value), data }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function mapValues(values: object, change: (name: string, value: unknown) => unknown): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(name, value)]))
}

import type { ModelCall } from '@millrace/core'
import { componentsIn } from '@millrace/core/component'
import type { Admission } from '../admission/admission.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { RunRecord } from './run-record.ts'
import type { Runs } from './runs.ts'

type Labels = Readonly<Record<string, string | number>>

const BUCKETS = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** Numbers for Prometheus, in its text format. */
export class Metrics {
  readonly #runs: Runs
  readonly #admission: Admission
  readonly #catalog: Catalog
  readonly #requests = new Sums(
    'millrace_requests_total',
    'Requests that were answered, by method and status.',
  )
  readonly #requestTime = new Histogram('millrace_request_seconds', 'Time to the head of an answer.')
  readonly #runsEnded = new Sums('millrace_runs_total', 'Runs that ended, by pipeline and how.')
  readonly #runTime = new Histogram('millrace_run_seconds', 'Time of runs, without waiting.')
  readonly #queueTime = new Histogram('millrace_queue_seconds', 'How long runs waited for their turn.')
  readonly #calls = new Sums('millrace_model_calls_total', 'Requests to models, by pipeline and model.')
  readonly #prompt = new Sums('millrace_prompt_tokens_total', 'Tokens of prompts, by pipeline and model.')
  readonly #cached = new Sums('millrace_cached_tokens_total', 'Tokens of prompts that a model still held.')
  readonly #completion = new Sums('millrace_completion_tokens_total', 'Tokens that models wrote.')
  readonly #promptTime = new Sums('millrace_prompt_seconds_total', 'Time in which models read prompts.')
  readonly #completionTime = new Sums('millrace_completion_seconds_total', 'Time in which models wrote.')

  constructor(runs: Runs, admission: Admission, catalog: Catalog) {
    this.#runs = runs
    this.#catalog = catalog
    this.#admission = admission
    runs.subscribe((happened) => {
      if (happened.type === 'run') this.#countRun(happened.run)
      else if (happened.event.type === 'modelCall')
        this.#countCall(happened.run.pipeline, happened.event.call)
    })
  }

  countRequest(method: string, status: number, seconds: number): void {
    this.#requests.add(1, { method, status })
    this.#requestTime.observe(seconds)
  }

  /** All of them, as `GET /metrics` answers. */
  text(): string {
    const { running, waiting } = this.#admission
    const paused = this.#runs.paused().length
    return [
      this.#requests.text(),
      this.#requestTime.text(),
      this.#runsEnded.text(),
      this.#runTime.text(),
      this.#queueTime.text(),
      this.#calls.text(),
      this.#prompt.text(),
      this.#cached.text(),
      this.#completion.text(),
      this.#promptTime.text(),
      this.#completionTime.text(),
      ...slotGauges(this.#catalog),
      gauge('millrace_runs_running', 'Runs that go on.', running),
      gauge('millrace_runs_waiting', 'Runs that wait for their turn.', waiting),
      gauge('millrace_runs_paused', 'Runs that wait for answers.', paused),
      gauge('millrace_resident_memory_bytes', 'Memory of the process.', process.memoryUsage.rss()),
      // The names of llama-server, for the dashboards that exist for it.
      this.#prompt.sumAs('llamacpp:prompt_tokens_total'),
      this.#completion.sumAs('llamacpp:tokens_predicted_total'),
      this.#promptTime.sumAs('llamacpp:prompt_seconds_total'),
      this.#completionTime.sumAs('llamacpp:tokens_predicted_seconds_total'),
      gauge('llamacpp:requests_processing', 'Runs that go on.', running),
      gauge('llamacpp:requests_deferred', 'Runs that wait for their turn.', waiting),
    ].join('')
  }

  #countRun({ pipeline, state, createdAt, startedAt, endedAt }: RunRecord): void {
    if (endedAt === undefined) return
    this.#runsEnded.add(1, { pipeline, state })
    this.#queueTime.observe(((startedAt ?? endedAt) - createdAt) / 1000)
    if (startedAt !== undefined) this.#runTime.observe((endedAt - startedAt) / 1000)
  }

  #countCall(pipeline: string, { model, usage, timings }: ModelCall): void {
    const labels = { pipeline, model }
    this.#calls.add(1, labels)
    this.#prompt.add(usage?.promptTokens ?? 0, labels)
    this.#cached.add(usage?.cachedTokens ?? 0, labels)
    this.#completion.add(usage?.completionTokens ?? 0, labels)
    this.#promptTime.add((timings?.promptMs ?? 0) / 1000, labels)
    this.#completionTime.add((timings?.predictedMs ?? 0) / 1000, labels)
  }
}

/** Numbers by labels. */
class Sums {
  readonly #name: string
  readonly #help: string
  readonly #type: 'counter' | 'gauge'
  readonly #values = new Map<string, number>()

  constructor(name: string, help: string, type: 'counter' | 'gauge' = 'counter') {
    this.#name = name
    this.#help = help
    this.#type = type
  }

  add(value: number, labels: Labels): void {
    const key = labelText(labels)
    this.#values.set(key, (this.#values.get(key) ?? 0) + value)
  }

  text(): string {
    const lines = [...this.#values].map(([labels, value]) => `${this.#name}${labels} ${value}\n`)
    return head(this.#name, this.#help, this.#type) + lines.join('')
  }

  sumAs(name: string): string {
    const sum = [...this.#values.values()].reduce((total, value) => total + value, 0)
    return `${head(name, this.#help, 'counter')}${name} ${sum}\n`
  }
}

class Histogram {
  readonly #name: string
  readonly #help: string
  readonly #counts = BUCKETS.map(() => 0)
  #count = 0
  #sum = 0

  constructor(name: string, help: string) {
    this.#name = name
    this.#help = help
  }

  observe(seconds: number): void {
    this.#count++
    this.#sum += seconds
    for (const [index, most] of BUCKETS.entries()) {
      if (seconds <= most) this.#counts[index] = (this.#counts[index] ?? 0) + 1
    }
  }

  text(): string {
    const name = this.#name
    const buckets = BUCKETS.map((most, index) => `${name}_bucket{le="${most}"} ${this.#counts[index]}\n`)
    return `${head(name, this.#help, 'histogram')}${buckets.join('')}${name}_bucket{le="+Inf"} ${this.#count}\n${name}_sum ${this.#sum}\n${name}_count ${this.#count}\n`
  }
}

/** Of the models that are loaded. Several of one name in a pipeline add up. */
function slotGauges(catalog: Catalog): string[] {
  const slots = new Sums('millrace_slots', 'How many requests a loaded model works on at once.', 'gauge')
  const busy = new Sums('millrace_slots_busy', 'Requests that a model works on.', 'gauge')
  const waiting = new Sums('millrace_slots_waiting', 'Requests that wait for a slot of a model.', 'gauge')
  for (const { name, pipeline } of catalog.list()) {
    for (const component of pipeline === undefined ? [] : componentsIn(pipeline)) {
      const use = component.slotUse?.()
      if (use === undefined) continue
      const labels = { pipeline: name, model: use.model }
      slots.add(use.slots, labels)
      busy.add(use.busy, labels)
      waiting.add(use.waiting, labels)
    }
  }
  return [slots, busy, waiting].map((sums) => sums.text())
}

function gauge(name: string, help: string, value: number): string {
  return `${head(name, help, 'gauge')}${name} ${value}\n`
}

function head(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
}

function labelText(labels: Labels): string {
  const escaped = (value: string | number) =>
    String(value).replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`))
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`
}

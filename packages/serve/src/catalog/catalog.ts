import type { LoadProblem, Pipeline } from '@millrace/core'
import { LoadError } from '@millrace/core'
import { didYouMean, listNames, messageOf } from '@millrace/core/component'
import { ServeError } from '../errors.ts'
import { aboutFile } from './about.ts'
import { filesOf, type GivenPipeline, type LoadFile, nameOfFile } from './sources.ts'

/** What is wrong with a file, and where. Lines and columns count from 1. */
export interface EntryFinding {
  readonly level: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly line?: number
  readonly column?: number
  readonly file?: string
}

/** A pipeline as it is served now. An entry never changes: a file that did is a new one under the same name. */
export interface CatalogEntry {
  /** What it is called in addresses and as a model: letters, digits, `_`, `-` and `.`. */
  readonly name: string
  readonly title?: string
  readonly description: string
  /** Where it is from, as it was given; undefined for a pipeline of the caller. */
  readonly file?: string
  /** `broken`: the file cannot be loaded, as `findings` say. */
  readonly state: 'ready' | 'broken'
  /** Undefined where it is broken. */
  readonly pipeline?: Pipeline
  readonly findings: readonly EntryFinding[]
}

/** An entry while somebody uses its pipeline, which is not closed before that one releases it. */
export interface Lease {
  readonly entry: CatalogEntry
  readonly pipeline: Pipeline
  release(): void
}

interface Held {
  entry: CatalogEntry
  users: number
  /** Whether another entry took its place. */
  isReplaced: boolean
}

export interface CatalogOptions {
  readonly pipelines?: Readonly<Record<string, Pipeline | GivenPipeline>>
  /** Files, folders of them, and what else `load` takes. */
  readonly files?: readonly string[]
  readonly load?: LoadFile
  /** Whether requests may change the pipeline files, and run texts that are not saved. @defaultValue false */
  readonly edit?: boolean
}

/** The pipelines that are served, by name. */
export class Catalog {
  readonly #held = new Map<string, Held>()
  /** Texts that are tried before they are saved, by names that no file has. */
  readonly #drafts = new Map<string, Held>()
  /** Whether requests may change the pipeline files. */
  readonly isEditable: boolean
  readonly #load: LoadFile | undefined
  readonly #paths: readonly string[]
  readonly #closing = new Set<Promise<void>>()
  readonly #listeners = new Set<() => void>()
  #isClosed = false

  private constructor({ files = [], load, edit = false }: CatalogOptions) {
    this.isEditable = edit
    this.#paths = files
    this.#load = load
  }

  /** Loads the files. One that cannot be loaded is an entry, too, and does not stop the others. */
  static async open(options: CatalogOptions): Promise<Catalog> {
    const catalog = new Catalog(options)
    for (const [name, given] of Object.entries(options.pipelines ?? {})) catalog.#hold(entryOf(name, given))
    if (catalog.#paths.length > 0 && options.load === undefined) {
      throw new ServeError('SERVE_OPTION_INVALID', 'To serve files, a server needs `load`, which loads one.')
    }
    await catalog.#loadFiles()
    return catalog
  }

  /** By the order in which they were given. */
  list(): readonly CatalogEntry[] {
    return [...this.#held.values()].map(({ entry }) => entry)
  }

  /** @throws ServeError `SERVE_PIPELINE_UNKNOWN` */
  find(name: string): CatalogEntry {
    return this.#find(name).entry
  }

  /**
   * The pipeline of a name, for one use. Whoever takes it releases it.
   *
   * @throws ServeError `SERVE_PIPELINE_UNKNOWN`, `SERVE_BROKEN`
   */
  lease(name: string): Lease {
    const held = this.#find(name)
    const { entry } = held
    const pipeline = pipelineOf(entry)
    held.users++
    let isReleased = false
    return {
      entry,
      pipeline,
      release: () => {
        if (isReleased) return
        isReleased = true
        held.users--
        this.#closeIfUnused(held)
      },
    }
  }

  /**
   * The pipeline of a name, for what is over before anything else happens.
   *
   * @throws ServeError `SERVE_PIPELINE_UNKNOWN`, `SERVE_BROKEN`
   */
  use(name: string): Pipeline {
    return pipelineOf(this.#find(name).entry)
  }

  /** Hears of each change of the list. Returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Loads a file again, or for the first time. Runs that are going on end on the pipeline that they began with. Where it
   * cannot be loaded any more, the pipeline as it was stays served, with the findings of the file as it is.
   *
   * @returns what is wrong with the file, undefined where nothing is
   */
  async reload(file: string): Promise<string | undefined> {
    if (this.#isClosed) return undefined
    const held = [...this.#held.values()].find(({ entry }) => entry.file === file)
    const entry = await this.#loadFile(file, held?.entry.name ?? this.#freeName(nameOfFile(file)))
    this.#changed()
    return entry.state === 'broken' ? entry.findings[0]?.message : undefined
  }

  /**
   * Holds another text of a file as a pipeline that can be tried, in the place of the one before it. It is not in the list.
   *
   * @throws ServeError `SERVE_PIPELINE_UNKNOWN`
   */
  async draft(name: string, text: string): Promise<CatalogEntry> {
    const { file } = this.find(name)
    const load = this.#load
    if (file === undefined || load === undefined) {
      throw new ServeError('SERVE_PIPELINE_UNKNOWN', `The pipeline '${name}' has no file.`)
    }
    const entry = await loadEntry(file, `${name}~draft`, (path) => load(path, text))
    if (this.#isClosed) await entry.pipeline?.close()
    else hold(this.#drafts, entry, (old) => this.#replace(old))
    return entry
  }

  /** Takes out the entry of a file that is gone. */
  remove(file: string): void {
    for (const [name, held] of this.#held) {
      if (held.entry.file !== file) continue
      this.#held.delete(name)
      this.#replace(held)
      this.#changed()
    }
  }

  /** Closes the pipelines of files, once nobody uses them. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const held of [...this.#held.values(), ...this.#drafts.values()]) this.#replace(held)
    this.#held.clear()
    this.#drafts.clear()
    await Promise.all(this.#closing)
  }

  async #loadFiles(): Promise<void> {
    for (const file of this.#paths.flatMap(filesOf)) {
      await this.#loadFile(file, this.#freeName(nameOfFile(file)))
    }
  }

  async #loadFile(file: string, name: string): Promise<CatalogEntry> {
    const entry = await loadEntry(file, name, this.#load as LoadFile)
    const old = this.#held.get(name)
    if (this.#isClosed) await entry.pipeline?.close()
    else if (entry.state === 'broken' && old?.entry.pipeline !== undefined) {
      old.entry = { ...old.entry, findings: entry.findings }
    } else this.#hold(entry)
    return entry
  }

  #find(name: string): Held {
    const held = this.#held.get(name) ?? this.#drafts.get(name)
    if (held !== undefined) return held
    const names = [...this.#held.keys()]
    const message = `There is no pipeline '${name}'. Pipelines: ${listNames(names)}.${didYouMean(name, names)}`
    throw new ServeError('SERVE_PIPELINE_UNKNOWN', message, { param: 'model' })
  }

  #freeName(name: string): string {
    let free = name
    for (let count = 2; this.#held.has(free); count++) free = `${name}-${count}`
    return free
  }

  #hold(entry: CatalogEntry): void {
    hold(this.#held, entry, (old) => this.#replace(old))
  }

  #replace(held: Held): void {
    held.isReplaced = true
    this.#closeIfUnused(held)
  }

  #closeIfUnused({ entry, users, isReplaced }: Held): void {
    if (!isReplaced || users > 0 || entry.file === undefined || entry.pipeline === undefined) return
    // What fails to close has been replaced, and nobody waits for it.
    const closing = entry.pipeline.close().catch(() => {})
    this.#closing.add(closing)
    void closing.then(() => this.#closing.delete(closing))
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}

function hold(map: Map<string, Held>, entry: CatalogEntry, replace: (old: Held) => void): void {
  const old = map.get(entry.name)
  map.set(entry.name, { entry, users: 0, isReplaced: false })
  if (old !== undefined) replace(old)
}

function pipelineOf({ name, pipeline, findings }: CatalogEntry): Pipeline {
  if (pipeline !== undefined) return pipeline
  const [first] = findings
  const message = `The pipeline '${name}' cannot be run: its file cannot be loaded. ${first?.message ?? ''}`
  throw new ServeError('SERVE_BROKEN', message.trimEnd())
}

function entryOf(name: string, given: Pipeline | GivenPipeline): CatalogEntry {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(name)) {
    throw new ServeError(
      'SERVE_OPTION_INVALID',
      `A pipeline cannot be served as '${name}': a name has 1 to 64 letters, digits, '_', '-' or '.', and does not begin with one of the last two.`,
    )
  }
  const whole = 'pipeline' in given ? given : { pipeline: given }
  const { title, description } = { ...aboutFile(whole.pipeline), ...whole }
  return {
    name,
    ...(title === undefined ? {} : { title }),
    description: description ?? `Runs the pipeline '${name}'.`,
    state: 'ready',
    pipeline: whole.pipeline,
    findings: [],
  }
}

async function loadEntry(file: string, name: string, load: LoadFile): Promise<CatalogEntry> {
  try {
    const pipeline = await load(file)
    const { title, description } = aboutFile(pipeline, file)
    const findings = (await pipeline.check()).map(({ level, code, message, line, column, file: where }) => ({
      level,
      code,
      message,
      ...placeOf({ line, column, file: where }),
    }))
    return {
      name,
      ...(title === undefined ? {} : { title }),
      description: description ?? `Runs the pipeline '${name}'.`,
      file,
      state: 'ready',
      pipeline,
      findings,
    }
  } catch (error) {
    return { name, description: 'Cannot be loaded.', file, state: 'broken', findings: findingsOf(error) }
  }
}

function findingsOf(error: unknown): EntryFinding[] {
  const problems: readonly Pick<LoadProblem, 'message' | 'line' | 'column' | 'file'>[] =
    LoadError.isInstance(error) && error.problems.length > 0
      ? error.problems
      : [{ message: messageOf(error) }]
  return problems.map((problem) => ({
    level: 'error',
    code: 'code' in problem ? String(problem.code) : String(Object(error).code ?? 'LOAD_FAILED'),
    message: problem.message,
    ...placeOf(problem),
  }))
}

/** Where something is, without what is not known. */
function placeOf({ line, column, file }: Place): { line?: number; column?: number; file?: string } {
  return {
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(file === undefined ? {} : { file }),
  }
}

interface Place {
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly file?: string | undefined
}

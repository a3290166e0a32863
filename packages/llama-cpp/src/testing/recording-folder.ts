import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { didYouMean, listNames } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { differencesOf } from './differences.ts'
import { hashOf, type RecordedRequest } from './recorded-request.ts'
import { invalid, type Recording, readRecording } from './recording-file.ts'

/** Where the recordings are: a folder for each model, a file for each request. */
export class RecordingFolder {
  /** As it was named, for messages. */
  readonly name: string
  readonly #path: string

  constructor(name: string) {
    this.name = name
    this.#path = resolve(name)
  }

  fileOf(asked: RecordedRequest): string {
    return join(this.#path, folderOf(asked.model), `${asked.kind}-${hashOf(asked)}.json`)
  }

  /** @throws LlamaCppError `RECORDING_MISSING`, `RECORDING_INVALID` */
  async find(asked: RecordedRequest): Promise<Recording> {
    const path = this.fileOf(asked)
    const recording = await readRecording(path)
    if (!recording) throw await this.#missing(asked)
    const { kind, model, options, request } = recording
    if (hashOf({ kind, model, options, request }) === hashOf(asked)) return recording
    throw invalid(path, 'does not hold the request that it is named after')
  }

  async #missing(asked: RecordedRequest): Promise<LlamaCppError> {
    const { model, kind } = asked
    const path = this.fileOf(asked)
    const remedy = `Record it with the mode 'record', or MILLRACE_RECORD=record:${this.name} on the command line, or ask what was recorded.`
    const fail = (what: string) =>
      new LlamaCppError('RECORDING_MISSING', `${what} ${remedy}`, { path, expected: hashOf(asked), model })
    const models = await namesIn(this.#path)
    if (!models.includes(folderOf(model))) {
      const there =
        models.length === 0
          ? 'There are no recordings there.'
          : `There are recordings of ${listNames(models)}.${didYouMean(folderOf(model), models)}`
      return fail(`Nothing that '${model}' answers is recorded in '${this.name}'. ${there}`)
    }
    const what = `No recording in '${this.name}' answers this request of kind '${kind}' to '${model}' (${hashOf(asked)}).`
    const nearest = await this.#nearest(asked)
    return fail(nearest === undefined ? `${what} There is none of this kind.` : `${what} ${nearest}`)
  }

  /** What the recorded request that differs least differs in. */
  async #nearest(asked: RecordedRequest): Promise<string | undefined> {
    const folder = join(this.#path, folderOf(asked.model))
    let best: { readonly file: string; readonly differences: readonly string[] } | undefined
    for (const file of (await namesIn(folder)).filter((name) => name.startsWith(`${asked.kind}-`)).sort()) {
      const recording = await readRecording(join(folder, file)).catch(() => undefined)
      if (!recording) continue
      const differences = differencesOf(
        { options: asked.options, request: asked.request },
        { options: recording.options, request: recording.request },
      )
      if (!best || differences.length < best.differences.length) best = { file, differences }
    }
    if (!best) return undefined
    const shown = best.differences.slice(0, 3).join('; ')
    const more = best.differences.length > 3 ? `; and ${best.differences.length - 3} more` : ''
    return `The nearest, '${best.file}', differs in ${shown}${more}.`
  }
}

/** A model may be named as anything; a folder in this one may not. */
function folderOf(model: string): string {
  return model.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+$/, '_')
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch {
    return []
  }
}

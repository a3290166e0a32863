import { LlamaCppError } from '../errors.ts'
import type { FileParameters } from './model-files.ts'

/** Shorter pieces of a value tell nobody anything, and would be found in any sentence. */
const SHORTEST_PIECE = 6

/**
 * Keeps what the environment holds out of messages: they show the references as they are written. What else is left of
 * a value, such as the last part of a path, becomes `…`.
 */
export class HiddenValues {
  /** What to look for and what to show, the longest first. */
  readonly #shown: readonly (readonly [value: string, written: string])[]
  readonly #pieces: readonly RegExp[]

  constructor({ model, modelClipPath, modelKwargs }: FileParameters) {
    const written = JSON.stringify([model, modelClipPath, modelKwargs])
    const names = [...new Set([...written.matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => name as string))]
    const found = names.flatMap((name) => {
      const value = process.env[name]
      return value === undefined || value.length < 3 ? [] : [[value, `\${env:${name}}`] as const]
    })
    this.#shown = found
      .flatMap(([value, reference]) =>
        [...new Set([value, ...encodings(value)])].map((form) => [form, reference] as const),
      )
      .sort(([a], [b]) => b.length - a.length)
    const pieces = new Set(found.flatMap(([value]) => value.split(/[^\p{L}\p{N}_]+/u)))
    this.#pieces = [...pieces]
      .filter((piece) => piece.length >= SHORTEST_PIECE)
      .map((piece) => new RegExp(piece, 'giu'))
  }

  hide(text: string): string {
    const shown = this.#shown.reduce((rest, [value, written]) => rest.replaceAll(value, () => written), text)
    // The references themselves must stay, though a value may be in the name of a variable.
    return shown
      .split(/(\$\{env:\w+\})/)
      .map((part, index) =>
        index % 2 === 1 ? part : this.#pieces.reduce((rest, piece) => rest.replace(piece, '…'), part),
      )
      .join('')
  }

  /** The error without what the environment holds; without its cause, too, where that could hold it. */
  hideIn(error: unknown): unknown {
    if (this.#shown.length === 0 || !LlamaCppError.isInstance(error)) return error
    const { path, model, option, engine, status, exitCode, signal, actual, expected } = error
    const details = { path, model, option, engine, status, exitCode, signal, actual, expected }
    const shown = Object.entries(details).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === 'string' ? this.hide(value) : value]],
    )
    return new LlamaCppError(error.code, this.hide(error.message), Object.fromEntries(shown))
  }
}

function encodings(value: string): readonly string[] {
  try {
    return [encodeURI(value), encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]
  } catch {
    // Half a character has no encoding.
    return []
  }
}

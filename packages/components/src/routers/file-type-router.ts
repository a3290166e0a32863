import {
  type Component,
  type FileContent,
  type ImageContent,
  type OptionalSocket,
  type ParametersOf,
  type RunContext,
  t,
} from '@millrace/core'
import { LinearPattern, messageOf, readParameters } from '@millrace/core/component'
import mime from 'mime'
import { access } from '#platform'
import { ComponentsError } from '../errors.ts'

/** A path, or the content of a file. */
export type Source = string | FileContent | ImageContent

const fileSocket = t.object({
  type: t.literal('file'),
  base64: t.string(),
  mimeType: t.string(),
  filename: t.optional(t.string()),
  meta: t.optional(t.record(t.json())),
})
const sources = t.array(t.union(t.string(), t.image(), fileSocket))

/** The outputs that every router has. */
const ownOutputs = ['unclassified', 'failed']

/** Longer ones are not MIME types. */
const LONGEST = 255

/**
 * Sends files the way of their kind. The kind of a path is found by its extension, that of an image or file is in it. Each
 * entry of `mimeTypes` is an output of that name, which is left out when nothing belongs there; what belongs nowhere leaves
 * as `unclassified`, paths without a file as `failed`.
 *
 * An entry is a MIME type, `audio/*` for all of a kind, or a regular expression for the whole of it. An exact one wins; of
 * several others the first.
 *
 * @example
 * const router = new FileTypeRouter({ mimeTypes: ['text/plain', 'image/*'] })
 * await router.run({ sources: ['notes.txt', 'owl.jpg', 'song.mp3'] })
 */
export class FileTypeRouter implements Component {
  static readonly type = 'FileTypeRouter'
  static readonly description = 'Sends paths, files and images the way of their MIME type.'
  static readonly parameters = t.object({
    /** MIME types, `audio/*` for all of a kind, or regular expressions. Each is an output. */
    mimeTypes: t.array(t.string({ minLength: 1 }), {
      minItems: 1,
      uniqueItems: true,
      description: 'MIME types, `audio/*` for all of a kind, or regular expressions. Each is an output.',
    }),
    /** Extensions by MIME type, such as { text/x-log: .log }. They win over those that are known. */
    additionalMimeTypes: t.optional(t.record(t.string({ pattern: '^\\.' })), {
      description:
        'Extensions by MIME type, such as { text/x-log: .log }. They win over those that are known.',
    }),
    /** Whether a path without a file fails the run. Otherwise it leaves as `failed`. */
    raiseOnFailure: t.boolean({
      default: false,
      description: 'Whether a path without a file fails the run. Otherwise it leaves as `failed`.',
    }),
  })

  readonly initParameters: ParametersOf<typeof FileTypeRouter>
  readonly inputs = {
    /** Paths, files and images. A relative path starts where the program runs. */
    sources: t.described(sources, 'Paths, files and images. A relative path starts where the program runs.'),
  }
  readonly outputs: { readonly [mimeType: string]: OptionalSocket<readonly Source[]> }
  readonly #patterns: readonly (readonly [name: string, pattern: LinearPattern])[]
  readonly #byExtension: ReadonlyMap<string, string>

  /** @throws ComponentsError `ROUTE_INVALID` */
  constructor(given: ParametersOf<typeof FileTypeRouter>) {
    const parameters = readParameters(FileTypeRouter, given)
    this.initParameters = parameters
    const { mimeTypes, additionalMimeTypes = {} } = parameters
    checkTypes(mimeTypes)
    this.#patterns = mimeTypes.map((name, index) => [name, patternOf(name, `mimeTypes[${index}]`)])
    this.#byExtension = byExtension(additionalMimeTypes)
    const socket = t.optional(sources) as OptionalSocket<readonly Source[]>
    this.outputs = Object.fromEntries([...mimeTypes, ...ownOutputs].map((name) => [name, socket]))
  }

  /** @throws ComponentsError `SOURCE_NOT_FOUND`, with `raiseOnFailure` */
  async run(
    { sources }: { readonly sources: readonly Source[] },
    context?: RunContext,
  ): Promise<{ readonly [mimeType: string]: readonly Source[] }> {
    const outputs = new Map<string, Source[]>()
    for (const source of sources) {
      context?.signal.throwIfAborted()
      const output = (await this.#isMissing(source)) ? 'failed' : this.#outputOf(this.#mimeTypeOf(source))
      outputs.set(output, [...(outputs.get(output) ?? []), source])
    }
    return Object.fromEntries(outputs)
  }

  async #isMissing(source: Source): Promise<boolean> {
    if (typeof source !== 'string') return false
    try {
      await access(source)
      return false
    } catch (cause) {
      if (this.initParameters.raiseOnFailure !== true) return true
      throw new ComponentsError('SOURCE_NOT_FOUND', `There is no file '${source}', or it cannot be read.`, {
        cause,
      })
    }
  }

  #mimeTypeOf(source: Source): string {
    if (typeof source !== 'string') return normalized(source.mimeType)
    const extension = /\.[^./\\]*$/.exec(source)?.[0].toLowerCase() ?? ''
    return normalized(this.#byExtension.get(extension) ?? mime.getType(extension.slice(1)) ?? '')
  }

  #outputOf(mimeType: string): string {
    if (mimeType === '' || mimeType.length > LONGEST) return 'unclassified'
    const exact = this.#patterns.find(([name]) => withoutX(normalized(name)) === withoutX(mimeType))
    const found = exact ?? this.#patterns.find(([, pattern]) => pattern.test(mimeType))
    return found?.[0] ?? 'unclassified'
  }
}

/** In lower case and without parameters: `Text/Plain; charset=utf-8` is `text/plain`. */
function normalized(mimeType: string): string {
  return (mimeType.split(';')[0] ?? '').trim().toLowerCase()
}

/** `audio/x-wav` is an older name of `audio/wav`. */
function withoutX(mimeType: string): string {
  return mimeType.replace('/x-', '/')
}

/** Nothing would leave at the second of two entries for one type. */
function checkTypes(mimeTypes: unknown): void {
  if (!Array.isArray(mimeTypes) || mimeTypes.length === 0) {
    throw new ComponentsError(
      'ROUTE_INVALID',
      "'mimeTypes' must be a list with at least one MIME type, such as text/plain or image/*.",
      { option: 'mimeTypes' },
    )
  }
  const places = new Map<string, number>()
  for (const [index, name] of mimeTypes.entries()) {
    // A regular expression may have a `;` and letters in both cases.
    const type = /^[\w.+-]+\/[\w.+*-]+\s*(?:;|$)/.test(name) ? withoutX(normalized(name)) : name
    const before = places.get(type)
    if (before !== undefined) {
      throw new ComponentsError(
        'ROUTE_INVALID',
        `'mimeTypes[${index}]' is '${name}', the same type as '${mimeTypes[before]}' in 'mimeTypes[${before}]': nothing would leave there. Leave one of them out.`,
        { option: `mimeTypes[${index}]` },
      )
    }
    places.set(type, index)
  }
}

function byExtension(types: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const byExtension = new Map<string, string>()
  for (const [type, written] of Object.entries(types)) {
    const extension = written.toLowerCase()
    const before = byExtension.get(extension)
    if (before !== undefined) {
      throw new ComponentsError(
        'ROUTE_INVALID',
        `'additionalMimeTypes' has the extension '${extension}' for '${before}' and for '${type}'. A file is of one type.`,
        { option: `additionalMimeTypes.${type}` },
      )
    }
    byExtension.set(extension, type)
  }
  return byExtension
}

function patternOf(name: string, option: string): LinearPattern {
  if (ownOutputs.includes(name)) {
    throw new ComponentsError('ROUTE_INVALID', `'${name}' is an output that every FileTypeRouter has.`, {
      option,
    })
  }
  try {
    return new LinearPattern(`^(?:${name.replace(/^([\w.+-]+\/)\*$/, '$1.+')})$`, { ignoreCase: true })
  } catch (cause) {
    throw new ComponentsError(
      'ROUTE_INVALID',
      `'${name}' in '${option}' is neither a MIME type nor a regular expression for one: ${messageOf(cause)}.`,
      { option, cause },
    )
  }
}

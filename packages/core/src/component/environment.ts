import { environmentOfProcess } from '#platform'
import { DefinitionError } from '../errors.ts'
import { isPlainObject } from '../json.ts'

type Environment = { readonly [name: string]: string | undefined }

/** An escaped `${`, or a reference, whose `}` may be missing. */
const PIECE = /\$\$\{|\$\{env:([^}]*)(\}?)/g
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The names in the `${env:NAME}` references of a text. */
export function environmentReferences(text: string): string[] {
  return [...text.matchAll(PIECE)].flatMap(([, name, closed]) => (name !== undefined && closed ? [name] : []))
}

/** The first `${env:…}` in a text that is not a reference, because of its name or because nothing closes it. */
export function malformedReference(text: string): string | undefined {
  for (const [written, name, closed] of text.matchAll(PIECE)) {
    if (name !== undefined && (closed === '' || !NAME.test(name))) return written
  }
  return undefined
}

/** A text as a file has it: `$${` in the place of each `${` that a loader would take for more than text. */
export function escapeReferences(text: string): string {
  return text.replace(/\$\{(?=env:)|(?<=\$)\$\{/g, () => '$${')
}

/** The text that a file means: `${` in the place of each `$${`. */
export function unescapeReferences(text: string): string {
  return text.replaceAll('$${', () => '${')
}

/**
 * The value with every `${env:NAME}` in its strings replaced, deeply, and `$${` by `${`. For a component's `warmUp`:
 * parameters keep the reference, so that a dumped file never holds what it stood for. A class lists the parameters it
 * does this for in `static readonly environment`; which variables a file may name, the loader has checked.
 *
 * @throws DefinitionError `COMPONENT_PARAMETERS` naming the variable that is not set, or what is not a reference
 */
export function resolveEnvironment<T>(value: T, environment: Environment = environmentOfProcess()): T {
  if (typeof value === 'string') return resolveText(value, environment) as T
  if (Array.isArray(value)) return value.map((item) => resolveEnvironment(item, environment)) as T
  if (!isPlainObject(value)) return value
  const entries = Object.entries(value).map(([key, item]) => [key, resolveEnvironment(item, environment)])
  return Object.fromEntries(entries) as T
}

function resolveText(text: string, environment: Environment): string {
  const malformed = malformedReference(text)
  if (malformed !== undefined) {
    throw new DefinitionError(
      'COMPONENT_PARAMETERS',
      `'${malformed}' is not a reference to an environment variable: write \${env:NAME}.`,
    )
  }
  return text.replace(PIECE, (_, name) => (name === undefined ? '${' : lookUp(name, environment)))
}

function lookUp(name: string, environment: Environment): string {
  // process.env inherits from Object.prototype.
  const found = Object.hasOwn(environment, name) ? environment[name] : undefined
  if (found !== undefined) return found
  throw new DefinitionError(
    'COMPONENT_PARAMETERS',
    `A parameter refers to \${env:${name}}, but the environment variable '${name}' is not set.`,
  )
}

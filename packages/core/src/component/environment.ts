import { ConnectError } from '../errors.ts'

const REFERENCE = /\$\{env:([^}]*)\}/g
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The names in the `${env:NAME}` references of a text. */
export function environmentReferences(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map((match) => match[1] ?? '')
}

/** The first `${env:…}` in a text that is no reference, because of its name or because nothing closes it. */
export function malformedReference(text: string): string | undefined {
  for (const [written, name = '', closed] of text.matchAll(/\$\{env:([^}]*)(\}?)/g)) {
    if (closed === '' || !NAME.test(name)) return written
  }
  return undefined
}

/**
 * The value with every `${env:NAME}` in its strings replaced, deeply. For a component's `warmUp`: parameters keep the
 * reference, so that a dumped file never holds what it stood for. A class lists the parameters it does this for in
 * `static readonly environment`.
 *
 * @throws ConnectError `COMPONENT_PARAMETERS` naming the variable that is not set
 */
export function resolveEnvironment<T>(value: T, environment: NodeJS.ProcessEnv = process.env): T {
  if (typeof value === 'string') return value.replace(REFERENCE, (_, name) => lookUp(name, environment)) as T
  if (Array.isArray(value)) return value.map((item) => resolveEnvironment(item, environment)) as T
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  const entries = Object.entries(value).map(([key, item]) => [key, resolveEnvironment(item, environment)])
  return Object.fromEntries(entries) as T
}

function lookUp(name: string, environment: NodeJS.ProcessEnv): string {
  const found = NAME.test(name) ? environment[name] : undefined
  if (found !== undefined) return found
  throw new ConnectError(
    'COMPONENT_PARAMETERS',
    NAME.test(name)
      ? `A parameter refers to \${env:${name}}, but the environment variable '${name}' is not set.`
      : `'\${env:${name}}' is not a reference to an environment variable: write \${env:NAME}.`,
  )
}

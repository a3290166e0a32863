import type { ComponentClass } from '../../component/component.ts'
import { environmentReferences, malformedReference, unescapeReferences } from '../../component/environment.ts'
import { OptionError } from '../../errors.ts'
import { isPlainObject } from '../../json.ts'
import { describeValue } from '../../text/show.ts'

/** What the caller of the loader lets a file do. Files come from strangers: by default, nothing of it. */
export interface Permissions {
  /**
   * The variables of the environment that the file may refer to with `${env:NAME}`; `'all'` for files that you wrote
   * yourself. A file could send what it reads to a host of its choice.
   *
   * @defaultValue none
   */
  readonly environment?: readonly string[] | 'all'
  /**
   * Whether the file may name `http:` URLs, those of this machine included: whoever is on the way can change what comes
   * from them, and services of this machine answer what no stranger should ask them.
   *
   * @defaultValue false
   */
  readonly allowHttp?: boolean
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` */
export function checkPermissions({ environment = [], allowHttp = false }: Permissions): void {
  const isList =
    Array.isArray(environment) &&
    environment.every((name) => typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  if (environment !== 'all' && !isList) {
    const message = `The option 'environment' is a list of names of environment variables, or 'all', not ${describeValue(environment)}.`
    throw new OptionError('PIPELINE_INVALID_OPTION', message)
  }
  if (typeof allowHttp === 'boolean') return
  const message = `The option 'allowHttp' is true or false, not ${describeValue(allowHttp)}.`
  throw new OptionError('PIPELINE_INVALID_OPTION', message)
}

/** Why a text may not stand where the environment is looked up; undefined when it may. */
export function referenceFault(text: string, { environment = [] }: Permissions): string | undefined {
  const malformed = malformedReference(text)
  if (malformed !== undefined) {
    return `'${malformed}' is not a reference to an environment variable. Write \${env:NAME}, with a name of letters, digits and '_'.`
  }
  if (environment === 'all') return undefined
  const name = environmentReferences(text).find((referred) => !environment.includes(referred))
  if (name === undefined) return undefined
  return `'\${env:${name}}' is not allowed: a file reads only the environment variables that its caller names. Allow it with --allow-env ${name}, in code with { environment: ['${name}'] }.`
}

/** Why a text may not name what is fetched; undefined when it may. */
export function urlFault(text: string, { allowHttp = false }: Permissions): string | undefined {
  // A variable that is empty, or holds a part of the scheme, must not hide it.
  if (allowHttp || !/^http:/i.test(text.replace(/\$\{env:[^}]*\}/g, ''))) return undefined
  return `'${text}' is fetched without encryption. Write https: or hf:, or allow it with --allow-http, in code with { allowHttp: true }.`
}

/** Why a text may not name a server that is asked; undefined when it may. Those of this machine need no permission. */
export function serverFault(text: string, permissions: Permissions): string | undefined {
  if (isOfThisMachine(text) || urlFault(text, permissions) === undefined) return undefined
  return `'${text}' would be asked without encryption. Write https:, or allow it with --allow-http, in code with { allowHttp: true }. Servers of this machine need no permission: http://localhost, http://127.0.0.1.`
}

/** By its name: what a name of another machine resolves to, nobody asks. */
function isOfThisMachine(text: string): boolean {
  if (text.includes('${') || !URL.canParse(text)) return false
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(text).hostname)
}

/** Whether a parameter, by its path, is one of those that are named. */
export function isNamed(
  names: ComponentClass['urls' | 'servers'],
  path: readonly (string | number)[],
): boolean {
  const written = path.join('.')
  return names?.some((name) => written === name || written.startsWith(`${name}.`)) ?? false
}

/**
 * A value of a file with `${` for each `$${`, in keys, too. What is a text with references stays as it is: whoever
 * replaces those replaces `$${` as well.
 */
export function unescaped<T>(value: T): T {
  if (typeof value === 'string') return unescapeReferences(value) as T
  if (Array.isArray(value)) return value.map(unescaped) as T
  if (!isPlainObject(value)) return value
  const entries = Object.entries(value).map(([key, part]) => [unescapeReferences(key), unescaped(part)])
  return Object.fromEntries(entries) as T
}

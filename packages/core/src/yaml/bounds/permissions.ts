import { environmentReferences, malformedReference, unescapeReferences } from '../../component/environment.ts'
import { OptionError } from '../../errors.ts'
import { isPlainObject } from '../../json.ts'
import { listNames } from '../../text/names.ts'
import { shorten } from '../../text/shorten.ts'
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
  /**
   * The programs that the file may start, as it writes them, such as `npx`; `'all'` for files that you wrote yourself, or
   * that are only looked at. The arguments are the file's: one that may start `npx`, `node` or `docker` may do anything.
   *
   * @defaultValue none
   */
  readonly commands?: readonly string[] | 'all'
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` */
export function checkPermissions({ environment = [], allowHttp = false, commands = [] }: Permissions): void {
  const isList =
    Array.isArray(environment) &&
    environment.every((name) => typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  if (environment !== 'all' && !isList) {
    const message = `The option 'environment' is a list of names of environment variables, or 'all', not ${describeValue(environment)}.`
    throw new OptionError('PIPELINE_INVALID_OPTION', message)
  }
  const areCommands =
    Array.isArray(commands) && commands.every((command) => typeof command === 'string' && command !== '')
  if (commands !== 'all' && !areCommands) {
    const message = `The option 'commands' is a list of programs, or 'all', not ${describeValue(commands)}.`
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

/**
 * Why a file may not start a program; undefined when it may.
 *
 * @param parameters those around it, of which the message shows what the program would get
 */
export function commandFault(
  text: string,
  { args, env }: { readonly args?: unknown; readonly env?: unknown },
  { commands = [] }: Permissions,
): string | undefined {
  const command = unescapeReferences(text)
  if (commands === 'all' || commands.includes(command)) return undefined
  const given = [
    ...(Array.isArray(args) && args.length > 0
      ? [`the arguments ${args.map((argument) => shorten(JSON.stringify(argument), 120)).join(' ')}`]
      : []),
    ...(isPlainObject(env) && Object.keys(env).length > 0
      ? [`the variables ${listNames(Object.keys(env))}`]
      : []),
  ]
  const means = given.length === 0 ? '' : `, with ${given.join(' and ')},`
  return `The program '${command}'${means} is not allowed: a file starts only the programs that its caller names. Allow it with --allow-command ${command}, in code with { commands: ['${command}'] }, if you trust the file.`
}

/** Why a text may not name a server that is asked; undefined when it may. Those of this machine need no permission. */
export function serverFault(text: string, permissions: Permissions): string | undefined {
  if (isOfThisMachine(text) || urlFault(text, permissions) === undefined) return undefined
  return `'${text}' would be asked without encryption. Write https:, or allow it with --allow-http, in code with { allowHttp: true }. Servers of this machine need no permission: http://localhost, http://127.0.0.1.`
}

/**
 * By its name: what a name of another machine resolves to, nobody asks. A variable may stand behind the address alone: in it,
 * it could hold another host.
 */
function isOfThisMachine(text: string): boolean {
  return /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$)/i.test(text)
}

/** Whether a parameter, by its path, is one of those that are named. */
export function isNamed(names: readonly string[] | undefined, path: readonly (string | number)[]): boolean {
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

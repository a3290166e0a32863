import { Fault, quoted, suggestion } from './jinja-error.ts'
import { asNumber, isInteger, isNumber, toFloat } from './numbers.ts'
import { isText, Markup, TemplateObject, Tuple, typeName, Undefined } from './values.ts'

/** A parameter of a filter, test, function or method. */
export interface Parameter {
  readonly name: string
  /** `any`, or what a value must be; with `?` it may be none, too. */
  readonly type: string
  readonly hasDefault: boolean
  readonly default: unknown
  readonly kind: 'both' | 'positional' | 'named' | 'rest' | 'namedRest'
}

export interface Signature {
  /** How it is written in the documentation and in messages. */
  readonly text: string
  readonly parameters: readonly Parameter[]
}

const CONSTANTS: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  none: null,
  unset: undefined,
}

/** A comma that is not in quotes. */
const SEPARATOR = /,\s*(?=(?:[^']*'[^']*')*[^']*$)/

/**
 * Reads a list of parameters such as `width:int=4, first:bool=false`. As in Python those before `/` have no name for
 * the caller, those behind `*` need theirs, `*values` takes all that is left, and `**named` all other names.
 */
export function signature(text: string): Signature {
  let kind: Parameter['kind'] = 'both'
  const parameters: Parameter[] = []
  for (const part of text === '' ? [] : text.split(SEPARATOR)) {
    if (part === '/') {
      for (const [index, before] of parameters.entries())
        parameters[index] = { ...before, kind: 'positional' }
    } else if (part === '*') kind = 'named'
    else parameters.push(parameter(part, kind))
  }
  return { text, parameters }
}

function parameter(text: string, kind: Parameter['kind']): Parameter {
  const [, stars = '', name = '', type = 'any', written] =
    /^(\**)(\w+)(?::([\w|?]+))?(?:=([\s\S]*))?$/.exec(text) ?? []
  return {
    name,
    type,
    hasDefault: written !== undefined || stars !== '',
    default: written === undefined ? undefined : defaultValue(written),
    kind: stars === '**' ? 'namedRest' : stars === '*' ? 'rest' : kind,
  }
}

function defaultValue(written: string): unknown {
  if (Object.hasOwn(CONSTANTS, written)) return CONSTANTS[written]
  if (written.startsWith("'")) return written.slice(1, -1)
  return written.includes('.') ? toFloat(Number(written)) : Number(written)
}

/**
 * What each parameter gets; `undefined` where it has no default and needs none.
 *
 * @param what - the name for messages, such as `the filter 'join'`
 * @throws Fault `ARGUMENTS`
 */
export function bind<Given>(
  { parameters, text }: Signature,
  what: string,
  positional: readonly Given[],
  named: ReadonlyMap<string, Given>,
): (Given | readonly Given[] | ReadonlyMap<string, Given> | undefined)[] {
  const fail = (reason: string) => {
    const takes = text === '' ? 'takes no arguments' : `takes (${text.replaceAll('unset', '…')})`
    return new Fault('ARGUMENTS', `${what} ${takes}: ${reason}${reason.endsWith('?') ? '' : '.'}`)
  }
  const left = new Map(named)
  let next = 0
  const bound = parameters.map((parameter) => {
    const { name, kind } = parameter
    if (kind === 'rest') {
      const rest = positional.slice(next)
      next = positional.length
      return rest
    }
    if (kind === 'namedRest') return left
    const byName = kind === 'positional' ? undefined : left.get(name)
    if (kind !== 'named' && next < positional.length) {
      if (byName !== undefined) throw fail(`'${name}' is given twice`)
      return positional[next++]
    }
    if (byName !== undefined) left.delete(name)
    else if (!parameter.hasDefault) throw fail(`'${name}' is missing`)
    return byName
  })
  if (next < positional.length)
    throw fail(`${positional.length} ${positional.length === 1 ? 'is' : 'are'} given`)
  const takesAll = parameters.some(({ kind }) => kind === 'namedRest')
  const [stranger] = left.keys()
  if (stranger !== undefined && !takesAll) {
    const names = parameters.filter(({ kind }) => kind === 'both' || kind === 'named').map(({ name }) => name)
    const possible = names.length === 0 ? 'its arguments have no names' : `Names: ${quoted(names)}`
    const meant = suggestion(stranger, names)
    throw fail(`it has no '${stranger}'. ${possible}${meant && `.${meant}`}`)
  }
  return bound
}

/**
 * A value as its parameter takes it: integers as JavaScript numbers, texts as strings.
 *
 * @throws Fault `ARGUMENTS` or `UNDEFINED`
 */
export function accept({ name, type }: Parameter, what: string, value: unknown): unknown {
  if (type === 'any') return value
  const accepted = acceptType(type.replace('?', ''), value)
  if (accepted !== undefined) return accepted
  if (value === null && type.endsWith('?')) return null
  if (value instanceof Undefined) throw value.fault()
  const wanted = type
    .replace('?', '')
    .split('|')
    .map((each) => WANTED[each] ?? `'${each}'`)
  throw new Fault('ARGUMENTS', `'${name}' of ${what} must be ${wanted.join(' or ')}, not ${shown(value)}.`)
}

const WANTED: Readonly<Record<string, string>> = {
  int: 'an integer',
  number: 'a number',
  str: 'a string',
  list: 'a list',
}

function shown(value: unknown): string {
  return isText(value) ? `'${value instanceof Markup ? value.text : value}'`.slice(0, 40) : typeName(value)
}

function acceptType(type: string, value: unknown): unknown {
  switch (type) {
    case 'int':
      return isInteger(value) ? asNumber(value) : undefined
    case 'number':
      return isNumber(value) ? value : undefined
    case 'str':
      if (value instanceof TemplateObject) return value.print()
      return isText(value) ? (value instanceof Markup ? value.text : value) : undefined
    case 'list':
      return Array.isArray(value) ? value : undefined
    case 'int|str':
      return acceptType('int', value) ?? acceptType('str', value)
    case 'str|list':
      return (
        acceptType('str', value) ?? acceptType('list', value) ?? (value instanceof Tuple ? value : undefined)
      )
    default:
      return isText(value) && type.split('|').includes(String(value instanceof Markup ? value.text : value))
        ? value
        : undefined
  }
}

/** Calls what has a signature with the values that it was given at run time. */
export function callBound(
  signature: Signature,
  what: string,
  positional: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
  call: (values: readonly unknown[]) => unknown,
): unknown {
  return call(acceptAll(signature, what, bind(signature, what, positional, named)))
}

/** What `bind` gave, with defaults and as the parameters take it. */
export function acceptAll({ parameters }: Signature, what: string, bound: readonly unknown[]): unknown[] {
  return parameters.map((parameter, index) => {
    const value = bound[index]
    if (parameter.kind === 'rest' || parameter.kind === 'namedRest') return value
    return value === undefined ? parameter.default : accept(parameter, what, value)
  })
}

import type { ErrorObject } from 'ajv'
import { isPlainObject } from '../json.ts'
import { CHECK_KEYWORD, JSON_KEYWORD, type ValueCheck } from './schema.ts'

/**
 * A value that fits no member of a union yields the errors of every member. Only those are of use whose member was
 * meant: the one that the value has the type and the discriminating literals of. Where there is no such member, or
 * more than one, the union's own error stands for all. Linear in the number of errors.
 */
export function withoutHopelessMembers(errors: readonly ErrorObject[]): ErrorObject[] {
  const kept: ErrorObject[] = []
  for (const error of errors) {
    if (isUnionError(error)) kept.push(...(meantMember(error, takeMembers(error, kept)) ?? [error]))
    else kept.push(error)
  }
  return kept
}

export function isUnionError({ keyword }: ErrorObject): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf'
}

/** Takes the errors of the members from the end of the list: Ajv reports them right before that of their union. */
function takeMembers(union: ErrorObject, kept: ErrorObject[]): ErrorObject[][] {
  const members = new Map<string, ErrorObject[]>()
  for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
    const member = memberOf(union, last)
    if (member === undefined) break
    kept.pop()
    members.set(member, [last, ...(members.get(member) ?? [])])
  }
  return [...members.values()]
}

function memberOf(union: ErrorObject, error: ErrorObject): string | undefined {
  const { instancePath, schemaPath } = union
  if (!error.schemaPath.startsWith(`${schemaPath}/`)) return undefined
  if (error.instancePath !== instancePath && !error.instancePath.startsWith(`${instancePath}/`))
    return undefined
  return error.schemaPath.slice(schemaPath.length + 1).split('/', 1)[0]
}

function meantMember(union: ErrorObject, members: readonly ErrorObject[][]): ErrorObject[] | undefined {
  const ofType = members.filter((member) => !member.some((error) => isOtherType(union, error)))
  if (ofType.length <= 1) return ofType[0]
  // A wrong literal tells members apart only where there are several: alone it is the mistake itself.
  const ofLiterals = ofType.filter((member) => !member.some((error) => isOtherLiteral(union, error)))
  return ofLiterals.length === 1 ? ofLiterals[0] : undefined
}

const OTHER_TYPE: ReadonlySet<string> = new Set([
  'type',
  'enum',
  'const',
  'anyOf',
  'oneOf',
  CHECK_KEYWORD,
  JSON_KEYWORD,
])

function isOtherType(union: ErrorObject, error: ErrorObject): boolean {
  if (error.instancePath === union.instancePath) {
    // A named type that is made of objects says itself what is wrong with one.
    const isOfObjects = error.keyword === CHECK_KEYWORD && 'problems' in (error.schema as ValueCheck)
    return isOfObjects ? !isPlainObject(error.data) : OTHER_TYPE.has(error.keyword)
  }
  return error.keyword === 'const' && isField(union, error)
}

function isOtherLiteral(union: ErrorObject, error: ErrorObject): boolean {
  return error.keyword === 'enum' && isField(union, error)
}

function isField(union: ErrorObject, error: ErrorObject): boolean {
  return !error.instancePath.slice(union.instancePath.length + 1).includes('/')
}

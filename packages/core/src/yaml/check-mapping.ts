import { isSocketName } from '../graph/names.ts'
import { isPlainObject } from '../json.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { asDefinitionError } from './as-definition-error.ts'
import type { DocumentPath } from './document-path.ts'
import { NamedEnds } from './named-ends.ts'
import type { Report } from './report.ts'

/**
 * Reports what is wrong with the sockets that a sub-pipeline shows: ends that lead nowhere or are taken, names that
 * are none or are given twice. Wrong kinds of values are passed over: those are reported already.
 */
export function checkMapping(
  inner: Pipeline,
  { inputs, outputs }: { readonly inputs: unknown; readonly outputs: unknown },
  report: Report,
): void {
  const ends = new NamedEnds(inner)
  for (const [name, given] of Object.entries(recordOf(inputs))) {
    checkInput(name, Array.isArray(given) ? given : [undefined])
  }
  const ofNames = new Map<string, string>()
  for (const [end, name] of Object.entries(recordOf(outputs))) {
    if (typeof name === 'string') checkOutput(end, name)
  }

  function checkInput(name: string, given: readonly unknown[]): void {
    if (!isSocketName(name)) tell(noName(name), ['inputs', name], 'key')
    if (given.length === 0)
      tell(`'${name}' reaches no input inside. Name one, or remove '${name}'.`, ['inputs', name])
    for (const [index, end] of given.entries()) {
      if (typeof end !== 'string') continue
      const path = ['inputs', name, index]
      const taken = isEnd(end, 'inputs', path) ? ends.whyTaken(end, name) : undefined
      if (taken !== undefined) tell(taken, path)
    }
  }

  function checkOutput(end: string, name: string): void {
    const path = ['outputs', end]
    if (!end.includes('.') && name.includes('.')) {
      tell(`Here the output inside comes first, then its name outside: write '${name}: ${end}'.`, path, 'key')
      return
    }
    if (!isSocketName(name)) tell(noName(name), path)
    const twin = ofNames.get(name)
    if (twin === undefined) ofNames.set(name, end)
    else tell(`'${twin}' has the name '${name}' already. Give each output its own.`, path)
    isEnd(end, 'outputs', path, 'key')
  }

  function isEnd(end: string, side: 'inputs' | 'outputs', path: DocumentPath, at?: 'key'): boolean {
    try {
      ends.checkEnd(end, side)
      return true
    } catch (error) {
      tell(asDefinitionError(error).message, path, at, error)
      return false
    }
  }

  function tell(message: string, path: DocumentPath, at?: 'key', cause?: unknown): void {
    if (at === 'key') report.atKey('LOAD_CONNECTION', message, path, cause)
    else report.atValue('LOAD_CONNECTION', message, path, cause)
  }
}

function noName(name: string): string {
  return `An input or output cannot be called '${name}'. Choose another name.`
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(value) ? value : {}
}

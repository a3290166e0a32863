import type { ComponentClass } from '../component/component.ts'
import { environmentReferences, malformedReference } from '../component/environment.ts'
import { replaceHeld } from '../schema/named-values.ts'
import { listNames } from '../text/names.ts'
import { commandFault, isNamed, referenceFault, serverFault, urlFault } from './bounds/permissions.ts'
import { type Definition, type LoadContext, parametersOf } from './definition.ts'
import { heldClass } from './held.ts'
import type { DocumentPath } from './problems.ts'

/**
 * Reports every `${env:NAME}` that is malformed, not allowed, or stands where no component would replace it, and every
 * URL and program that is not allowed. Whether the variables are set is asked at `warmUp`, not here: a file can be checked on another
 * machine.
 */
export function checkTexts(
  { value, report, components, resources }: Definition,
  { registry, permissions }: Pick<LoadContext, 'registry' | 'permissions'>,
): void {
  for (const { name, class: declared, isPipeline, parameters } of components) {
    if (declared === undefined && !isPipeline) continue
    // What a pipeline has inside is checked with its own components.
    const { definition: _, ...others } = parameters
    checkParameters(declared, isPipeline ? others : parameters, ['components', name, 'initParameters'])
  }
  for (const { name, class: declared, parameters } of resources) {
    if (declared !== undefined) checkParameters(declared, parameters, ['resources', name, 'initParameters'])
  }
  eachText(value['metadata'], ['metadata'], (text, path) => {
    const fault = misplaced(text, { report, components })
    if (fault !== undefined) refuse('LOAD_ENVIRONMENT', fault, path)
  })

  /** What a parameter holds replaces the references in its own parameters. */
  function checkParameters(declared: Texts | undefined, parameters: object, top: DocumentPath): void {
    const type = declared?.parameters?.type
    const own =
      type === undefined
        ? parameters
        : replaceHeld(type, parameters, ({ holds }, part, path) => {
            // A pipeline is checked with its own components.
            if (holds.kind === 'pipeline') return null
            const held = heldClass(holds, part, registry)
            if (held === undefined) return part
            if (held !== null) {
              checkParameters(held, parametersOf(Object(part)), [...top, ...path, 'initParameters'])
            }
            return null
          })
    for (const [parameter, part] of Object.entries(own as object)) {
      const replaces = declared?.environment?.includes(parameter) ?? false
      eachText(part, [parameter], (text, path, isKey) => {
        const fault =
          replaces && !isKey ? referenceFault(text, permissions) : misplaced(text, { report, components })
        if (fault !== undefined) refuse('LOAD_ENVIRONMENT', fault, [...top, ...path])
        else if (!isKey) {
          const risk = isNamed(declared?.urls, path)
            ? urlFault(text, permissions)
            : isNamed(declared?.servers, path)
              ? serverFault(text, permissions)
              : undefined
          if (risk !== undefined) refuse('LOAD_PARAMETERS', risk, [...top, ...path])
          const start = isNamed(declared?.commands, path)
            ? commandFault(text, parameters, permissions)
            : undefined
          if (start !== undefined) refuse('LOAD_COMMAND', start, [...top, ...path])
        }
      })
    }
  }

  function refuse(
    code: 'LOAD_ENVIRONMENT' | 'LOAD_PARAMETERS' | 'LOAD_COMMAND',
    message: string,
    path: DocumentPath,
  ): void {
    report.atValue(code, message, path)
    report.refuse(path)
  }
}

/** What a class says of the texts in its parameters. */
type Texts = Pick<ComponentClass, 'parameters' | 'environment' | 'urls' | 'servers' | 'commands'>

type OnText = (text: string, path: DocumentPath, isKey: boolean) => void

/** Calls `onText` with each text in a value, keys first. */
function eachText(part: unknown, path: DocumentPath, onText: OnText): void {
  if (typeof part === 'string') onText(part, path, false)
  else if (typeof part === 'object' && part !== null) {
    for (const [key, inside] of Object.entries(part)) {
      const below = [...path, Array.isArray(part) ? Number(key) : key]
      if (!Array.isArray(part)) onText(key, below, true)
      eachText(inside, below, onText)
    }
  }
}

/** What is wrong with a reference in a text that is not looked at when a component warms up. */
function misplaced(text: string, definition: Pick<Definition, 'report' | 'components'>): string | undefined {
  if (!text.includes('${env:')) return undefined
  const [name] = environmentReferences(text)
  const reference = malformedReference(text) ?? (name === undefined ? undefined : `\${env:${name}}`)
  if (reference === undefined) return undefined
  return `'${reference}' would not be replaced here; text that is meant so begins with $\${env:. ${possiblePlaces(definition)}`
}

function possiblePlaces({ report, components }: Pick<Definition, 'report' | 'components'>): string {
  const paths = components.flatMap(({ name, class: declared }) =>
    (declared?.environment ?? []).map((parameter) =>
      report.written(['components', name, 'initParameters', parameter]),
    ),
  )
  return paths.length === 0
    ? `No component of this ${report.whole} replaces it in its parameters.`
    : `In this ${report.whole} it is possible in ${listNames(paths)}.`
}

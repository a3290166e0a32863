import { environmentReferences, malformedReference } from '../component/environment.ts'
import { listNames } from '../text/names.ts'
import type { DocumentPath } from './document-path.ts'
import type { FileComponent } from './file-components.ts'
import type { PipelineDefinition } from './read-document.ts'
import type { Report } from './report.ts'

/**
 * Reports every `${env:NAME}` that is malformed, or that stands where nobody would replace it. Whether the variables
 * are set is asked at `warmUp`, not here: a file can be checked on another machine.
 */
export function checkEnvironment(
  { value, report }: PipelineDefinition,
  components: readonly FileComponent[],
): void {
  for (const { name, class: declared, isPipeline, parameters } of components) {
    if (declared === undefined && !isPipeline) continue
    for (const [parameter, part] of Object.entries(parameters)) {
      // What a pipeline has inside is checked with its own components.
      if (isPipeline && parameter === 'definition') continue
      visit(
        part,
        ['components', name, 'initParameters', parameter],
        declared?.environment?.includes(parameter) ?? false,
      )
    }
  }
  visit(value['metadata'], ['metadata'], false)

  function visit(part: unknown, path: DocumentPath, possible: boolean): void {
    if (typeof part === 'string') checkText(part, path, possible)
    else if (typeof part === 'object' && part !== null) {
      for (const [key, inside] of Object.entries(part)) {
        const below = [...path, Array.isArray(part) ? Number(key) : key]
        if (!Array.isArray(part)) checkText(key, below, false)
        visit(inside, below, possible)
      }
    }
  }

  function checkText(text: string, path: DocumentPath, possible: boolean): void {
    if (!text.includes('${env:')) return
    const malformed = malformedReference(text)
    if (possible && malformed === undefined) return
    const message = possible
      ? `'${malformed}' is not a reference to an environment variable. Write \${env:NAME}, with a name of letters, digits and '_'.`
      : `'${malformed ?? `\${env:${environmentReferences(text)[0]}}`}' would not be replaced here. ${places(components, report)}`
    report.atValue('LOAD_ENVIRONMENT', message, path)
    report.refuse(path)
  }
}

function places(components: readonly FileComponent[], report: Report): string {
  const paths = components.flatMap(({ name, class: declared }) =>
    (declared?.environment ?? []).map((parameter) =>
      report.written(['components', name, 'initParameters', parameter]),
    ),
  )
  return paths.length === 0
    ? `No component of this ${report.whole} replaces it in its parameters.`
    : `In this ${report.whole} it is possible in ${listNames(paths)}.`
}

import type { Finding } from '@millrace/core'
import { printable } from '@millrace/core/component'

/** Findings of a file that was loaded: a line each, which begins like the problems of a file that was refused. */
export function findingLines(file: string, findings: readonly Finding[]): string[] {
  return findings.map((finding) => {
    const { level, message } = finding
    const place = placeOf(finding)
    const at = finding.line === undefined ? '' : `:${finding.line}:${finding.column}`
    const parts = [
      `${finding.file ?? file}${at}`,
      ...(level === 'warning' ? ['warning'] : []),
      ...(place === undefined ? [] : [place]),
    ]
    return printable(`${parts.join(': ')}: ${message.replaceAll('\n', '\n  ')}`)
  })
}

/** As a path in the file where it is about the file, and as an end of a connection where it is about a socket. */
function placeOf({ component, socket, option, resource }: Finding): string | undefined {
  if (resource !== undefined) {
    return option === undefined ? `resources.${resource}` : `resources.${resource}.initParameters.${option}`
  }
  if (component === undefined) return undefined
  if (option !== undefined) return `components.${component}.initParameters.${option}`
  return socket === undefined ? `components.${component}` : `${component}.${socket}`
}

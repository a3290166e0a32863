/** Keys and indexes from the top of the document down to a place. */
export type DocumentPath = readonly (string | number)[]

/** `components.llm.initParameters.nCtx`, `connections[0].sender`; keys with other characters as `["a b"]`. */
export function formatPath(path: DocumentPath): string {
  let text = ''
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`
    else if (!/^[\p{L}_$][\p{L}\p{N}_$/-]*$/u.test(segment)) text += `[${JSON.stringify(segment)}]`
    else text += text === '' ? segment : `.${segment}`
  }
  return text
}

/** The part of a path that is inside of the innermost pipeline which the path leads through. */
export function withinDefinition(path: DocumentPath): DocumentPath {
  const isInside = path[0] === 'components' && path[2] === 'initParameters' && path[3] === 'definition'
  return isInside ? withinDefinition(path.slice(4)) : path
}

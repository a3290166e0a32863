/** What may stand in GBNF, of which only the names of rules are renamed. */
const PARTS =
  /"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*|\{[0-9, ]*\}|!?<[^>\n]*>|([A-Za-z0-9][A-Za-z0-9-]*)/g

/** A grammar with another beginning for the names of all its rules, so that it can stand beside a second one. */
export function renamedRules(gbnf: string, prefix: string): string {
  return gbnf.replace(PARTS, (part: string, name: string | undefined) =>
    name === undefined ? part : prefix + name,
  )
}

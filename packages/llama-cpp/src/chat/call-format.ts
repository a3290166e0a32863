/** How the arguments of a call are written. */
export type ArgumentsForm =
  | { readonly kind: 'json' }
  /** `open` names the key as `⟨key⟩`, and may tell the type: `⟨string⟩` is true or false, `⟨type⟩` one of JSON. */
  | { readonly kind: 'tags'; readonly open: string; readonly close: string }
  /** `k='v', n=3`: as Python writes the arguments of a call. */
  | { readonly kind: 'python' }
  /** `k:<|"|>v<|"|>,n:3`: bare keys, and quotes of the format's own. */
  | { readonly kind: 'braces' }
  /** `P<k>vP</k>` with a mark P; objects nest, lists are tags named `item`. */
  | { readonly kind: 'nested'; readonly mark: string }

/**
 * How a model writes tool calls: `open CALL between CALL … close`. A call is a text with slots: `⟨name⟩`,
 * `⟨arguments⟩`, where the format has them `⟨id⟩` and `⟨index⟩`, and `⟪…⟫` round what may be left out.
 */
export interface CallFormat {
  readonly name: string
  readonly open: string
  readonly call: string
  /** Undefined where a model makes one call in a turn. */
  readonly between: string | undefined
  readonly close: string
  readonly values: ArgumentsForm
  /** Further ways in which models write such a call, which are read, too. */
  readonly reads?: readonly string[]
  /** The id of a call, made of its name and index, in formats that do so. */
  readonly id?: string
  /** Whether such models call from within a thought that they have not ended. */
  readonly endsThought?: boolean
  /** What ends a turn, where a call begins with it, too: the turn has ended when it is certain that no call follows. */
  readonly turnEnd?: string
}

/** The format, with what ends a turn where its calls begin with that. */
export function withTurnEnd(format: CallFormat, turnEnd: string): CallFormat {
  const { open, call } = format
  return turnEnd !== '' && (open + call).startsWith(turnEnd) ? { ...format, turnEnd } : format
}

/** What a call is made of. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'id' | 'index' | 'arguments' }
  | { readonly kind: 'maybe'; readonly pieces: readonly Piece[] }

/** The pieces of a call of the tool with this name. */
export function callPieces(written: string, name: string): Piece[] {
  // Within the quotes of JSON a name is escaped as JSON is.
  const named = written.replaceAll('"⟨name⟩"', () => JSON.stringify(name)).replaceAll('⟨name⟩', () => name)
  return piecesOf(named)
}

function piecesOf(written: string): Piece[] {
  return written
    .split(/(⟨(?:id|index|arguments)⟩|⟪[^⟫]*⟫)/)
    .filter((part) => part !== '')
    .map((part): Piece => {
      const slot = /^⟨(id|index|arguments)⟩$/.exec(part)?.[1]
      if (slot) return { kind: slot as 'id' | 'index' | 'arguments' }
      return part.startsWith('⟪')
        ? { kind: 'maybe', pieces: piecesOf(part.slice(1, -1)) }
        : { kind: 'text', text: part }
    })
}

/** The format for models whose template knows nothing of tools. Many models have seen it. */
export const GENERAL_CALLS: CallFormat = {
  name: 'general',
  open: '',
  call: '<tool_call>\n{"name": "⟨name⟩", "arguments": ⟨arguments⟩}\n</tool_call>',
  between: '\n',
  close: '',
  values: { kind: 'json' },
}

/** The texts that a first call may begin with, up to the name of the tool. */
export function callStarts({ open, call, reads = [] }: CallFormat): string[] {
  const upTo = (text: string) => (text.split('⟨')[0] ?? '').replaceAll('⟪', '')
  return [open + call, ...reads].map(upTo)
}

/**
 * The mark that alone tells that a call begins, as `<tool_call>` does. Undefined for formats that begin like any JSON:
 * there only the name of a tool tells.
 */
export function callMark(format: CallFormat): string | undefined {
  return markOf(callStarts(format)[0] ?? '')
}

/** What is enough to tell that a call begins with this text. */
export function callSign(start: string, { turnEnd }: Pick<CallFormat, 'turnEnd'>): string | undefined {
  return turnEnd === undefined ? markOf(start) : start
}

function markOf(start: string): string | undefined {
  const tag = /^\s*(<[^<>\s]+>|\[[A-Za-z_]+\])/.exec(start)?.[1]
  if (tag !== undefined) return tag
  return /^<[^\s{["]{3,}$/.test(start) ? start : undefined
}

/** Whether each call of a turn stands for itself, so that anything may stand in between. */
export function standsAlone({ open, between = '', close }: CallFormat): boolean {
  return open === '' && between.trim() === '' && close === ''
}

/** Calls in the words of an assistant, for templates that render none. */
export function writeCalls(
  format: CallFormat,
  calls: readonly { readonly name: string; readonly values: Readonly<Record<string, unknown>> }[],
): string {
  const written = calls.map(({ name, values }, index) => writeCall(format, name, values, index))
  return format.open + written.join(format.between ?? '\n') + format.close
}

function writeCall(
  { call, values: form }: CallFormat,
  name: string,
  values: Readonly<Record<string, unknown>>,
  index: number,
): string {
  return callPieces(call, name)
    .map((piece) => {
      if (piece.kind === 'text') return piece.text
      if (piece.kind === 'index') return String(index)
      return piece.kind === 'arguments' ? writeArguments(form, values) : ''
    })
    .join('')
}

/** One call with texts as arguments, as a format with tags writes it. */
export function writeTagged(
  format: CallFormat,
  name: string,
  texts: Readonly<Record<string, string>>,
): string {
  return format.values.kind === 'tags' ? writeCall(format, name, texts, 1) : ''
}

function writeArguments(form: ArgumentsForm, values: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(values)
  if (form.kind === 'python') return entries.map(([key, value]) => `${key}=${inPython(value)}`).join(', ')
  if (form.kind !== 'tags') return JSON.stringify(values)
  const tagged = entries.map(([key, value]) => {
    const open = form.open
      .replace('⟨key⟩', () => key)
      .replace('⟨string⟩', String(typeof value === 'string'))
      .replace('⟨type⟩', typeof value)
    return open + (typeof value === 'string' ? value : JSON.stringify(value)) + form.close
  })
  return tagged.join('')
}

function inPython(value: unknown): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return `[${value.map(inPython).join(', ')}]`
  return JSON.stringify(value)
}

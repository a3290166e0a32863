/** What encloses the thoughts of a model in its replies. */
export interface ThoughtMarks {
  readonly start: string
  readonly end: string
  /** What is written to end a thought: the end mark, with the white space that the template puts around it. */
  readonly close: string
}

/** How the answers of a model are written, as its template does. */
export interface AnswerMarks {
  readonly thought: ThoughtMarks | undefined
  /** What an answer in words may begin with, in formats that say first whom it is for. */
  readonly leads: readonly string[]
  /** What parts an answer from what comes behind it in the same turn. */
  readonly breaks: readonly string[]
}

/** Marks of templates that only open a thought, and never write one into a history. */
const KNOWN: readonly (readonly [start: string, end: string])[] = [
  ['<think>', '</think>'],
  ['<thought>', '</thought>'],
  ['<thinking>', '</thinking>'],
  ['<seed:think>', '</seed:think>'],
  ['[THINK]', '[/THINK]'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|inner_prefix|>', '<|inner_suffix|>'],
  ['Here are my reasoning steps:', '[BEGIN FINAL RESPONSE]'],
]

const HARMONY = { channel: '<|channel|>', message: '<|message|>', end: '<|end|><|start|>assistant' }

/** Pieces of the renderings of an answer, each from behind the words of the user on. */
export interface RenderedAnswers {
  /** What the reply comes behind. */
  readonly cue: string
  /** The same for a model that is not to think. */
  readonly quietCue: string
  /** With `zqwords` as the answer. */
  readonly spoken: string
  /** With `zqthought` and `zqwords`, and with `zqthought` and a call that begins at `call`. */
  readonly thinking: string | undefined
  readonly calling: RenderedCall | undefined
  /** With `zqwords` in front of a call. */
  readonly beside: RenderedCall | undefined
}

export interface RenderedCall {
  readonly text: string
  /** Where the call begins. */
  readonly call: number
}

/** Reads off how thoughts and answers are marked. */
export function answerMarks(template: string, rendered: RenderedAnswers): AnswerMarks {
  const known = knownMarks(template)
  const learned = learnedMarks(rendered, known)
  const thought = learned ?? known
  const lead = leadOf(rendered, thought)
  if (template.includes(HARMONY.channel) && template.includes(HARMONY.message)) {
    const start = `${HARMONY.channel}analysis${HARMONY.message}`
    return {
      thought: { start, end: HARMONY.end, close: HARMONY.end },
      leads: ['final', 'commentary'].map((channel) => HARMONY.channel + channel + HARMONY.message),
      breaks: [HARMONY.end],
    }
  }
  const trail = trailOf(rendered)
  return { thought, leads: lead === '' ? [] : [lead], breaks: trail === '' ? [] : [trail] }
}

/** What ends an answer in words also where a call follows in the same turn. */
function trailOf({ spoken, beside }: RenderedAnswers): string {
  const [, ended = ''] = spoken.split('zqwords')
  const [, called] = beside?.text.slice(0, beside.call).split('zqwords') ?? []
  if (called === undefined) return ''
  const trail = wholeMarks(ended, sharedLength(ended, called)).trim()
  // A mark that ends the turn, and begins it again, is not one of the answer.
  return /<\|?(start|begin)/.test(called.slice(trail.length)) ? '' : trail
}

/** The marks that a template speaks of. One that opens the thought itself may have the start only, and the other way round. */
function knownMarks(template: string): ThoughtMarks | undefined {
  for (const [start, end] of KNOWN) {
    if (!template.includes(start) && !template.includes(end)) continue
    const spaced = (text: string) =>
      template.includes(text) || template.includes(text.replaceAll('\n', '\\n'))
    const before = spaced(`\n${end}`) ? '\n' : ''
    const after = spaced(`${end}\n\n`) ? '\n\n' : spaced(`${end}\n`) ? '\n' : ''
    return { start, end, close: before + end + after }
  }
  return undefined
}

function learnedMarks(
  { cue, quietCue, spoken, thinking, calling }: RenderedAnswers,
  known: ThoughtMarks | undefined,
): ThoughtMarks | undefined {
  const text = thinking ?? calling?.text
  const place = text?.indexOf('zqthought') ?? -1
  if (text === undefined || place < 0) return undefined
  const before = text.slice(0, place)
  const isMarked = before !== spoken.split('zqwords')[0]
  const start =
    (isMarked && startOf(before, [cue, spoken, ...(sharedLength(cue, quietCue) > 0 ? [quietCue] : [])])) ||
    (known && before.trimEnd().endsWith(known.start) ? known.start : '')
  const [, behind = ''] = thinking?.split('zqthought') ?? []
  const answered = behind.split('zqwords')[0] ?? ''
  const called = calling?.text.slice(0, calling.call).split('zqthought')[1]
  const close =
    thinking === undefined
      ? called
      : called === undefined
        ? answered.slice(0, answered.length - leadLength(answered, spoken))
        : wholeMarks(answered, sharedLength(answered, called))
  if (start === '' || close === undefined || close.trim() === '') return undefined
  return { start, end: close.trim(), close }
}

/** The last mark in front of a thought that is not there without one. */
function startOf(before: string, others: readonly string[]): string {
  const shared = Math.min(...others.map((other) => sharedLength(before, other)))
  const start = wholeMarks(before, shared).length
  const rest = before.slice(start)
  // What only goes on with a word belongs to the mark in front of it.
  const mark = /^[a-z]/.test(rest) ? (/<[^<>\s]+>$/.exec(before.slice(0, start))?.[0] ?? '') : ''
  if (rest.trim() !== '') return mark + rest.trim()
  return /<[^<>\s]+>\s*$/.exec(before)?.[0].trim() ?? ''
}

function leadLength(answered: string, spoken: string): number {
  const header = spoken.split('zqwords')[0] ?? ''
  let length = 0
  while (length < answered.length && answered.at(-1 - length) === header.at(-1 - length)) length++
  const start = answered.indexOf('<', answered.length - length)
  return start < 0 || start === 0 ? 0 : answered.length - start
}

/** What an answer begins with behind the cue, other than an empty thought. */
function leadOf({ cue, spoken }: RenderedAnswers, thought: ThoughtMarks | undefined): string {
  const header = spoken.split('zqwords')[0] ?? ''
  const rest = header.slice(wholeMarks(header, sharedLength(header, cue)).length)
  return withoutThought(rest, thought).trimStart()
}

function withoutThought(text: string, thought: ThoughtMarks | undefined): string {
  if (!thought) return text
  const end = text.indexOf(thought.end)
  if (end < 0) return text
  const start = text.slice(0, end).lastIndexOf(thought.start)
  const inside = start < 0 ? text.slice(0, end) : text.slice(start + thought.start.length, end)
  return inside.trim() === ''
    ? text.slice(0, Math.max(0, start)) + text.slice(end + thought.end.length)
    : text
}

/** The beginning of a text without the half of a mark that it would end in. */
export function wholeMarks(text: string, length: number): string {
  const begun = text.slice(0, length)
  const open = Math.max(begun.lastIndexOf('<'), begun.lastIndexOf('['))
  const end = open < 0 ? -1 : text.slice(open).search(/[>\]]/)
  const isCut =
    open >= 0 && end >= 0 && open + end >= length && !/[\s<]/.test(text.slice(open + 1, open + end))
  return isCut ? begun.slice(0, open) : begun
}

export function sharedLength(text: string, other: string): number {
  let length = 0
  while (length < text.length && text[length] === other[length]) length++
  return length
}

/** Whether a prompt ends within a thought that the template opened. */
export function opensThought(prompt: string, thought: ThoughtMarks | undefined): boolean {
  return thought !== undefined && prompt.trimEnd().endsWith(thought.start)
}

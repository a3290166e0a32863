import type { Question, Tool } from '@millrace/core'
import { checkSchema, formatPath, isJsonObject, printable } from '@millrace/core/component'
import type { Style } from '../output/style.ts'
import type { AskOptions, Typed } from './line-editor.ts'

/** Who answers what a paused run asks. */
export interface Respondent {
  ask(prompt: string, options?: AskOptions): Promise<Typed>
  print(text: string): void
  readonly style: Style
  /** By name; what is edited is checked with it. */
  readonly tools: ReadonlyMap<string, Tool>
  /** The tools that need no question any more. */
  readonly approved: Set<string>
}

type Answers = Readonly<Record<string, unknown>>

/** Asks the user all of them. Gives up with `interrupt` or `end` when the user does. */
export async function answerQuestions(
  questions: readonly Question[],
  respondent: Respondent,
): Promise<Answers | 'interrupt' | 'end'> {
  const answers = new Map<string, unknown>()
  for (const question of questions) {
    const answer =
      question.kind === 'approval'
        ? await approve(question, respondent)
        : await answerOther(question, respondent)
    if (answer === 'interrupt' || answer === 'end') return answer
    answers.set(question.id, answer.value)
  }
  return Object.fromEntries(answers)
}

type Answer = { readonly value: unknown } | 'interrupt' | 'end'

/** Nothing that the user typed before the question counts as the answer. */
const FRESH: AskOptions = { remembered: false, typedAhead: false }

async function approve(question: Question, respondent: Respondent): Promise<Answer> {
  const { tool, arguments: given } = Object(question.data) as {
    readonly tool?: unknown
    readonly arguments?: unknown
  }
  const { approved, print, style } = respondent
  if (typeof tool === 'string' && approved.has(tool)) return { value: 'approve' }
  print(`${style('bold', '?')} ${printable(question.prompt)}\n`)
  // All of them: what is approved must have been seen.
  if (given !== undefined && !question.prompt.includes(JSON.stringify(given))) {
    print(`  ${printable(JSON.stringify(given, undefined, 2)).replaceAll('\n', '\n  ')}\n`)
  }
  const canEdit = isJsonObject(given)
  const always = typeof tool === 'string' ? ', a = always this tool' : ''
  const choices = `y = yes, n [reason] = no${canEdit ? ', e = edit' : ''}${always}: `
  for (;;) {
    const typed = await respondent.ask(style('bold', choices), FRESH)
    if (typed === 'interrupt' || typed === 'end') return typed
    const [, letter = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(typed.line) ?? []
    switch (letter.toLowerCase()) {
      case 'y':
      case 'yes':
        if (rest === '') return { value: 'approve' }
        break
      case 'n':
      case 'no':
        return { value: rest.trim() === '' ? 'reject' : { reject: rest.trim() } }
      case 'a':
      case 'always':
        if (typeof tool !== 'string' || rest !== '') break
        approved.add(tool)
        return { value: 'approve' }
      case 'e':
      case 'edit': {
        if (!canEdit || rest !== '') break
        const edited = await edit(given, tool, respondent)
        if (edited === 'end') return edited
        if (edited !== 'interrupt') return { value: { arguments: edited } }
        continue
      }
    }
    print('Nothing is done yet. Answer with one of the letters.\n')
  }
}

/** Arguments as JSON in the line, until the tool can take them. Ctrl-C goes back to the question. */
async function edit(
  given: object,
  tool: unknown,
  { ask, print, tools }: Respondent,
): Promise<object | 'interrupt' | 'end'> {
  let initial = JSON.stringify(given)
  for (;;) {
    const typed = await ask('arguments: ', { ...FRESH, initial })
    if (typed === 'interrupt' || typed === 'end') return typed
    initial = typed.line
    let value: unknown
    try {
      value = JSON.parse(typed.line)
    } catch (error) {
      print(`That is not JSON: ${printable((error as Error).message)}.\n`)
      continue
    }
    const schema = typeof tool === 'string' ? tools.get(tool)?.parameters : undefined
    const problems = isJsonObject(value)
      ? checkSchema(schema ?? {}, value).map(
          ({ path, message }) => `${formatPath(path) || 'arguments'}: ${message}`,
        )
      : ['Arguments are an object, as in { "city": "Paris" }.']
    if (problems.length === 0) return value as object
    print(`${problems.map((problem) => printable(problem)).join('\n')}\n`)
  }
}

async function answerOther({ prompt, data }: Question, { ask, print, style }: Respondent): Promise<Answer> {
  print(`${style('bold', '?')} ${printable(prompt)}\n`)
  if (data !== undefined) print(`  ${printable(JSON.stringify(data))}\n`)
  for (;;) {
    const typed = await ask(style('bold', 'answer (:= before JSON): '), FRESH)
    if (typed === 'interrupt' || typed === 'end') return typed
    if (!typed.line.startsWith(':=')) return { value: typed.line }
    try {
      return { value: JSON.parse(typed.line.slice(2)) }
    } catch (error) {
      print(`That is not JSON: ${printable((error as Error).message)}.\n`)
    }
  }
}

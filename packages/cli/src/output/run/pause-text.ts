import type { Question, RunResult } from '@millrace/core'
import { listNames, printable } from '@millrace/core/component'

/** What the command that goes on with a paused run repeats of the one that started it. */
export interface ResumeCommand {
  readonly file: string
  /** Where the snapshot is; undefined when it was not kept. */
  readonly snapshot: string | undefined
  readonly packages: readonly string[]
  readonly models: readonly string[]
  readonly environment: readonly string[]
  readonly allowHttp: boolean
  readonly commands: readonly string[]
}

/** Says that the run is paused, what it asks, and how to go on. */
export function pauseText({ snapshot, questions }: RunResult, command: ResumeCommand): string {
  const asking = (snapshot?.pending ?? []).filter(({ questions: asked }) => asked !== undefined)
  const names = new Set([...(snapshot?.at ? [snapshot.at] : []), ...asking].map(({ component }) => component))
  const by = names.size === 0 ? '' : ` by ${listNames([...names])}`
  const asks = questions.length === 0 ? ' and asks nothing.' : ' and asks:'
  const lines = [
    `The run is paused${by}${asks}`,
    ...questions.flatMap(questionLines),
    ...wayOn(questions, command),
  ]
  return `${lines.join('\n')}\n`
}

function questionLines({ id, kind, prompt, data }: Question): string[] {
  const question = `  ${printable(id)} (${printable(kind)}): ${printable(prompt)}`
  return data === undefined ? [question] : [question, `    ${printable(JSON.stringify(data))}`]
}

function wayOn(questions: readonly Question[], command: ResumeCommand): string[] {
  const { file, snapshot, packages, models, environment, allowHttp, commands } = command
  if (snapshot === undefined) {
    return [
      'It was not kept. Run it again with --snapshot FILE, and millrace resume can go on from that file.',
    ]
  }
  const words = [
    ...['millrace', 'resume', file, snapshot],
    ...packages.flatMap((name) => ['--package', name]),
    ...models.flatMap((model) => ['--model', model]),
    ...environment.flatMap((name) => ['--allow-env', name]),
    ...(allowHttp ? ['--allow-http'] : []),
    ...commands.flatMap((name) => ['--allow-command', name]),
    ...questions.flatMap(({ id }) => ['--answer', `${id}=VALUE`]),
    ...['--snapshot', snapshot],
  ]
  const json = questions.length === 0 ? '' : ' (ID:=VALUE for JSON)'
  return [`Go on with${json}:`, `  ${words.map((word) => quoted(printable(word))).join(' ')}`]
}

/** A word as a shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

import type { CommanderError } from 'commander'

/** `country=France`, `llm.generationKwargs:={}`: what stands behind `--set`. */
const ASSIGNMENT = /^[A-Za-z_][\w.-]*:?=/
const PIPELINE_FILE = /\.ya?ml$/i
const MODEL = /\.gguf$|^(hf|npm):/i

/**
 * What to write instead of a command line that commander refused, where that can be told from it. Begins no sentence of
 * commander's: it stands on a line of its own.
 */
export function usageHint({ code, message }: CommanderError, args: readonly string[]): string | undefined {
  const [command = ''] = args
  switch (code) {
    case 'commander.unknownCommand':
      if (MODEL.test(command)) {
        return `To talk with it, write: millrace chat ${words(args)}. To ask one question: millrace run ${quoted(command)} 'A question'`
      }
      return PIPELINE_FILE.test(command) ? `To run it, write: millrace run ${words(args)}` : undefined
    case 'commander.unknownOption':
      if (message.includes('Did you mean')) return undefined
      return command === 'run' ? unknownOptionHint(args, message) : seeHelp(command)
    case 'commander.excessArguments':
      if (command === 'chat') return `To ask one question, write: millrace run ${words(args.slice(1))}`
      return command === 'run' ? excessHint(args) : seeHelp(command)
    case 'commander.missingArgument':
      return missingHint(command, args)
    case 'commander.optionMissingArgument':
      return seeHelp(command)
    default:
      return undefined
  }
}

/** `--country France`, `--country=France`: an input by its name, as other programs take it. */
function unknownOptionHint(args: readonly string[], message: string): string {
  const [, flag = ''] = /'(--?[^']+)'/.exec(message) ?? []
  const index = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`))
  const written = args[index] ?? flag
  if (!/^--[A-Za-z_]/.test(written)) return seeHelp('run')
  const [name = '', ...rest] = written.slice(2).split('=')
  const next = args[index + 1]
  const value = rest.length > 0 ? rest.join('=') : next === undefined || next.startsWith('-') ? '…' : next
  return `Inputs of the pipeline are given with --set: ${setOf(`${name}=${value}`)}`
}

function excessHint(args: readonly string[]): string {
  const assigned = args.indexOf('--set')
  const [name, after, more] = assigned < 0 ? [] : args.slice(assigned + 1, assigned + 4)
  // `--set country = France`, `--set country =France`, `--set country= France`
  if (name !== undefined && after !== undefined && !after.startsWith('-')) {
    if (after.startsWith('=') || name.endsWith('=')) {
      const value = after === '=' ? `=${more ?? '…'}` : after
      return `Write it without spaces around the =: ${setOf(`${name}${value}`)}`
    }
  }
  const index = args.findIndex((arg, at) => ASSIGNMENT.test(arg) && !args[at - 1]?.startsWith('--'))
  const written = args[index]
  if (written !== undefined) return `Inputs of the pipeline are given with --set: ${setOf(written)}`
  if (name?.includes('=') && after !== undefined && !after.startsWith('-') && !PIPELINE_FILE.test(after)) {
    const end = args.findIndex(
      (arg, at) => at > assigned + 1 && (arg.startsWith('-') || PIPELINE_FILE.test(arg)),
    )
    const all = args.slice(assigned + 1, end < 0 ? undefined : end)
    return `A value with spaces stands in quotes: ${setOf(all.join(' '))}`
  }
  // What is not behind an option is the file, and then the question.
  const asked = args.slice(1).findIndex((arg) => arg.startsWith('-'))
  const [file = '', ...question] = args.slice(1, asked < 0 ? undefined : asked + 1)
  if (question.length > 1 && !question.some((word) => PIPELINE_FILE.test(word))) {
    return `A question stands in quotes: millrace run ${quoted(file)} ${quoted(question.join(' '))}`
  }
  return "It takes one file. Inputs are given with --set, as in --set country=France; 'millrace run --help' has all options."
}

function missingHint(command: string, args: readonly string[]): string | undefined {
  if (command === 'resume') return 'Write: millrace resume FILE SNAPSHOT, with what --snapshot wrote.'
  const rest = words(args.slice(1))
  const written = `Write: millrace ${command} FILE${rest === '' ? '' : ` ${rest}`}.`
  return `${written} FILE is a pipeline file, ${places[command] ?? 'or - for the standard input'}.`
}

/** What may stand in the place of a file. */
const places: Readonly<Record<string, string>> = {
  run: '- for the standard input, or a model',
  chat: 'or a model',
}

function seeHelp(command: string): string {
  return `'millrace ${command} --help' has its arguments and options.`
}

function setOf(assignment: string): string {
  return `--set ${quoted(assignment)}`
}

function words(args: readonly string[]): string {
  return args.map(quoted).join(' ')
}

/** As a shell takes it for one word. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

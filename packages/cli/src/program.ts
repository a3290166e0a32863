import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { RunCommandOptions } from './commands/run.ts'
import type { StopSources } from './commands/stop.ts'
import type { ValidateOptions } from './commands/validate.ts'
import { type ExitCode, exitCodeLines } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/**
 * The command line, as commander reads it. Each command imports what it needs when it runs: the help and the version
 * load nothing else.
 *
 * @param end takes the exit code of a command that is not 0 although nothing was thrown
 */
export function makeProgram(terminal: Terminal & StopSources, end: (exitCode: ExitCode) => void): Command {
  const program = new Command('millrace')
    .description('Runs pipelines with local language models. A pipeline is a YAML file; see the README.')
    .version(version(), '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help, or that of a command.')
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      getOutHelpWidth: () => terminal.stdout.columns || 80,
      getErrHelpWidth: () => terminal.stderr.columns || 80,
      outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')),
    })
    .addHelpText('after', `\nExit codes:\n${exitCodeLines().join('\n')}`)
  addRun(program, terminal)
  addValidate(program, terminal, end)
  addLists(program, terminal)
  return program
}

const runExamples = `
Examples:
  millrace run capital.yaml --set prompt.country=France
  millrace run capital.yaml --set country=France --model ~/models/qwen3-0.6b.gguf
  millrace run summary.yaml --set text=@article.txt
  echo '{"prompt": {"country": "Japan"}}' | millrace run capital.yaml --input - --json`

function addRun(program: Command, terminal: Terminal & StopSources): void {
  program
    .command('run')
    .description('Run a pipeline. Replies appear on stdout as they grow, everything else on stderr.')
    .argument('<file>', 'The pipeline file; - for the standard input.')
    .option(
      '--set <input=value>',
      'Give an input: component.socket=value, or the name of an input alone. The value is read by the type of the' +
        ' socket; input:=value takes JSON, input=@path the text of a file, input=@@text a text that begins with @.' +
        ' May be repeated.',
      collect,
      [],
    )
    .option(
      '--input <file>',
      'A JSON object with inputs, by component or by name; - for the standard input. --set wins over it.',
    )
    .option(
      '--model <[component=]model>',
      'Use another model: a path, npm:package/file.gguf, hf:user/repository:Q4_K_M or an https URL. May be repeated.',
      collect,
      [],
    )
    .option('--json', 'Print one JSON object with all outputs, and stream nothing.')
    .option('--timeout <seconds>', 'Stop when loading and running take longer.')
    .option('-q, --quiet', 'No progress and no summary. Warnings and errors stay.')
    .option(
      '-v, --verbose',
      'The summary even when stderr is no terminal, and errors with their causes and stacks.',
    )
    .addHelpText('after', runExamples)
    .action(async (file: string, options: RunCommandOptions) => {
      const { run } = await import('./commands/run.ts')
      await run(file, options, terminal)
    })
}

function addValidate(program: Command, terminal: Terminal, end: (exitCode: ExitCode) => void): void {
  program
    .command('validate')
    .description(
      'Check pipeline files without running them, and list their inputs. No model is loaded or looked for.',
    )
    .argument('<file...>', 'Pipeline files; - for the standard input.')
    .option('--json', 'Print one JSON array, with the problems of each file.')
    .option('-v, --verbose', 'Problems with their causes and stacks.')
    .action(async (files: readonly string[], options: ValidateOptions) => {
      const { validate } = await import('./commands/validate.ts')
      end(await validate(files, options, terminal))
    })
}

function addLists(program: Command, terminal: Terminal): void {
  program
    .command('components')
    .description('List the component types, or tell all about one: parameters, inputs and outputs.')
    .argument('[type]', 'A component type, such as ChatPromptBuilder.')
    .action(async (type: string | undefined) => {
      const { components } = await import('./commands/components.ts')
      components(type, terminal)
    })
  program
    .command('schema')
    .description('Print the JSON Schema of pipeline files, for editors.')
    .action(async () => {
      const { schema } = await import('./commands/schema.ts')
      schema(terminal)
    })
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value]
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { ChatFileOptions } from './commands/chat.ts'
import type { DrawCommandOptions } from './commands/draw.ts'
import type { McpOptions } from './commands/mcp.ts'
import type { RegistryOptions } from './commands/registry.ts'
import type { RunFileOptions } from './commands/run-file.ts'
import type { ServeCommandOptions } from './commands/serve.ts'
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
  addResume(program, terminal)
  addChat(program, terminal)
  addValidate(program, terminal, end)
  addServe(program, terminal)
  addMcp(program, terminal)
  addViews(program, terminal)
  addLists(program, terminal)
  return program
}

interface RunCommandOptions extends RunFileOptions {
  readonly set?: readonly string[]
  readonly input?: string
  readonly system?: string
  readonly image?: readonly string[]
}

const runExamples = `
Examples:
  millrace run ~/models/qwen3-0.6b.gguf 'What is the capital of France?'
  millrace run capital.yaml --set prompt.country=France
  millrace run capital.yaml --set country=France --model ~/models/qwen3-0.6b.gguf
  millrace run summary.yaml --set text=@article.txt
  cat article.txt | millrace run summary.yaml --set text=@-
  echo '{"prompt": {"country": "Japan"}}' | millrace run capital.yaml --input - --json`

function addRun(program: Command, terminal: Terminal & StopSources): void {
  const command = program
    .command('run')
    .description(
      'Run a pipeline, or ask a model. Replies appear on stdout as they grow, everything else on stderr.',
    )
    .argument('<file>', 'The pipeline file, - for the standard input; or a model, as --model takes it.')
    .argument(
      '[question]',
      'What to ask: for the one open input of the pipeline that takes a text; - for the standard input. A model' +
        ' without a question reads what is piped.',
    )
  addInputOptions(command, true)
    .option('--system <text>', 'Instructions for the model, before the question.')
    .option('--image <file>', 'An image that belongs to the question. May be repeated.', collect)
  addRunOptions(command)
    .addHelpText('after', runExamples)
    .action(async (file: string, question: string | undefined, written: RunCommandOptions) => {
      const { set = [], input, system, image, ...options } = written
      const { runFile } = await import('./commands/run-file.ts')
      await runFile(file, { set, input, question, system, image }, options, terminal)
    })
}

/** @param isRead whether the standard input is free for an input */
function addInputOptions(command: Command, isRead: boolean): Command {
  return command
    .option(
      '--set <input=value>',
      'Give an input: component.socket=value, or the name of an input alone. The value is read by the type of the' +
        ` socket; input:=value takes JSON, input=@path what a file holds${isRead ? ' (@- the standard input)' : ''},` +
        ' input=@@text a text that begins with @, input.key=value one entry of an object. May be repeated.',
      collect,
    )
    .option(
      '--input <file>',
      `A JSON object with inputs, by component or by name${isRead ? '; - for the standard input' : ''}. --set wins over it.`,
    )
}

interface ResumeCommandOptions extends RunFileOptions {
  readonly answer: readonly string[]
}

function addResume(program: Command, terminal: Terminal & StopSources): void {
  const command = program
    .command('resume')
    .description('Go on with a run that paused or failed. What had run then does not run again.')
    .argument('<file>', 'The pipeline file, or model; - for the standard input.')
    .argument('<snapshot>', 'What the --snapshot of that run wrote.')
    .option(
      '--answer <id=value>',
      'Answer a question of a paused run. The value is a text; id:=value takes JSON, id=@path the text of a file.' +
        ' May be repeated.',
      collect,
      [],
    )
  addRunOptions(command).action(
    async (file: string, snapshot: string, { answer, ...options }: ResumeCommandOptions) => {
      const { runFile } = await import('./commands/run-file.ts')
      await runFile(file, { snapshot, answer }, options, terminal)
    },
  )
}

const chatExamples = `
Examples:
  millrace chat ~/models/qwen3-0.6b.gguf --system 'Be brief.'
  millrace chat hf:user/repository:Q4_K_M --n-ctx 8192
  millrace chat agent.yaml --package ./tools.js
  echo 'What is the capital of France?' | millrace chat ~/models/qwen3-0.6b.gguf`

function addChat(program: Command, terminal: Terminal & StopSources): void {
  const command = program
    .command('chat')
    .description(
      'Talk with a model, or with a pipeline that takes messages and gives replies. What is piped is one message.',
    )
    .argument('<file>', 'The pipeline file; or a model, as --model takes it.')
    .option('--system <text>', 'Instructions for the model.')
  addModelOptions(addPermissions(addInputOptions(command, false).addOption(packageOption())))
    .option('-q, --quiet', 'No progress, no hints and no tool calls. Warnings and errors stay.')
    .option('-v, --verbose', 'Errors with their causes and stacks.')
    .addHelpText('after', chatExamples)
    .action(async (file: string, options: ChatFileOptions) => {
      const { chatWith } = await import('./commands/chat.ts')
      await chatWith(file, options, terminal)
    })
}

/** For commands that read pipeline files, or list what can be in them. */
function packageOption(): Option {
  return new Option(
    '--package <module>',
    'Add the components, tools and callbacks of a package, whose code then runs: a path such as ./tools.js, or the name' +
      ' of an installed package. May be repeated.',
  ).argParser(collect)
}

function modelOption(): Option {
  return new Option(
    '--model <[component=]model>',
    'Use another model: a path, npm:package/file.gguf, hf:user/repository:Q4_K_M or an https URL. May be repeated.',
  ).argParser(collect)
}

/** What a file may do that is run or checked. */
function addPermissions(command: Command): Command {
  return command
    .option(
      '--allow-env <name>',
      'Let the file use ${env:name}, a variable of the environment. May be repeated.',
      collect,
    )
    .option('--allow-http', 'Let the file fetch models from http: URLs, those of this machine included.')
    .option(
      '--allow-command <name>',
      'Let the file start this program with any arguments, such as npx for an MCP server. May be repeated.',
      collect,
    )
}

/** What says which models are used. */
function addModelOptions(command: Command): Command {
  return command
    .addOption(modelOption())
    .option('--n-ctx <tokens>', 'For a model in the place of the file: the length of its context.')
    .option('--mmproj <model>', 'For a model in the place of the file: the second file, with which it sees.')
}

/** What `run` and `resume` share. */
function addRunOptions(command: Command): Command {
  return addModelOptions(addPermissions(command.addOption(packageOption())))
    .option(
      '--include <name>',
      'Show outputs that connections took, too: all of a component, or component.socket. May be repeated.',
      collect,
    )
    .option('--json', 'Print one JSON object with all outputs, and stream nothing.')
    .option('--draw <file>', 'Draw the pipeline with what the run did: a file ending in .svg, .mmd or .txt.')
    .option(
      '--snapshot <file>',
      'When a component pauses or fails, write a file from which resume can go on.',
    )
    .option('--timeout <seconds>', 'Stop when loading and running take longer.')
    .option('-q, --quiet', 'No progress, no tool calls and no summary. Warnings and errors stay.')
    .option(
      '-v, --verbose',
      'Tool calls and the summary even when stderr is not a terminal, and errors with their causes and stacks.',
    )
}

function addValidate(program: Command, terminal: Terminal, end: (exitCode: ExitCode) => void): void {
  const command = program
    .command('validate')
    .description(
      'Check pipeline files without running them, and list their inputs. Models are looked for, but not loaded.',
    )
    .argument('<file...>', 'Pipeline files, or folders of them; - for the standard input.')
    .option('--json', 'Print one JSON array, with the problems of each file.')
    .addOption(packageOption())
    .option('-v, --verbose', 'Problems with their causes and stacks.')
  addPermissions(command).action(async (files: readonly string[], options: ValidateOptions) => {
    const { validate } = await import('./commands/validate.ts')
    end(await validate(files, options, terminal))
  })
}

const serveExamples = `
Examples:
  millrace serve ~/models/qwen3-0.6b.gguf
  millrace serve pipelines --watch
  curl localhost:8080/pipelines/capital -H 'Content-Type: application/json' -d '{"country": "France"}'
  KEY=secret millrace serve agent.yaml --host 0.0.0.0 --api-key-env KEY`

function addServe(program: Command, terminal: Terminal & StopSources): void {
  const command = program
    .command('serve')
    .description(
      "Serve pipelines and models over HTTP: each as an address, those that chat to clients of OpenAI's protocol, too.",
    )
    .argument('<file...>', 'Pipeline files, folders of them, and models, as --model takes them.')
    .option('--port <number>', 'Where to listen; 0 for any port that is free.', '8080')
    .option(
      '--host <address>',
      'On which address. Others than those of this machine need a key.',
      '127.0.0.1',
    )
    .option('--api-key-env <name>', 'The variable of the environment with the key that requests need.')
    .option(
      '--allow-host <name>',
      'A host name that requests may come by, as behind a proxy. May be repeated.',
      collect,
    )
    .option('--cors <origin>', 'An origin whose pages may send requests, or *. May be repeated.', collect)
    .option('--warm-up', 'Load all models at the start. /health answers 503 until they are loaded.')
    .option('--watch', 'Load files again when they change. Runs that go on end as they began.')
    .option('--max-running <number>', 'How many runs of one pipeline go on at once. Default: 16.')
    .option('--max-queue <number>', 'How many requests wait at most. Default: 256.')
    .option('--timeout <seconds>', 'The longest that a run takes, waiting included. Default: no limit.')
    .option(
      '--edit',
      'Let the page change pipeline files, and try what is not saved. Whoever reaches the server can, then.',
    )
    .option('--log', 'Print a line for each request: method, path, status and time.')
    .option('-v, --verbose', 'Errors with their causes and stacks.')
    .addHelpText('after', serveExamples)
  addModelOptions(addPermissions(command.addOption(packageOption()))).action(
    async (files: readonly string[], options: ServeCommandOptions) => {
      const { serveFiles } = await import('./commands/serve.ts')
      await serveFiles(files, options, terminal)
    },
  )
}

function addMcp(program: Command, terminal: Terminal & StopSources): void {
  const command = program
    .command('mcp')
    .description(
      'Serve pipelines as tools of an MCP server, on the standard input and output: for the settings of a client.',
    )
    .argument('<file...>', 'Pipeline files, or folders of them. Each is a tool with the name of its file.')
    .addOption(packageOption())
    .addOption(modelOption())
    .option('-v, --verbose', 'Errors with their causes and stacks.')
  addPermissions(command).action(async (files: readonly string[], options: McpOptions) => {
    const { mcp } = await import('./commands/mcp.ts')
    await mcp(files, options, terminal)
  })
}

function addViews(program: Command, terminal: Terminal): void {
  program
    .command('draw')
    .description('Draw a pipeline: a listing for the terminal, a Mermaid flowchart, or an SVG picture.')
    .argument('<file>', 'The pipeline file; - for the standard input.')
    .option(
      '--format <format>',
      'text, mermaid or svg. Default: what the ending of --output says, else text.',
    )
    .option('-o, --output <file>', 'Write to a file, as in pipeline.svg, .mmd or .txt.')
    .addOption(packageOption())
    .action(async (file: string, options: DrawCommandOptions) => {
      const { draw } = await import('./commands/draw.ts')
      await draw(file, options, terminal)
    })
  program
    .command('explain')
    .description('Say in words what makes each component run, and where values come from and go.')
    .argument('<file>', 'The pipeline file; - for the standard input.')
    .addOption(packageOption())
    .action(async (file: string, options: RegistryOptions) => {
      const { explain } = await import('./commands/explain.ts')
      await explain(file, options, terminal)
    })
}

function addLists(program: Command, terminal: Terminal): void {
  program
    .command('components')
    .description('List the component types, or describe one: its parameters, inputs and outputs.')
    .argument('[type]', 'A component type, such as ChatPromptBuilder.')
    .addOption(packageOption())
    .action(async (type: string | undefined, options: RegistryOptions) => {
      const { components } = await import('./commands/components.ts')
      await components(type, options, terminal)
    })
  program
    .command('schema')
    .description('Print the JSON Schema of pipeline files, for editors.')
    .addOption(packageOption())
    .action(async (options: RegistryOptions) => {
      const { schema } = await import('./commands/schema.ts')
      await schema(options, terminal)
    })
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

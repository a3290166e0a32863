import { t, type ValueOf } from '@millrace/core'

/** How far a call is, as its server reports it. */
export interface McpProgress {
  /** The name that the server gives the tool. */
  readonly tool: string
  /** Grows with each report. */
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

const limit = { minimum: 1, maximum: 2 ** 31 - 1 } as const

/** Those of `McpToolset`. */
export const toolsetParameters = t.object({
  /** The program that is the server, such as npx. A file may start only what its caller allows. */
  command: t.optional(t.string({ minLength: 1 }), {
    description: 'The program that is the server, such as npx. A file may start only what its caller allows.',
  }),
  /** What the program gets as arguments. There is no shell. */
  args: t.optional(t.array(t.string()), {
    description: 'What the program gets as arguments. There is no shell.',
  }),
  /** Variables of its environment, beside PATH, HOME and the like, which it always gets. */
  env: t.optional(t.record(t.string()), {
    description: 'Variables of its environment, beside PATH, HOME and the like, which it always gets.',
  }),
  /** The folder in which it starts. Without it that of the pipeline file. */
  cwd: t.optional(t.string(), {
    description: 'The folder in which it starts. Without it that of the pipeline file.',
  }),
  /** The address of a server that speaks streamable HTTP. */
  url: t.optional(t.string(), { description: 'The address of a server that speaks streamable HTTP.' }),
  /** Headers of each request, such as Authorization. They go to this address alone. */
  headers: t.optional(t.record(t.string()), {
    description: 'Headers of each request, such as Authorization. They go to this address alone.',
  }),
  /** What the names of its tools begin with. Without it the name of the resource in the file, else what the server calls itself. Empty: nothing. */
  prefix: t.optional(t.string({ pattern: '^[A-Za-z0-9_-]{0,32}$' }), {
    description:
      'What the names of its tools begin with. Without it the name of the resource in the file, else what the server calls itself. Empty: nothing.',
  }),
  /** The tools that may be called, by the names that the server gives them. Without it all. */
  toolNames: t.optional(t.array(t.string(), { minItems: 1 }), {
    description: 'The tools that may be called, by the names that the server gives them. Without it all.',
  }),
  /** Whether images in results are kept, or described in words, for models that cannot see. */
  images: t.optional(t.literal('keep', 'describe'), {
    default: 'keep',
    description: 'Whether images in results are kept, or described in words, for models that cannot see.',
  }),
  /** The most characters of text in one result. What is longer is cut in its middle. */
  maxResultLength: t.integer({
    default: 60_000,
    minimum: 100,
    description: 'The most characters of text in one result. What is longer is cut in its middle.',
  }),
  /** How long the server may take to start and to answer, in milliseconds. */
  connectTimeoutMs: t.integer({
    default: 30_000,
    ...limit,
    description: 'How long the server may take to start and to answer, in milliseconds.',
  }),
  /** How long a call may take without a sign of progress, in milliseconds; in all ten times that. */
  callTimeoutMs: t.integer({
    default: 60_000,
    ...limit,
    description:
      'How long a call may take without a sign of progress, in milliseconds; in all ten times that.',
  }),
  /** Called when the server says how far a call is. */
  onProgress: t.optional(t.callback<(progress: McpProgress) => void>(), {
    description: 'Called when the server says how far a call is.',
  }),
})

type Given = ValueOf<typeof toolsetParameters>

/** Why parameters cannot belong to one server; undefined when they do. */
export function parametersFault({ command, args, env, cwd, url, headers }: Given): string | undefined {
  if ((command === undefined) === (url === undefined)) {
    return "An McpToolset has either a 'command', which it starts, or a 'url'."
  }
  const others = command === undefined ? { args, env, cwd } : { headers }
  const [misplaced] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (misplaced !== undefined) {
    const [has, needs] = command === undefined ? ['url', 'command'] : ['command', 'url']
    return `'${misplaced}' belongs to a '${needs}', and this McpToolset has a '${has}'.`
  }
  if (url !== undefined && !url.includes('${') && !isHttpUrl(url)) return notAnAddress(url)
  return undefined
}

export function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

export function notAnAddress(url: string): string {
  return `'${url}' is not the http: or https: address of a server.`
}

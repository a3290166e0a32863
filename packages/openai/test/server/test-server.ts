import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll } from '@jest/globals'

interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>> & { readonly model: string }
}

export type Behaviour = (response: ServerResponse, asked: Asked) => unknown

export interface TestServer {
  /** With `/v1` at its end. */
  readonly url: string
  readonly asked: readonly Asked[]
  /** What it does with the next requests, one after the other; the last one stays. Forgets what it was asked. */
  behave(...behaviours: Behaviour[]): void
  /** Resolves when the next connection was closed by the one who asked. */
  left(): Promise<void>
}

/** A real server of the protocol on this machine, for the tests of one file. It behaves as each test says. */
export function testServer(): TestServer {
  const asked: Asked[] = []
  let behaviours: Behaviour[] = []
  let url = ''
  let onLeft: () => void = () => {}
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    response.on('close', () => {
      if (!response.writableEnded) onLeft()
    })
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString() || '{}')
      const one = { path: request.url ?? '', headers: request.headers, body }
      asked.push(one)
      const [next] = behaviours.length > 1 ? behaviours.splice(0, 1) : behaviours
      next?.(response, one)
    })
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    get url() {
      return url
    },
    asked,
    behave(...next) {
      behaviours = next
      asked.length = 0
    },
    left: () =>
      new Promise((resolve) => {
        onLeft = resolve
      }),
  }
}

/** Answers with a status, headers, and a body, of which JSON is made unless it is a text. */
export function answers(status: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (response) => {
    const isText = typeof body === 'string'
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers })
    response.end(isText ? body : JSON.stringify(body))
  }
}

/** Answers with an error in OpenAI's form, with its code and the headers that are given. */
export function refuses(
  status: number,
  message: string,
  headers: Record<string, string> = {},
  code: string | null = null,
): Behaviour {
  return answers(status, { error: { message, type: 'some_error', param: null, code } }, headers)
}

/** Sends events, and then ends the stream as it should, or as `end` says. */
export function streams(
  events: readonly unknown[],
  end: (response: ServerResponse) => unknown = done,
): Behaviour {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`)
    end(response)
  }
}

export function done(response: ServerResponse): void {
  response.end('data: [DONE]\n\n')
}

/** A chunk of the reply. */
export function chunk(delta: object, finish: string | null = null, more: object = {}): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'served',
    choices: [{ index: 0, delta, finish_reason: finish, ...more }],
  }
}

export const usage = {
  ...{ id: 'chatcmpl-1', model: 'served', choices: [] },
  usage: {
    ...{ prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
    prompt_tokens_details: { cached_tokens: 8 },
  },
}

/** The chunks of a whole reply of some texts. */
export function texts(...pieces: string[]): object[] {
  return [
    chunk({ role: 'assistant', content: '' }),
    ...pieces.map((content) => chunk({ content })),
    chunk({}, 'stop'),
    usage,
  ]
}

/** Answers in one piece. */
export function whole(message: object, finish: string | null = 'stop', more: object = {}): Behaviour {
  return answers(200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'served',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    usage: usage.usage,
    ...more,
  })
}

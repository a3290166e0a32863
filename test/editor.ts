// A client of tsserver, which is what editors ask. It is that of TypeScript 5: the language server of TypeScript 7 shows no
// comments of properties that come by way of a mapped type.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './workspace.ts'

export interface Place {
  readonly file: string
  /** Both from 1. */
  readonly line: number
  readonly offset: number
}

export interface Editor {
  open(file: string): void
  ask<Answer>(
    command: string,
    place: Place & { readonly [option: string]: unknown },
  ): Promise<Answer | undefined>
  close(): void
}

export function startEditor(): Editor {
  const program = join(root, 'node_modules/typescript-5/lib/tsserver.js')
  const server = spawn(process.execPath, [
    program,
    '--disableAutomaticTypingAcquisition',
    '--suppressDiagnosticEvents',
  ])
  const waiting = new Map<number, (answer: unknown) => void>()
  let text = ''
  server.stdout.setEncoding('utf8').on('data', (piece: string) => {
    const lines = `${text}${piece}`.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines.filter((one) => one.startsWith('{'))) {
      const { request_seq: request, body } = JSON.parse(line) as { request_seq?: number; body?: unknown }
      if (request !== undefined) waiting.get(request)?.(body)
    }
  })
  let last = 0
  const send = (command: string, options: object) => {
    server.stdin.write(`${JSON.stringify({ seq: ++last, type: 'request', command, arguments: options })}\n`)
    return last
  }
  return {
    open: (file) => void send('open', { file }),
    ask: <Answer>(command: string, place: Place) =>
      new Promise<Answer | undefined>((resolve) => {
        waiting.set(send(command, place), (answer) => resolve(answer as Answer | undefined))
      }),
    close: () => void server.kill(),
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The root of the repository, where the commands run. */
export const root = join(import.meta.dirname, '../../..')

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningOptions {
  /** What the standard input holds. Absent: nothing. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Where it starts. Absent: the root of the repository. */
  readonly cwd?: string
  /** Called with each piece of stdout. */
  readonly onOutput?: (child: ChildProcess, text: string) => void
}

/** Runs the built program, as its users do. */
export function millrace(args: readonly string[], options: RunningOptions = {}): Promise<Ended> {
  const main = join(import.meta.dirname, '../dist/main.js')
  if (!existsSync(main)) throw new Error(`There is no ${main}: run 'corepack pnpm build' first.`)
  const { NO_COLOR: _, ...env } = process.env
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.cwd ?? root,
    env: { ...env, ...options.env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    options.onOutput?.(child, text)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // The program may end before it has read everything.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

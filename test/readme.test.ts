// README.md shows what really comes out of its commands. Its programs run in programs.test.ts. After a change: UPDATE_DOCS=1 corepack pnpm test:unit test/readme
import { EventEmitter } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { type Output, runCli } from 'millrace'
import { read, root } from './workspace.ts'

class Captured extends EventEmitter implements Output {
  text = ''

  write(text: string): void {
    this.text += text
  }
}

/** Standard output, then standard error; a failing command is shown like any other. */
async function outputOf(args: readonly string[]): Promise<string> {
  const [stdout, stderr] = [new Captured(), new Captured()]
  const cwd = () => root
  await runCli(
    args,
    Object.assign(new EventEmitter(), {
      ...{ stdin: Readable.from([]), stdout, stderr, env: {}, cwd, pid: process.pid, exit() {}, kill() {} },
    }),
  )
  // Progress is for a person who waits, not for a page.
  return `${stdout.text}${stderr.text.replace(/^(Loading|Warning: .*The binary of engine 'llama.node') .*\n/gm, '')}`
}

const cli = 'packages/cli/dist/main.js'
const scripts: Readonly<Record<string, string>> = JSON.parse(read('package.json')).scripts

/** As a shell divides them; quotes go around whole words. */
function words(line: string): string[] {
  return (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'|'$/g, ''))
}

/** What `corepack pnpm …` runs after it has installed and built. */
function runShown(command: string): Promise<string> {
  const ours = /^corepack pnpm (?:-s )?(\S+) ?(.*)$/.exec(command)
  const script = scripts[ours?.[1] ?? '']
  const call = /^.*\bnode (\S+)(?: (.*))?$/.exec(script ?? '')
  if (call?.[1] !== cli) throw new Error(`README.md shows a command that this test cannot run: ${command}`)
  return outputOf(words(`${call[2] ?? ''} ${ours?.[2] ?? ''}`))
}

describe('README.md', () => {
  const blocks = [...read('README.md').matchAll(/```console\n\$ (.*)\n([^`]*)```/g)]

  test.each(blocks.map(([, command = '', shown = '']) => ({ command, shown })))(
    '$command',
    async ({ command, shown }) => {
      const output = await runShown(command)
      if (process.env['UPDATE_DOCS']) {
        writeFileSync(
          join(root, 'README.md'),
          read('README.md').replace(`$ ${command}\n${shown}`, () => `$ ${command}\n${output}`),
        )
      } else expect(output).toBe(shown)
    },
  )

  test('its list of examples is whole', () => {
    const examples = readdirSync(join(root, 'examples')).filter((file) => /^\d\d-.*\.ts$/.test(file))
    expect(examples.filter((file) => !read('README.md').includes(`| [${file}](examples/${file}) |`))).toEqual(
      [],
    )
  })

  test('its versions of binaries are those of the lockfile', () => {
    const lockfile = read('pnpm-lock.yaml')
    const named = [...read('README.md').matchAll(/ (@\S+)-vulkan@([\d.]+)/g)]
    // The lockfile has the ordinary binaries, of the same versions.
    expect(named.map(([, name, version]) => lockfile.includes(`'${name}@${version}':`))).toEqual([true, true])
  })

  test('its pipeline file is the one in pipelines', () => {
    const [, yaml] = /```yaml\n# pipelines\/capital.yaml\n([^`]*)```/.exec(read('README.md')) ?? []
    const withoutComments = (text: string | undefined) => (text ?? '').replace(/^#.*\n/gm, '').trim()
    expect(withoutComments(yaml)).toBe(withoutComments(read('pipelines/capital.yaml')))
  })
})

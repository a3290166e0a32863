import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { componentPackage, Registry, t } from '@millrace/core'
import { loadPipelineFile } from '@millrace/core/yaml'
import { type Served, type ServeOptions, serve } from '@millrace/serve'
import { turnsUntil } from '../../../test/turns-until.ts'

let folder: string
let served: Served
const opened: (() => void)[] = []
let closed = 0

/** Says its word when it is let go. */
class Slow {
  static readonly type = 'Slow'
  static readonly parameters = t.object({ word: t.string() })
  readonly inputs = {}
  readonly outputs = { word: t.string() }
  readonly initParameters: { readonly word: string }

  constructor(parameters: { readonly word: string }) {
    this.initParameters = parameters
  }

  async run(): Promise<{ word: string }> {
    await new Promise<void>((resolve) => opened.push(resolve))
    return { word: this.initParameters.word }
  }

  close(): void {
    closed++
  }
}

const registry = new Registry([componentPackage({ name: 'test', components: [Slow] })])

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-serve-'))
  closed = 0
})

afterEach(async () => {
  await served.close()
  rmSync(folder, { recursive: true })
})

function write(name: string, word: string): void {
  writeFileSync(
    join(folder, name),
    `# Says ${word}.\ncomponents: { slow: { type: Slow, initParameters: { word: ${word} } } }\n`,
  )
}

async function start(options: ServeOptions = {}): Promise<void> {
  const load = (path: string) => loadPipelineFile(path, { registry })
  served = await serve({ files: [folder], load, ...options })
}

async function run(name: string): Promise<Response> {
  return served.app.request(`/pipelines/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
}

async function open(): Promise<void> {
  await turnsUntil(() => opened.length > 0)
  opened.shift()?.()
}

const words = async (response: Promise<Response>) => (await (await response).json()) as object

test('the files of a folder are pipelines, and one that is broken does not stop the others', async () => {
  write('one.yaml', 'one')
  writeFileSync(join(folder, 'two.yaml'), 'components: { x: { type: Unknown } }')
  mkdirSync(join(folder, 'below'))
  await start()
  expect(served.catalog.list()).toMatchObject([
    { name: 'one', state: 'ready', description: 'Says one.', findings: [] },
    { name: 'two', state: 'broken', findings: [{ level: 'error', code: 'LOAD_UNKNOWN_TYPE', line: 1 }] },
  ])
  const running = run('one')
  await open()
  expect(await words(running)).toMatchObject({ outputs: { slow: { word: 'one' } } })
  const broken = await run('two')
  expect(broken.status).toBe(503)
  expect(broken.headers.get('x-should-retry')).toBe('false')
})

test('a file that changes is loaded again, and no run that goes on is lost', async () => {
  write('one.yaml', 'before')
  await start()
  const before = run('one')
  await turnsUntil(() => opened.length === 1)
  write('one.yaml', 'after')
  await served.catalog.reload(join(folder, 'one.yaml'))
  const after = run('one')
  await turnsUntil(() => opened.length === 2)
  expect(closed).toBe(0)
  await open()
  expect(await words(before)).toMatchObject({ outputs: { slow: { word: 'before' } } })
  await turnsUntil(() => closed === 1)
  await open()
  expect(await words(after)).toMatchObject({ outputs: { slow: { word: 'after' } } })
})

test('a file that breaks leaves its pipeline as it was, and says what is wrong', async () => {
  write('one.yaml', 'one')
  await start()
  writeFileSync(join(folder, 'one.yaml'), 'components: {')
  expect(await served.catalog.reload(join(folder, 'one.yaml'))).toMatch(/./)
  expect(served.catalog.list()).toMatchObject([
    { name: 'one', state: 'ready', findings: [{ level: 'error' }] },
  ])
  const running = run('one')
  await open()
  expect((await running).status).toBe(200)
})

test('watched, files come, change and go', async () => {
  write('one.yaml', 'one')
  const log: string[] = []
  await start({ watch: true, log: (line) => log.push(line) })
  write('two.yaml', 'two')
  await turnsUntil(() => served.catalog.list().length === 2)
  write('two.yaml', 'three')
  await turnsUntil(() => served.catalog.find('two').description === 'Says three.')
  rmSync(join(folder, 'one.yaml'))
  await turnsUntil(() => served.catalog.list().length === 1)
  expect(log.join('\n')).toMatch(/Loaded: '.*two.yaml'[\s\S]*Not served any more: '.*one.yaml'/)
})

test('files of one name have names of their own', async () => {
  write('one.yaml', 'one')
  await start({ files: [join(folder, 'one.yaml'), folder] })
  expect(served.catalog.list().map(({ name }) => name)).toEqual(['one', 'one-2'])
})

const withPipes = process.platform === 'win32' ? test.skip : test

withPipes('a pipe in the folder, which nobody writes into, holds nothing up', async () => {
  write('words.yaml', 'hello')
  execFileSync('mkfifo', [join(folder, 'pipe.yaml')])
  await start()
  expect((await served.app.request('/pipelines/words')).status).toBe(200)
  expect((await served.app.request('/pipelines/pipe')).status).toBe(404)
})

test('of several who change the same version of a file one saves, and the others hear of it', async () => {
  write('words.yaml', 'hello')
  await start({ edit: true })
  const address = '/pipelines/words/file'
  const { text, version } = (await (await served.app.request(address)).json()) as Record<string, string>
  const saved = await Promise.all(
    ['one', 'two', 'three'].map((word) =>
      served.app.request(address, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: text?.replaceAll('hello', word), version }),
      }),
    ),
  )
  expect(saved.map(({ status }) => status).sort()).toEqual([200, 409, 409])
  const written = (await saved.find(({ status }) => status === 200)?.json()) as { text: string }
  expect(readFileSync(join(folder, 'words.yaml'), 'utf8')).toBe(written.text)
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import { Registry } from '@millrace/core'
import { loadPipeline, loadPipelineFile } from '@millrace/core/yaml'
import { type Served, serve } from '@millrace/serve'
import { root } from '../../../../test/workspace.ts'
import { greeting } from '../pipelines.ts'

let served: Served

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'packages/serve/page/build.js')])
})

afterEach(() => served.close())

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return served.fetch(new Request(`http://localhost${path}`, { headers }))
}

async function put(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'PUT', headers, body: JSON.stringify(body) }
  return served.fetch(new Request(`http://localhost${path}`, init))
}

interface Answer {
  readonly version: string
  readonly name: string
  readonly state: string
  readonly outputs: unknown
  readonly error: { readonly code: string }
  readonly pipelines: readonly { readonly name: string }[]
}

async function json(response: Response): Promise<Answer> {
  return (await response.json()) as Answer
}

/** The paths of the files that the page is made of. */
async function filesOfPage(): Promise<string[]> {
  const html = await (await get('/')).text()
  return ['/', ...[...html.matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)]
}

describe('the files of the page', () => {
  beforeEach(async () => {
    served = await serve({ pipelines: { greeting: greeting() }, apiKey: 'secret' })
  })

  test('are there for everyone: the page itself is asked for each time, what it loads is kept for good', async () => {
    const [, ...assets] = await filesOfPage()
    expect(assets.map((path) => path.replace(/^.*\./, '')).sort()).toEqual(['css', 'js', 'svg'])
    const page = await get('/')
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const again = await get('/', { 'if-none-match': page.headers.get('etag') ?? '' })
    expect([again.status, await again.text()]).toEqual([304, ''])
    for (const path of assets) {
      const file = await get(path)
      expect([file.status, file.headers.get('cache-control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ])
    }
    expect((await get('/pipelines')).status).toBe(401)
  })

  test('come compressed for those who take it, 100 kB in all, and as they are for others', async () => {
    let bytes = 0
    for (const path of await filesOfPage()) {
      const plain = await get(path, { 'accept-encoding': 'gzip;q=0, br;q=0.0' })
      const whole = await plain.text()
      expect([plain.headers.get('content-encoding'), plain.headers.get('vary')]).toEqual([
        null,
        'Accept-Encoding',
      ])
      const small = await get(path, { 'accept-encoding': 'gzip, deflate, br' })
      const { byteLength } = await small.arrayBuffer()
      expect(small.headers.get('content-encoding')).toBe('br')
      expect(byteLength).toBeLessThan(whole.length)
      bytes += byteLength
    }
    expect(bytes).toBeLessThan(100_000)
  })

  test('load and run nothing from elsewhere, and nothing that stands within a page', async () => {
    const policy = (await get('/')).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'; img-src 'self' data:")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    const html = await (await get('/')).text()
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|https?:/)
  })

  test('are no others: a path leads to nothing outside', async () => {
    for (const path of ['/assets/none.js', '/assets/..%2findex.html', '/assets/..%2f..%2fpackage.json']) {
      expect((await get(path)).status).toBe(404)
    }
  })
})

describe('pipeline files', () => {
  let folder: string
  let file: string
  const registry = new Registry([standardComponents])
  const source = `components:\n  greet:\n    type: PromptBuilder\n    initParameters: { template: 'Hello {{ name }}' }\n`

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-page-'))
    file = join(folder, 'greet.yaml')
    writeFileSync(file, source)
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  async function start(edit: boolean) {
    const load = async (path: string, text?: string) =>
      text === undefined ? loadPipelineFile(path, { registry }) : loadPipeline(text, { registry, file: path })
    served = await serve({ files: [file], load, edit })
  }

  async function run(name: string): Promise<unknown> {
    const request = new Request(`http://localhost/pipelines/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name": "Ada"}',
    })
    return (await json(await served.fetch(request))).outputs
  }

  test('are read, and changed only where the server lets requests change them', async () => {
    await start(false)
    const read = await json(await get('/pipelines/greet/file'))
    expect(read).toMatchObject({ text: source, editable: false })
    for (const what of ['file', 'draft']) {
      const refused = await put(`/pipelines/greet/${what}`, { text: '', version: read.version })
      expect([refused.status, (await json(refused)).error.code]).toEqual([403, 'read_only'])
    }
    expect(readFileSync(file, 'utf8')).toBe(source)
  })

  test('are tried before they are saved', async () => {
    await start(true)
    const wrong = await put('/pipelines/greet/draft', {
      text: source.replace('PromptBuilder', 'PromtBuilder'),
    })
    expect(await json(wrong)).toMatchObject({
      state: 'broken',
      findings: [{ level: 'error', code: 'LOAD_UNKNOWN_TYPE', line: 3 }],
    })
    const right = await put('/pipelines/greet/draft', { text: source.replace('Hello', 'Good day') })
    const { name, state } = await json(right)
    expect(state).toBe('ready')
    expect(await run(name)).toEqual({ greet: { prompt: 'Good day Ada' } })
    expect(await run('greet')).toEqual({ greet: { prompt: 'Hello Ada' } })
    const listed = await json(await get('/pipelines'))
    expect(listed.pipelines.map((one) => one.name)).toEqual(['greet'])
    expect(readFileSync(file, 'utf8')).toBe(source)
  })

  test('are saved where nobody has changed them since they were read', async () => {
    await start(true)
    const { version } = await json(await get('/pipelines/greet/file'))
    const text = source.replace('Hello', 'Good day')
    expect((await put('/pipelines/greet/file', { text, version })).status).toBe(200)
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(await run('greet')).toEqual({ greet: { prompt: 'Good day Ada' } })
    const late = await put('/pipelines/greet/file', { text: source, version })
    expect([late.status, (await json(late)).error.code]).toEqual([409, 'file_changed'])
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect((await put('/pipelines/greet/file', { text: 1, version })).status).toBe(400)
  })
})

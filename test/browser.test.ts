// A page that loads the text of a pipeline, checks it, draws it and runs it: bundled for a browser, without anything of
// Node.js in it.
import { execFile } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Document } from '@millrace/core'
import { root } from './workspace.ts'

const run = promisify(execFile)

const app = `
import { standardComponents } from '@millrace/components'
import { Document, LoadError, Registry } from '@millrace/core'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { drawPipeline } from '@millrace/drawing'

const text = \`components:
  prompt: { type: PromptBuilder, initParameters: { template: 'Hello {{ name }}!' } }
  inner: { type: Pipeline, initParameters: { file: ./inner.yaml } }
connections:
  - { sender: prompt.prompt, receiver: inner.text }
\`
const inner = \`components:
  prompt: { type: PromptBuilder, initParameters: { template: '{{ text | upper }}' } }
\`

async function show() {
  const registry = new Registry([standardComponents])
  const asked: string[] = []
  const readFile = (path: string) => {
    asked.push(path)
    return inner
  }
  const pipeline = loadPipeline(text, { registry, file: 'pipes/outer.yaml', baseDir: '/pipes', readFile })
  const wrong = (() => {
    try {
      return loadPipeline(text.replace('PromptBuilder', 'PromptBilder'), { registry, readFile })
    } catch (error) {
      return LoadError.isInstance(error) && error.message
    }
  })()
  return {
    asked,
    wrong,
    findings: await pipeline.check(),
    svg: drawPipeline(pipeline, { format: 'svg' }),
    dump: dumpPipeline(pipeline, { registry }),
    id: Document.create({ content: 'x' }).id,
    output: (await pipeline.run({ prompt: { name: 'Ada' } })).outputs,
  }
}
Object.assign(globalThis, { shown: show().then((value) => JSON.stringify(value), (error) => String(error.stack)) })
`

// Beside the packages, which the bundler finds there.
const cache = join(root, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
const dir = mkdtempSync(join(cache, 'browser-'))

beforeAll(async () => {
  writeFileSync(join(dir, 'app.ts'), app)
  for (const [format, file] of [
    ['iife', 'app.js'],
    ['esm', 'app.mjs'],
  ]) {
    const options = ['--bundle', '--platform=browser', `--format=${format}`, `--outfile=${file}`]
    await run(join(root, 'node_modules/.bin/esbuild'), ['app.ts', ...options, '--log-level=error'], {
      cwd: dir,
    })
  }
})

afterAll(() => rmSync(dir, { recursive: true }))

function expectShown(json: string): void {
  const shown = JSON.parse(json)
  expect(shown).toMatchObject({
    asked: ['/pipes/inner.yaml', '/inner.yaml'],
    findings: [],
    id: Document.create({ content: 'x' }).id,
    output: { inner: { prompt: 'HELLO ADA!' } },
  })
  expect(shown.wrong).toContain("Did you mean 'PromptBuilder'?")
  expect(shown.svg).toMatch(/^<svg[\s\S]*inner[\s\S]*<\/svg>\s*$/)
  expect(shown.dump).toContain('file: ./inner.yaml')
}

describe('in a browser', () => {
  test('a bundle asks for nothing of Node.js', () => {
    for (const file of ['app.js', 'app.mjs']) {
      const code = readFileSync(join(dir, file), 'utf8')
      expect(code.match(/["']node:\w+["']|Dynamic require/g)).toBeNull()
    }
  })

  test('a file is loaded, checked, drawn and run where there is only what browsers have', async () => {
    const { AbortController, AbortSignal, atob, btoa, crypto, Event, EventTarget, performance } = globalThis
    const { queueMicrotask, setTimeout, clearTimeout, structuredClone, TextDecoder, TextEncoder, URL } =
      globalThis
    const context = createContext({
      ...{ AbortController, AbortSignal, atob, btoa, crypto, Event, EventTarget, performance },
      ...{ queueMicrotask, setTimeout, clearTimeout, structuredClone, TextDecoder, TextEncoder, URL },
    })
    runInContext(readFileSync(join(dir, 'app.js'), 'utf8'), context)
    expectShown(await context['shown'])
  })

  const chromium = browserIn(process.env['PATH'] ?? '')
  const inChromium = chromium === undefined ? test.skip : test
  inChromium('the same in Chromium (skipped where no chromium is installed)', async () => {
    const code = readFileSync(join(dir, 'app.mjs'), 'utf8').replaceAll('</script', '<\\/script')
    const page = `<meta charset="utf-8"><pre id="shown"></pre><script type="module">${code}
      document.querySelector('#shown').textContent = btoa(unescape(encodeURIComponent(await globalThis.shown)))</script>`
    writeFileSync(join(dir, 'page.html'), page)
    const options = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${join(dir, 'profile')}`]
    const { stdout } = await run(
      chromium as string,
      [...options, '--virtual-time-budget=10000', '--dump-dom', `file://${join(dir, 'page.html')}`],
      { maxBuffer: 64 * 1024 * 1024 },
    )
    const [, shown = ''] = /<pre id="shown">([^<]+)</.exec(stdout) ?? []
    expectShown(Buffer.from(shown, 'base64').toString())
  })
})

function browserIn(path: string): string | undefined {
  const places = path
    .split(delimiter)
    .flatMap((folder) => [join(folder, 'chromium'), join(folder, 'google-chrome')])
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { standardComponents } from '@millrace/components'
import { componentPackage, Registry, t, tool } from '@millrace/core'
import { loadPipeline, loadPipelineFile } from '@millrace/core/yaml'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { type Listening, type ListenOptions, listen } from '@millrace/serve'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { root } from '../../../../test/workspace.ts'

/** Where systems have it; another one is named by `MILLRACE_TEST_BROWSER`. */
export const executablePath = [
  process.env['MILLRACE_TEST_BROWSER'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))

const weather = tool({
  name: 'get_weather',
  description: 'Get the current weather in a city.',
  parameters: t.object({ city: t.string() }),
  run: () => ({ temperature: 19 }),
})
const add = tool({
  name: 'add',
  description: 'Add two numbers.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})

const registry = new Registry([
  standardComponents,
  llamaCppComponents,
  componentPackage({ name: 'page-test', components: [], tools: [weather, add] }),
])

/** A pipeline that is a model. */
export const pocketChat = `components:
  llm:
    type: LlamaCppChatGenerator
    initParameters:
      model: npm:@millrace/pocket-model/pocket.gguf
      generationKwargs: { temperature: 0, maxTokens: 64 }
inputs:
  messages: [llm.messages]
outputs:
  replies: llm.replies
`

export function fromText(text: string) {
  return loadPipeline(text, { registry, baseDir: root })
}

/** A browser, and servers for it. */
export class Visitor {
  readonly #servers: Listening[] = []
  readonly #browser: Browser
  /** What went wrong in pages, where nobody would look. */
  readonly complaints: string[] = []
  /** What was asked for at addresses other than those of the servers. */
  readonly strayRequests: string[] = []

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async come(): Promise<Visitor> {
    execFileSync(process.execPath, [join(root, 'packages/serve/page/build.js')])
    const options = executablePath === undefined ? {} : { executablePath }
    return new Visitor(await chromium.launch({ ...options, args: ['--no-sandbox'] }))
  }

  async serve(options: ListenOptions): Promise<Listening> {
    const load = async (path: string, text?: string) =>
      text === undefined
        ? loadPipelineFile(path, { registry })
        : loadPipeline(text, { registry, file: path, baseDir: join(path, '..') })
    const server = await listen({ port: 0, load, resolveFrom: [import.meta.url], ...options })
    this.#servers.push(server)
    return server
  }

  async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      // What the server refuses, the page says itself.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.complaints.push(message.text())
    })
    page.on('request', (request) => {
      const address = request.url()
      if (!/^(?:http:\/\/127\.0\.0\.1:|data:|blob:)/.test(address)) this.strayRequests.push(address)
    })
    await page.goto(url)
    return page
  }

  async endServers(): Promise<void> {
    for (const context of this.#browser.contexts()) await context.close()
    for (const server of this.#servers.splice(0)) await server.close()
  }

  async leave(): Promise<void> {
    await this.endServers()
    await this.#browser.close()
  }
}

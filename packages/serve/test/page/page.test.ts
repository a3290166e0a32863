// The page in a browser, as people use it: with the mouse, with the keyboard alone, and as screen readers see it.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { defineComponent, Pipeline, StreamingChunk, t } from '@millrace/core'
import type { Page } from 'playwright-core'
import { turnsUntil } from '../../../../test/turns-until.ts'
import { root } from '../../../../test/workspace.ts'
import { asking, gated, greeting } from '../pipelines.ts'
import { executablePath, fromText, pocketChat, Visitor } from './browser.ts'

const suite = executablePath === undefined ? describe.skip : describe
const name =
  executablePath === undefined
    ? 'the page (skipped: there is no Chromium; install one, or name it with MILLRACE_TEST_BROWSER)'
    : 'the page'

const file = (pipeline: string) => join(root, `pipelines/${pipeline}.yaml`)
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds that keeps people out. */
async function barriers(page: Page): Promise<string[]> {
  // The page lets no script in: axe comes by the debugger.
  await page.evaluate(axeSource)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
    }
    return (await axe.run()).violations
  })
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
}

/** What is said to those who hear the page. */
function said(page: Page): Promise<string> {
  return page.locator('[aria-live=polite]').innerText()
}

suite(name, () => {
  let visitor: Visitor

  beforeAll(async () => {
    visitor = await Visitor.come()
  })

  afterEach(async () => {
    await visitor.endServers()
    expect(visitor.complaints.splice(0)).toEqual([])
    expect(visitor.strayRequests.splice(0)).toEqual([])
  })

  afterAll(() => visitor.leave())

  test('runs a pipeline from its form, keeps what was entered, and shows what went in and came out', async () => {
    const { url } = await visitor.serve({ files: [file('capital')] })
    const page = await visitor.open(url)
    await page.getByRole('button', { name: /^Run/ }).click()
    await page.getByText('This is needed.').waitFor()
    await page.getByLabel(/^country/).fill("Côte d'Ivoire")
    await page.getByText('As a command').click()
    expect(await page.locator('.curl pre').textContent()).toBe(
      `curl '${url}/pipelines/capital' -H 'Content-Type: application/json' -d '{"country":"Côte d'\\''Ivoire"}'`,
    )
    await page.getByLabel(/^country/).fill('France')
    await page.keyboard.press('Control+Enter')
    const result = page.getByRole('region', { name: 'Result' })
    await result.getByText('The capital of France is Paris.').waitFor()
    expect(await page.locator('[data-component=llm]').getAttribute('data-state')).toBe('done')
    expect(await page.locator('[data-component=llm] .badge').textContent()).toMatch(/^✓ .* tok\/s$/)
    expect(await said(page)).toMatch(/The run begins\.[\s\S]*llm runs\.[\s\S]*The run is complete\./)

    const step = page.locator('.step', { hasText: 'llm' })
    await step.locator('summary').first().click()
    expect(await step.innerText()).toMatch(
      /Be brief\.[\s\S]*What is the capital of France\?[\s\S]*pocket\.gguf · \d+ tokens in/,
    )

    await page.reload()
    expect(await page.getByLabel(/^country/).inputValue()).toBe('France')
    await page.getByRole('button', { name: /^capital complete/ }).click()
    await result.getByText('The capital of France is Paris.').waitFor()
  })

  test('shows in its graph what runs, and Escape stops it', async () => {
    const gate = gated()
    const { url, runs } = await visitor.serve({ pipelines: { gate: gate.pipeline }, maxRunning: 1 })
    const page = await visitor.open(url)
    const card = page.locator('[data-component=gate]')
    expect(await card.getAttribute('data-state')).toBe(null)
    await page.getByLabel(/^value/).fill('7')
    await page.getByRole('button', { name: /^Run/ }).click()
    await page.locator('[data-component=gate][data-state=running]').waitFor()
    expect(await card.locator('.badge').textContent()).toBe('● runs')
    gate.open()
    await page.locator('[data-component=gate][data-state=done]').waitFor()

    await page.getByRole('button', { name: /^Run again/ }).click()
    await page.locator('[data-component=gate][data-state=running]').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('[data-component=gate][data-state=stopped]').waitFor()
    await turnsUntil(() => gate.aborted.length === 1)

    const first = runs.start({ pipeline: 'gate', inputs: { value: 1 }, via: 'rest' })
    await page.getByRole('button', { name: /^Run again/ }).click()
    await page.getByText('Waits for its turn: one run is before it').waitFor()
    await turnsUntil(() => gate.waiting > 0)
    gate.open()
    await first.result
    await page.locator('[data-component=gate][data-state=running]').waitFor()
    gate.open()
    await page.locator('[data-component=gate][data-state=done]').waitFor()
  })

  test('chats with a model, turn after turn', async () => {
    const { url } = await visitor.serve({ pipelines: { pocket: await fromText(pocketChat) } })
    const page = await visitor.open(`${url}/#/pocket/chat`)
    const message = page.getByLabel('Your message')
    await message.fill('What is the capital of France?')
    await message.press('Enter')
    const log = page.getByRole('log')
    await log.getByText('The capital of France is Paris.').waitFor()
    await page.getByRole('button', { name: 'New chat' }).waitFor()
    await message.fill('What is the capital of Italy?')
    await message.press('Enter')
    await log.getByText('Rome').waitFor()
    expect(await log.getByText('The capital of France is Paris.').count()).toBe(1)
    expect(await said(page)).toContain('The capital of France is Paris')
  })

  test('shows what a model writes and loads none of it, with its thoughts folded', async () => {
    const Writer = defineComponent({
      type: 'Writer',
      inputs: { messages: t.array(t.message()) },
      outputs: { replies: t.array(t.message()) },
      run: (_, { emit }) => {
        emit(StreamingChunk.create({ reasoning: 'Hm, secret.', index: 0, start: true }))
        const text =
          '**Bold** <img src="http://evil.example/a.png"> ![it](http://evil.example/b.png) [go](javascript:alert(1))'
        emit(StreamingChunk.create({ content: text, index: 1, start: true }))
        return { replies: [{ role: 'assistant' as const, content: [{ type: 'text' as const, text }] }] }
      },
    })
    const pipeline = new Pipeline({ writer: new Writer() }) as unknown as Pipeline
    const { url } = await visitor.serve({ pipelines: { writer: pipeline } })
    const page = await visitor.open(`${url}/#/writer/chat`)
    await page.getByLabel('Your message').fill('Write.')
    await page.keyboard.press('Enter')
    const log = page.getByRole('log')
    await log.locator('strong', { hasText: 'Bold' }).waitFor()
    await page.getByRole('button', { name: 'New chat' }).waitFor()
    expect(await log.locator('img').count()).toBe(0)
    expect(
      await log.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ).toEqual(['http://evil.example/b.png'])
    expect(await log.getByText('Hm, secret.').isVisible()).toBe(false)
    await log.getByText('Thoughts').click()
    expect(await log.getByText('Hm, secret.').isVisible()).toBe(true)
  })

  test('asks before a tool is called, in the chat and after a reload, and goes on with the answer', async () => {
    const { url } = await visitor.serve({ files: [file('agent-with-approval')] })
    const page = await visitor.open(`${url}/#/agent-with-approval/chat`)
    await page.getByLabel('Your message').fill('What is the weather in Paris?')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    await page.locator('[data-component=agent][data-state=paused]').waitFor()

    await page.reload()
    await page.getByRole('region', { name: 'Waiting for you' }).getByRole('button').click()
    expect(JSON.parse(await page.getByLabel('Arguments of get_weather').inputValue())).toEqual({
      city: 'Paris',
    })
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByRole('region', { name: 'Result' }).getByText('It is 19 degrees in Paris.').waitFor()
    expect(await page.getByRole('region', { name: 'Waiting for you' }).count()).toBe(0)
  })

  test('says no to a question, too', async () => {
    const { url } = await visitor.serve({ pipelines: { asking: asking() } })
    const page = await visitor.open(url)
    await page.getByLabel(/^text/).fill('Boo')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('button', { name: 'Reject' }).click()
    await page.getByText('Not said.').first().waitFor()
  })

  test('shows the findings of a file that is being changed at their lines, tries it, and saves it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-page-'))
    try {
      const path = join(folder, 'capital.yaml')
      copyFileSync(file('capital'), path)
      const source = readFileSync(path, 'utf8')
      const { url } = await visitor.serve({ files: [path], edit: true })
      const page = await visitor.open(`${url}/#/capital/file`)
      const text = page.getByLabel('The file of capital')
      await text.waitFor()
      await text.fill(source.replace('type: ChatPromptBuilder', 'type: ChatPromtBuilder'))
      const finding = page.locator('.findings li')
      await finding.getByText("No component type 'ChatPromtBuilder'").waitFor()
      const line = source.split('\n').findIndex((one) => one.includes('type: ChatPromptBuilder')) + 1
      expect(await page.locator('.gutter .error').innerText()).toBe(`✕ ${line}`)
      await finding.getByRole('button', { name: `line ${line}` }).click()
      expect(await page.evaluate('String(getSelection())')).toBe('    type: ChatPromtBuilder')
      expect(await page.getByRole('button', { name: 'Try it' }).isDisabled()).toBe(true)

      const changed = source.replace('Be brief.', 'Be very brief.')
      await text.fill(changed)
      await page.getByRole('button', { name: 'Try it' }).click()
      await page.getByText('not saved yet').waitFor()
      await page.getByLabel(/^country/).fill('France')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('region', { name: 'Result' }).getByText('Paris').waitFor()
      expect(readFileSync(path, 'utf8')).toBe(source)

      await page.getByRole('link', { name: 'Back to the file' }).click()
      await text.waitFor()
      expect(await text.inputValue()).toBe(changed)
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Saved.').first().waitFor()
      expect(readFileSync(path, 'utf8')).toBe(changed)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('shows a file that may not be changed, and what is wrong with one that cannot be loaded', async () => {
    const { url } = await visitor.serve({ files: [file('capital'), file('mcp-tools')] })
    const page = await visitor.open(`${url}/#/capital/file`)
    expect(await page.getByLabel('The file of capital').getAttribute('readonly')).not.toBe(null)
    await page.getByRole('link', { name: /^mcp-tools broken/ }).click()
    await page.locator('.findings li.error').waitFor()
    expect(await page.getByRole('button', { name: /^Run/ }).count()).toBe(0)
  })

  test('is used with the keyboard alone', async () => {
    const { url } = await visitor.serve({
      pipelines: { greeting: greeting(), pocket: await fromText(pocketChat) },
    })
    const page = await visitor.open(url)
    await page.getByLabel(/^name/).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Ada')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Hello, Ada!').first().waitFor()
    expect(await page.evaluate('document.activeElement.dataset.input')).toBe('name')

    await page.getByRole('link', { name: 'pocket' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: 'Run' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByLabel('Your message').waitFor()
    expect(await page.getByRole('tab', { name: 'Chat' }).getAttribute('aria-selected')).toBe('true')
  })

  test('keeps nobody out, in light and dark and on a phone', async () => {
    const { url } = await visitor.serve({
      files: ['capital', 'tool-loop', 'agent-with-approval', 'mcp-tools'].map(file),
    })
    const looks = [
      { colorScheme: 'light' },
      { colorScheme: 'dark' },
      { colorScheme: 'light', viewport: { width: 390, height: 844 } },
    ] as const
    for (const look of looks) {
      const page = await visitor.open(`${url}/#/capital`, { ...look, reducedMotion: 'reduce' })
      await page.getByLabel(/^country/).fill('France')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('region', { name: 'Result' }).getByText('Paris').waitFor()
      await page.locator('.step summary').last().click()
      expect(await barriers(page)).toEqual([])
      for (const place of ['tool-loop/run', 'capital/file', 'mcp-tools', 'agent-with-approval/chat']) {
        await page.goto(`${url}/#/${place}`)
        await page.locator('h1', { hasText: place.split('/')[0] ?? '' }).waitFor()
        await page.locator('.card, .findings').first().waitFor()
        expect(await barriers(page)).toEqual([])
        const width = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        expect(width).toBeLessThanOrEqual(0)
      }
      await page.getByLabel('Your message').fill('What is the weather in Paris?')
      await page.keyboard.press('Control+Enter')
      await page.getByRole('button', { name: 'Approve' }).waitFor()
      expect(await barriers(page)).toEqual([])
    }
  })

  test('asks for the key of a server that needs one', async () => {
    const { url } = await visitor.serve({ pipelines: { greeting: greeting() }, apiKey: 'secret' })
    const page = await visitor.open(url)
    await page.getByLabel('Key').fill('secret')
    await page.keyboard.press('Enter')
    await page.getByLabel(/^name/).fill('Ada')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Hello, Ada!').first().waitFor()
  })
})

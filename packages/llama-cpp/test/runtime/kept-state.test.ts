// What slots hold, kept on disk between the lives of a component, on the real engine.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { turnsUntil } from '../../../../test/turns-until.ts'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { ask } from '../asking.ts'
import { pocketPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { collectWarnings } from '../warnings.ts'

const { assistant, user } = ChatMessage
type Parameters = Partial<ConstructorParameters<typeof LlamaCppChatGenerator>[0]>

const make = (stateFolder: string, parameters: Parameters = {}) =>
  new LlamaCppChatGenerator({
    model: pocketPath,
    stateFolder,
    generationKwargs: { temperature: 0 },
    ...parameters,
  })

const chats = ['Priya', 'Omar'].map((name) => [user(`My name is ${name}.`)])

/** The first turns, after which the component is closed. */
async function firstTurns(dir: string, parameters: Parameters = {}) {
  const generator = make(dir, { slots: 2, ...parameters })
  const answers = await Promise.all(chats.map((chat) => ask(generator, chat)))
  await generator.close()
  return chats.map((chat, index) => ({
    turns: [...chat, assistant({ text: answers[index]?.text ?? '' }), user('What is my name?')],
    tokens: answers[index]?.meta.usage.totalTokens,
  }))
}

const answersOf = ['Your name is Priya.', 'Your name is Omar.']

/** The files below a folder that have the state of a slot. */
const stateFiles = (dir: string) =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.state'))
    .map((name) => join(dir, name))

describe('a state folder', () => {
  test('gives a new component the conversations of the one before, in all its slots', async () => {
    await inTemporaryFolder(async (dir) => {
      const second = await firstTurns(dir)
      expect(stateFiles(dir)).toHaveLength(2)
      const generator = make(dir, { slots: 2 })
      for (const [index, { turns, tokens }] of second.entries()) {
        const { text, meta } = await ask(generator, turns)
        expect(text).toBe(answersOf[index])
        expect(meta.usage.cachedTokens).toBe(tokens)
      }
      await generator.close()
    })
  })

  test('is of no use with another number of slots or length of the context, which llama.cpp would refuse', async () => {
    await inTemporaryFolder(async (dir) => {
      const [second] = await firstTurns(dir)
      const warnings = await collectWarnings(async () => {
        for (const parameters of [{ slots: 1 }, { slots: 2, nCtx: 512 }]) {
          const generator = make(dir, parameters)
          const { text, meta } = await ask(generator, second?.turns ?? [])
          await generator.close()
          expect([text, meta.usage.cachedTokens]).toEqual([answersOf[0], 0])
        }
      })
      expect(warnings).toEqual([])
    })
  })

  test('is written before an idle model is freed, and read when it is loaded again', async () => {
    await inTemporaryFolder(async (dir) => {
      const generator = make(dir, { idleUnloadMs: 1 })
      const [chat = []] = chats
      const { text, meta } = await ask(generator, chat)
      const names = () => readdirSync(dir, { recursive: true, encoding: 'utf8' })
      await turnsUntil(() => names().some((name) => name.endsWith('manifest.json')))
      const turns = [...chat, assistant({ text }), user('What is my name?')]
      const next = await ask(generator, turns)
      expect(next.text).toBe(answersOf[0])
      expect(next.meta.usage.cachedTokens).toBe(meta.usage.totalTokens)
      await generator.close()
    })
  })

  test('that was damaged is left alone, with a warning', async () => {
    await inTemporaryFolder(async (dir) => {
      const [second] = await firstTurns(dir, { slots: 1 })
      for (const path of stateFiles(dir)) writeFileSync(path, readFileSync(path).fill(255, 1000, 2000))
      const generator = make(dir)
      let answer: Awaited<ReturnType<typeof ask>> | undefined
      const warnings = await collectWarnings(async () => {
        answer = await ask(generator, second?.turns ?? [])
      })
      await generator.close()
      expect(warnings).toMatchObject([{ code: 'MILLRACE_STATE_IGNORED' }])
      expect(answer?.text).toBe(answersOf[0])
      expect(answer?.meta.usage.cachedTokens).toBe(0)
    })
  })

  test('can be shared by equal components, of which the last one closed is remembered', async () => {
    await inTemporaryFolder(async (dir) => {
      const generators = [make(dir), make(dir)]
      await Promise.all(generators.map((generator, index) => ask(generator, chats[index] ?? [])))
      await Promise.all(generators.map((generator) => generator.close()))
      expect(stateFiles(dir)).toHaveLength(1)
      expect(existsSync(stateFiles(dir)[0] ?? '')).toBe(true)
    })
  })
})

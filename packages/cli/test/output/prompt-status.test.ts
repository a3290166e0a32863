import { expect, test } from '@jest/globals'
import { StreamingChunk } from '@millrace/core'
import { PromptStatus, promptProgressOf } from '../../src/output/prompt-status.ts'
import { Screen } from '../screen.ts'

function status(named = false) {
  const screen = new Screen(true, 70)
  const clock = { now: 0 }
  return { screen, clock, prompts: new PromptStatus(screen, named, () => clock.now) }
}

const at = (doneTokens: number) => ({ doneTokens, totalTokens: 2000 })

test('shows a bar for a prompt that takes long, until it has been read', () => {
  const { screen, clock, prompts } = status()
  prompts.report({ component: 'llm', visit: 1 }, at(100))
  clock.now = 299
  prompts.report({ component: 'llm', visit: 1 }, at(200))
  expect(screen.text).toBe('')
  clock.now = 300
  prompts.report({ component: 'llm', visit: 1 }, at(500))
  expect(screen.text).toBe('\rReading the prompt  █████░░░░░░░░░░░░░░░░   25%  500 of 2000 tokens\u001B[K')
  prompts.report({ component: 'llm', visit: 1 }, at(2000))
  expect(screen.text.endsWith('\u001B[K\r\u001B[K')).toBe(true)
})

test('says whose prompt it is where there are several, and measures each visit', () => {
  const { screen, clock, prompts } = status(true)
  prompts.report({ component: 'judge', visit: 1 }, at(100))
  clock.now = 400
  prompts.report({ component: 'judge', visit: 2 }, at(100))
  expect(screen.text).toBe('')
  prompts.report({ component: 'judge', visit: 1 }, at(1000))
  expect(screen.text).toContain('\rjudge reads its prompt  ████')
})

test('takes the bar away once', () => {
  const { screen, clock, prompts } = status()
  prompts.clear()
  expect(screen.text).toBe('')
  prompts.report({ component: 'llm', visit: 1 }, at(1))
  clock.now = 1000
  prompts.report({ component: 'llm', visit: 1 }, at(2))
  prompts.clear()
  const { text } = screen
  prompts.clear()
  expect(screen.text).toBe(text)
})

test('promptProgressOf reads what a chunk tells, and nothing else', () => {
  expect(promptProgressOf(StreamingChunk.create({ meta: { promptProgress: at(1) } }))).toEqual(at(1))
  expect(promptProgressOf(StreamingChunk.create({ content: 'a', meta: { promptProgress: 1 } }))).toBe(
    undefined,
  )
  expect(promptProgressOf(StreamingChunk.create({ content: 'a' }))).toBe(undefined)
})

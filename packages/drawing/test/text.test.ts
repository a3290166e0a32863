import { expect, test } from '@jest/globals'
import { t, type VisitTrace } from '@millrace/core'
import { cellWidth } from '@millrace/core/component'
import { drawPipeline } from '@millrace/drawing'
import fc from 'fast-check'
import { agent, chain, part, pipelineOf, question, visit } from './parts.ts'

const drawText = (pipeline: ReturnType<typeof pipelineOf>, trace?: readonly VisitTrace[]) =>
  drawPipeline(pipeline, { format: 'text', ...(trace ? { trace } : {}) })

test('lists components with their sockets, and where values come from and go to', () => {
  expect(drawText(question())).toMatchInlineSnapshot(`
"Pipeline with 2 components and 1 connection

1  prompt  PromptBuilder
   ● country: string  ← the caller
   ○ style: string = "brief"
   ▪ prompt: string  → llm.messages (textToMessages)

2  llm  ChatGenerator
   ● messages: ChatMessage[]  ← prompt.prompt (textToMessages)
   ○ tools: Tool[]
   ▪ replies: ChatMessage[]  → the result
"
`)
})

test('lists each component after what it waits for, with loops and the names of the pipeline', () => {
  expect(drawText(agent())).toMatchInlineSnapshot(`
"Pipeline with 6 components, 7 connections and 1 loop
↺ joiner, llm, router, tools

1  prompt  PromptBuilder
   ● query: string  ← the caller's question
   ▪ prompt: string
       → joiner.value (textToMessages)
       → log.lines

2  joiner  BranchJoiner
   ● value: ChatMessage[] (greedy)
       ← prompt.prompt (textToMessages)
       ← tools.results (↺ loop)
   ▪ value: ChatMessage[]  → llm.messages

3  llm  ChatGenerator
   ● messages: ChatMessage[]  ← joiner.value
   ○ tools: Tool[]
   ▪ replies: ChatMessage[]  → router.messages

4  router  ToolRouter
   ● messages: ChatMessage[]  ← llm.replies
   ▪ call: ChatMessage[]  → tools.messages
   ▪ answer: ChatMessage[]  → log.lines (onlyMessageToText)

5  tools  ToolInvoker
   ● messages: ChatMessage[]  ← router.call
   ○ retries: integer = 2
   ▪ results: ChatMessage[]  → joiner.value (↺ loop)

5  log  Log
   ● lines: string (variadic)
       ← router.answer (onlyMessageToText)
       ← prompt.prompt
   ○ level: integer = 1
   ▪ count: integer  → the result's lines
"
`)
})

test('a loop starts where nothing has to come from the loop, whatever was declared first', () => {
  const pipeline = pipelineOf(
    {
      check: part('Check', { text: t.string() }, { again: t.string() }),
      write: part('Write', { topic: t.string(), hint: t.optional(t.string()) }, { text: t.string() }),
    },
    ['check.again -> write.hint', 'write.text -> check.text'],
  )
  const drawn = drawText(pipeline)
  expect(drawn).toContain('1  write  Write\n')
  expect(drawn).toContain('○ hint: string  ← check.again (↺ loop)\n')
})

test('shows what a run did', () => {
  const { outputs, ...failed } = visit('llm', { durationMs: 30, error: 'Out of memory.\n  at load' })
  const drawn = drawText(question(), [visit('prompt', { outputs: { prompt: 'x' } }), failed])
  expect(drawn).toContain('1  prompt  PromptBuilder  ×1 · 10 ms · 25 %  ███░░░░░░░░░\n')
  expect(drawn).toContain(
    '2  llm  ChatGenerator  ×1 · 30 ms · 75 % · failed  █████████░░░\n   ✗ Out of memory.\n',
  )
})

test('says which connections nothing went along', () => {
  const drawn = drawText(question(), [visit('prompt')])
  expect(drawn).toContain('● messages: ChatMessage[]  ← prompt.prompt (textToMessages, nothing sent)')
  expect(drawn).toContain('2  llm  ChatGenerator  did not run\n')
})

test('no line is wider than 100 columns, and none obeys a control character', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
    fc.constantFrom('\u001b[31m', '語'.repeat(90), '👨‍👩‍👧'.repeat(60)),
  )
  const component = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,120}$/)
  fc.assert(
    fc.property(name, name, name, component, (input, output, type, first) => {
      fc.pre(
        [input, output].every((text) => !(text in Object.prototype) && !text.includes(' -> ')) &&
          first !== 'b' &&
          first !== '__proto__',
      )
      const kind = t.custom(type, () => true)
      const pipeline = pipelineOf(
        {
          [first]: part(type, { [input]: t.variadic(kind, { default: [type] }) }, { [output]: kind }),
          b: part('B', { [input]: kind }, { back: kind }),
        },
        [`${first}.${output} -> b.${input}`, `b.back -> ${first}.${input}`],
      )
      const drawn = drawText(pipeline, [visit(first, { error: type })])
      expect(drawn.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
      expect(drawn.split('\n').filter((line) => cellWidth(line) > 100)).toEqual([])
    }),
  )
})

test('10,000 components and their loops are listed in one go', () => {
  const drawn = drawText(chain(10_000))
  expect(drawn.match(/^\d+ {2}step\d+ {2}Step$/gm)).toHaveLength(10_000)
  expect(drawn.match(/→ step\d+\.extra \(↺ loop\)/g)).toHaveLength(3_333)
  expect(drawn.split('\n').filter((line) => line.length > 100)).toEqual([])
})

import { describe, expect, test } from '@jest/globals'
import { t, type VisitTrace } from '@millrace/core'
import { drawPipeline } from '@millrace/drawing'
import fc from 'fast-check'
import { mermaidText } from '../src/mermaid.ts'
import { agent, chain, part, pipelineOf, question, visit } from './parts.ts'

const drawMermaid = (pipeline: ReturnType<typeof pipelineOf>, trace?: readonly VisitTrace[]) =>
  drawPipeline(pipeline, { format: 'mermaid', ...(trace ? { trace } : {}) })

test('shows types on connections, optional inputs in boxes, and what is open as nodes of its own', () => {
  expect(drawMermaid(question())).toMatchInlineSnapshot(`
"flowchart TD
  c0["<b>prompt</b><br>PromptBuilder<br>○ style : string = #34;brief#34;"]
  i0_0(["country : string"])
  c1["<b>llm</b><br>ChatGenerator<br>○ tools : Tool[]"]
  o1_0(["replies : ChatMessage[]"])
  i0_0 --> c0
  c1 --> o1_0
  c0 -- "prompt → messages : string ⇒ ChatMessage[]<br>textToMessages" --> c1
  classDef open fill:#ddf4ff,stroke:#0969da,color:#0a3069
  class i0_0,o1_0 open
"
`)
})

test('names loops, conversions, greedy and variadic sockets, and the names of the pipeline', () => {
  expect(drawMermaid(agent())).toMatchInlineSnapshot(`
"flowchart TD
  c0["<b>prompt</b><br>PromptBuilder"]
  c1["<b>joiner</b><br>BranchJoiner"]
  c2["<b>llm</b><br>ChatGenerator<br>○ tools : Tool[]"]
  c3["<b>router</b><br>ToolRouter"]
  c4["<b>tools</b><br>ToolInvoker<br>○ retries : integer = 2"]
  c5["<b>log</b><br>Log<br>○ level : integer = 1"]
  i0(["question"])
  o0(["lines"])
  i0 -- "query : string" --> c0
  c5 -- "count : integer" --> o0
  c0 -- "prompt → value : string ⇒ ChatMessage[]<br>textToMessages<br>(greedy)" --> c1
  c1 -- "value → messages : ChatMessage[]" --> c2
  c2 -- "replies → messages : ChatMessage[]" --> c3
  c3 -- "call → messages : ChatMessage[]" --> c4
  c4 -. "results → value : ChatMessage[]<br>(greedy, loop)" .-> c1
  c3 -- "answer → lines : ChatMessage[] ⇒ string<br>onlyMessageToText<br>(variadic)" --> c5
  c0 -- "prompt → lines : string<br>(variadic)" --> c5
  classDef open fill:#ddf4ff,stroke:#0969da,color:#0a3069
  class i0,o0 open
"
`)
})

test('styles what failed and what did not run', () => {
  const { outputs, ...failed } = visit('prompt', { error: 'No "country".' })
  const drawn = drawMermaid(question(), [failed])
  expect(drawn).toContain(
    'c0["<b>prompt</b><br>PromptBuilder<br>○ style : string = #34;brief#34;<br>×1 · 10 ms · 100 %<br>failed: No #34;country#34;."]',
  )
  expect(drawn).toContain('\n  class c0 failed\n')
  expect(drawn).toContain('\n  class c1 skipped\n')
})

test('a share below one percent cannot open a tag', () => {
  const trace = [visit('prompt', { durationMs: 1 }), visit('llm', { durationMs: 999 })]
  expect(drawMermaid(question(), trace)).toContain('×1 · 1 ms · #lt;1 %')
})

const line =
  /^(?:flowchart TD|(?:c\d+|[io]\d+(?:_\d+)?)(?:\["[^"]*"\]|\(\["[^"]*"\]\))|(?:c\d+|i\d+(?:_\d+)?) (?:-->|-- "[^"]*" -->) (?:c\d+|o\d+(?:_\d+)?)|c\d+ -\. "[^"]*" \.-> c\d+|classDef \w+ [\w:#,]+|class [\w,]+ \w+)$/

test('whatever sockets and types are called, the text keeps its form', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.constantFrom('end', '"]', '`', '%%{init: {}}%%', '-->'),
  )
  fc.assert(
    fc.property(name, name, name, (input, output, type) => {
      fc.pre(
        !(input in Object.prototype) &&
          !(output in Object.prototype) &&
          !input.includes(' -> ') &&
          !output.includes(' -> '),
      )
      const kind = t.custom(type, () => true)
      const pipeline = pipelineOf(
        {
          end: part(type, { [input]: kind, other: t.string({ default: type }) }, { [output]: kind }),
          b: part('B', { [input]: kind }, {}),
        },
        [`end.${output} -> b.${input}`],
      )
      const lines = drawMermaid(pipeline)
        .trimEnd()
        .split(/\r\n|[\n\r\u2028\u2029\u0085]/)
      for (const text of lines) expect(text.trim()).toMatch(line)
      // Mermaid cuts a character off what looks like a style with a colour.
      for (const text of lines.filter((text) => !text.includes('classDef ')))
        expect(text).not.toMatch(/(?:style|classDef).*:\S*#/)
      expect(lines.filter((text) => /<(?!b>|\/b>|br>)/.test(text))).toEqual([])
    }),
  )
})

test('10,000 components and their loops are drawn in one go', () => {
  const pipeline = chain(10_000)
  const drawn = drawMermaid(pipeline)
  expect(drawn.match(/^ {2}c\d+\["/gm)).toHaveLength(10_000)
  expect(drawn.match(/ (?:-->|\.->) c\d+$/gm)).toHaveLength(pipeline.connections().length)
  expect(drawn.match(/ -\. "/g)).toHaveLength(3_333)
})

describe('a text within quotes', () => {
  test('names and types that mean nothing to Mermaid stay readable', () => {
    for (const text of [
      'ChatMessage[]',
      '{ a: string, b?: number }',
      "'a' | 'b'",
      'snake_case',
      '日本語',
      'text/plain',
    ]) {
      expect(mermaidText(text)).toBe(text)
    }
  })

  test.each([
    ['a quote', 'a"b', 'a#34;b'],
    ['a tag', '<b>', '#60;b#62;'],
    ['an entity', '#quot;', '#35;quot#59;'],
    ['an HTML entity', '&lt;', '#38;lt#59;'],
    ['a Markdown text', '`**x**`', '#96;#42;#42;x#42;#42;#96;'],
    ['emphasis', '_x_', '#95;x#95;'],
    ['a link', '[a](b)', '[a#93;(b)'],
    ['a link definition', '[a]: b', '[a#93;: b'],
    ['a numbered list', '1. x', '1#46; x'],
    ['a list', '- x', '#45; x'],
    ['an icon', 'fa:fa-ban', 'fa#58;fa-ban'],
    ['a directive', '%%{init: {}}%%', '#37;#37;{init: {}}#37;#37;'],
    ['mathematics', '$$x$$', '#36;#36;x#36;#36;'],
    ['a line break', 'a\\nb', 'a#92;nb'],
  ])('%s is escaped', (_, text, escaped) => {
    expect(mermaidText(text)).toBe(escaped)
  })

  test('what Mermaid decodes is the text that went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const decoded = mermaidText(text).replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
        expect(decoded).toBe(text)
      }),
    )
  })
})

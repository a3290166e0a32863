import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ChatMessage, defineComponent, Pipeline, t } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { Glossary, measureText, SummaryReport, TextSplitter, TextSummarizer } from 'acme-summaries'

/** Says the first words of the last line that it reads, so that a test knows what it will say. */
const FirstWords = defineComponent({
  type: 'FirstWords',
  parameters: { finishReason: t.string({ default: 'stop' }) },
  inputs: { messages: t.array(t.message()) },
  outputs: { replies: t.array(t.message()) },
  run: ({ messages: [message] }, context, { finishReason }) => {
    context.signal.throwIfAborted()
    const words = ChatMessage.text(message).split('\n').at(-1).split(' ').slice(0, 2).join(' ')
    return { replies: [ChatMessage.assistant({ text: words, meta: { finishReason } })] }
  },
})

const folder = mkdtempSync(join(tmpdir(), 'acme-summaries-'))
writeFileSync(join(folder, 'terms.txt'), 'Lindau\nBregenz\n')
after(() => rmSync(folder, { recursive: true }))

const text = 'Ships leave Lindau. They return at night.\n\nFerries run in winter. Nobody waits for them.'

describe('TextSplitter', () => {
  testComponent(() => new TextSplitter(), { test })

  test('divides at paragraphs, and at sentences where a paragraph is too long', () => {
    const long = `${'A short one. '.repeat(8)}\n\nThe end.`
    const { parts } = new TextSplitter({ maxCharacters: 100 }).run({ text: long })
    assert.deepEqual(parts, ['A short one. '.repeat(7).trim(), 'A short one.\n\nThe end.'])
  })

  test('loses no character of a text without sentences', () => {
    const { parts } = new TextSplitter({ maxCharacters: 100 }).run({ text: '🚢'.repeat(120) })
    assert.equal(parts.join(''), '🚢'.repeat(120))
    assert.ok(parts.every((part) => part.length <= 100 && part.isWellFormed()))
  })

  test('asks before there are too many parts', async () => {
    const pipeline = new Pipeline({ splitter: new TextSplitter({ maxCharacters: 100, maxParts: 1 }) })
    const long = `${'A short one. '.repeat(8)}\n\nThe end.`
    const paused = await pipeline.run({ splitter: { text: long } })
    assert.match(paused.questions[0].prompt, /^The text has 2 parts/)
    const resume = (answer) => pipeline.resume(paused.snapshot, { answers: { 'splitter.length': answer } })
    assert.equal((await resume('all')).get('splitter.parts').length, 2)
    const cut = await resume('first')
    assert.equal(cut.get('splitter.parts').length, 1)
    assert.deepEqual(
      cut.warnings.map(({ code }) => code),
      ['TEXT_CUT'],
    )
    await assert.rejects(resume('none'), /the answer was "none", neither "all" nor "first"/)
  })
})

describe('TextSummarizer', () => {
  testComponent(
    () =>
      new TextSummarizer({
        generator: new FirstWords(),
        glossary: new Glossary({ path: join(folder, 'terms.txt') }),
      }),
    {
      test,
      inputs: [{ parts: ['One part.', 'Another part.'] }],
    },
  )

  test('summarizes each part, and then the summaries in rounds', async () => {
    const generator = new FirstWords()
    const summarizer = new TextSummarizer({ generator, maxCharacters: 100 })
    // Two summaries of 42 characters fit together, three do not.
    const parts = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${letter.repeat(40)} . .`)
    const pipeline = new Pipeline({ summarizer })
    const streamed = []
    const onEvent = (event) => event.type === 'chunk' && streamed.push(event.chunk.content)
    const { summary, summaries } = (await pipeline.run({ summarizer: { parts } }, { onEvent })).outputs
      .summarizer
    assert.deepEqual(
      summaries,
      parts.map((part) => part.slice(0, 42)),
    )
    assert.equal(summary, summaries[4])
    assert.equal(
      streamed.join('').replaceAll('\n', ''),
      '[1/5][2/5][3/5][4/5][5/5][1/3][2/3][3/3][1/2][2/2][1/1]',
    )
  })

  test('says which spelling a term of the glossary has', async () => {
    const glossary = new Glossary({ path: 'terms.txt' })
    const asked = []
    const Listener = defineComponent({
      type: 'Listener',
      inputs: { messages: t.array(t.message()) },
      outputs: { replies: t.array(t.message()) },
      run: ({ messages }) => {
        asked.push(ChatMessage.text(messages[0]))
        return { replies: [ChatMessage.assistant('Ships.')] }
      },
    })
    const summarizer = new TextSummarizer({ generator: new Listener(), instruction: 'Be brief:', glossary })
    const pipeline = new Pipeline({ summarizer }, { baseDir: folder })
    await pipeline.run({ summarizer: { parts: [text] } })
    await pipeline.close()
    assert.deepEqual(asked, [`Be brief:\nSpell as here: Lindau.\n${text}`])
  })

  test('finds that the file of the glossary is missing before anything runs', async () => {
    const glossary = new Glossary({ path: 'nowhere.txt' })
    const summarizer = new TextSummarizer({ generator: new FirstWords(), glossary })
    const findings = await new Pipeline({ summarizer }, { baseDir: folder }).check()
    assert.deepEqual(
      findings.map(({ code, option }) => [code, option]),
      [['MISSING_FILE', 'path']],
    )
  })

  test('warns of a summary that was cut off, and refuses an empty text', async () => {
    const generator = new FirstWords({ finishReason: 'length' })
    const pipeline = new Pipeline({ summarizer: new TextSummarizer({ generator }) })
    const { warnings } = await pipeline.run({ summarizer: { parts: ['one'] } })
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['SUMMARY_CUT'],
    )
    await assert.rejects(pipeline.run({ summarizer: { parts: [] } }), /the text is empty/)
  })

  test('asks a real model', async (context) => {
    const generator = new LlamaCppChatGenerator({
      model: pocketModel.chat,
      generationKwargs: { temperature: 0 },
    })
    const summarizer = new TextSummarizer({ generator, instruction: 'Is this review positive or negative?' })
    const pipeline = new Pipeline({ summarizer })
    context.after(() => pipeline.close())
    const parts = ['The movie was awful.', 'This hotel is wonderful.']
    const streamed = []
    const onEvent = (event) => event.type === 'chunk' && streamed.push(event.chunk.content)
    const result = await pipeline.run({ summarizer: { parts } }, { onEvent })
    assert.deepEqual(result.get('summarizer.summaries'), ['negative', 'positive'])
    assert.match(streamed.join(''), /^\[1\/2\]\nnegative\n\[2\/2\]\npositive\n/)
  })
})

describe('SummaryReport', () => {
  testComponent(() => new SummaryReport({ sections: { mails: 'The mails', news: 'The news' } }), { test })

  test('has an input for each section', () => {
    const report = new SummaryReport({ sections: { mails: 'The mails', news: 'The news' } })
    assert.deepEqual(report.run({ news: 'Rain.', mails: 'None.' }), {
      report: '## The mails\n\nNone.\n\n## The news\n\nRain.\n',
    })
  })
})

test('measure_text counts what models cannot', async () => {
  assert.deepEqual(await measureText.run({ text }), { words: 15, minutes: 1 })
})

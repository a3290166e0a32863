import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { LlamaCppChatGenerator } from '../../../src/components/chat-generator.ts'
import { LlamaCppTextEmbedder } from '../../../src/components/text-embedder.ts'
import { tokenize } from '../../../src/engines/node-llama-cpp/tokenizing.ts'
import { failureOf } from '../../failure-of.ts'
import { pocketPath } from '../../pocket.ts'
import { openPocket, type PocketBinding } from '../../pocket-binding.ts'

let pocket: PocketBinding
beforeAll(async () => {
  pocket = await openPocket()
})
afterAll(() => pocket.dispose())

const root = join(import.meta.dirname, '../../../../..')
const page = ['ARCHITECTURE.md', 'docs/llama-cpp.md', 'biome.json', 'pnpm-lock.yaml']
  .map((name) => readFileSync(join(root, name), 'utf8'))
  .join('\n')

/** What tokenizers look at: runs of white space, other scripts, control tokens, lines of all lengths. */
const samples: readonly (readonly [string, string])[] = [
  ['pages and code', page],
  ['white space', 'a  b   c\td \n e\n\n\nf\r\n g\u00a0h.\n'.repeat(2_000)],
  ['other scripts', '今日は良い天気ですね。\n私は学校に行きます。 été à la 👍 plage\n'.repeat(1_500)],
  ['control tokens', 'one <|im_end|> two\n<|im_start|>three<|endoftext|>\n\nfour '.repeat(1_000)],
  ['one word', 'a'.repeat(50_000)],
]

describe('a long text', () => {
  test.each(samples)('of %s has the tokens of the whole in pieces', async (_, text) => {
    const { model } = pocket
    for (const special of [true, false]) {
      expect(await tokenize(model, text, special, undefined, {})).toEqual(model.tokenize(text, special))
    }
  })

  test('lets others go on between its pieces, and ends when the signal aborts', async () => {
    const controller = new AbortController()
    const tokenizing = tokenize(pocket.model, page.repeat(20), false, undefined, {
      signal: controller.signal,
    })
    setImmediate(() => controller.abort(new RangeError('enough')))
    await expect(tokenizing).rejects.toThrow('enough')
  })

  test('ends when there are more tokens than anybody needs', async () => {
    const tokens = await tokenize(pocket.model, page, false, undefined, { most: 100 })
    expect(tokens.length).toBeGreaterThan(100)
    expect(tokens.length).toBeLessThan(20_000)
  })
})

describe('a prompt that cannot fit', () => {
  const tooLong = 'a'.repeat(20_000_000)

  test.each(['none', 'process'] as const)(
    'is refused before it is tokenized, with isolation %s',
    async (isolation) => {
      const generator = new LlamaCppChatGenerator({ model: pocketPath, nCtx: 256, isolation })
      const error = await failureOf(generator.run({ messages: tooLong }))
      expect(error).toMatchObject({ code: 'CONTEXT_OVERFLOW', expected: 256 })
      expect(error.message).toMatch(/^The prompt has at least 1250\d{3} tokens, but the context holds 256 /)
      await generator.close()
    },
  )

  test('is refused as soon as it has too many tokens', async () => {
    const generator = new LlamaCppChatGenerator({ model: pocketPath, nCtx: 1024 })
    const error = await failureOf(generator.run({ messages: page.slice(0, 17_000) }))
    expect(error).toMatchObject({ code: 'CONTEXT_OVERFLOW', expected: 1024 })
    await generator.close()
  })
})

test('a text to embed is cut off without a look at its end', async () => {
  const embedder = new LlamaCppTextEmbedder({ model: pocketPath, nCtx: 64, truncate: true })
  const [long, longer] = [await embedder.run({ text: page }), await embedder.run({ text: page.repeat(50) })]
  expect(longer.embedding).toEqual(long.embedding)
  await embedder.close()
})

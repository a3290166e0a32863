import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

/** What this code was written for. Some of it works around faults of exactly this version. */
const VERSION = '3.21.1'

const whatFalls = `The version of node-llama-cpp changed. From 3.22 on, look whether these still have to be there:
- sampling/native-sampling.ts, the order of samplings: the native code takes a lock. Run its test a thousand times without it.
- sampling/native-sampling.ts, a sampling that fails: stays until the binding passes the rejection on. Its test says so.
- sampling/sampled-tokens.ts, RAW, and the sum over the vocabulary in likely-tokens.ts: 'logits' with a filter gives the
  logits of some tokens, and 'totalLogitWeight' their sum. The second evaluation stays.
- sampling/drafted-tokens.ts: whether the binding takes several guesses of one evaluation by now.
- kept-prefix.ts: 'adaptStateToTokens' goes back without evaluating. Its test says whether it knows the window of a
  sliding layer, which 'eraseContextTokenRanges' does not.
- node-llama-cpp.ts, disposalMayHang, and backend.ts, CI: their tests say whether the binding still needs them.
Then change the version here, in bench/package.json and in README.md.`

const root = join(import.meta.dirname, '../../../../..')
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')

test('the binding is the one that this code was written for', () => {
  const pinned = ['packages/llama-cpp', 'bench'].map((folder) => {
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(textOf(`${folder}/package.json`))
    return dependencies['node-llama-cpp'] ?? optionalDependencies['node-llama-cpp']
  })
  const named = /@node-llama-cpp\/linux-x64-vulkan@([\d.]+)/.exec(textOf('README.md'))?.[1]
  const found = [...pinned, named]
  expect({ found, whatFalls }).toEqual({ found: found.map(() => VERSION), whatFalls })
})

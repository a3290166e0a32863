import { expect, test } from '@jest/globals'
import { type DocumentPath, formatPath, withinDefinition } from '../../src/yaml/document-path.ts'

test.each<[DocumentPath, string]>([
  [[], ''],
  [['components', 'llm', 'initParameters', 'nCtx'], 'components.llm.initParameters.nCtx'],
  [['connections', 0, 'sender'], 'connections[0].sender'],
  [['components', 'my-echo_2', 'type'], 'components.my-echo_2.type'],
  [['a', '1', 'b c', 'd.e', ''], 'a["1"]["b c"]["d.e"][""]'],
  [['größe', '漢字'], 'größe.漢字'],
])('%j is written %s', (path, text) => {
  expect(formatPath(path)).toBe(text)
})

const inside = ['components', 'sub', 'initParameters', 'definition'] as const

test.each<[DocumentPath, DocumentPath]>([
  [
    ['connections', 0],
    ['connections', 0],
  ],
  [[...inside, ...inside, 'components'], ['components']],
  [inside, []],
  [
    ['components', 'sub', 'initParameters', 'inputs', 'x'],
    ['components', 'sub', 'initParameters', 'inputs', 'x'],
  ],
])('%j is %j in the innermost pipeline', (path, within) => {
  expect(withinDefinition(path)).toEqual(within)
})

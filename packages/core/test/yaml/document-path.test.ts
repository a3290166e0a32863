import { expect, test } from '@jest/globals'
import { type DocumentPath, formatPath } from '../../src/yaml/document-path.ts'

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

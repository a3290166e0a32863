import { test } from '@jest/globals'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { AddFixedValue, BranchJoiner, Double, FString, Hello, Parity, StringJoiner, Sum, Threshold, Greet } from '../../src/testing/index.ts'
const Chat = defineComponent({ type: 'Chat', inputs: { messages: t.array(t.message()), seed: t.integer({ default: 0 }) }, outputs: { replies: t.array(t.message()) }, run: () => ({ replies: [] }) })
test('x', () => {
  const chain = new Pipeline({ prompt: new FString({ template: 'Capital of {country}?' }), llm: new Chat(), hello: new Hello() }).connect('prompt.string', 'llm.messages').connect('llm.replies', 'hello.word')
  const branch = new Pipeline({ parity: new Parity(), even: new FString({ template: '{n}' }), odd: new FString({ template: '{n}' }), join: new StringJoiner() }).connect('parity.even', 'even.n').connect('parity.odd', 'odd.n').connect('even.string', 'join.strings').connect('odd.string', 'join.strings')
  const loop = new Pipeline({ add: new AddFixedValue(), joiner: new BranchJoiner(), below: new Threshold(), double: new Double(), end: new Greet() }).connect('add.result', 'joiner.value').connect('joiner.value', 'below.value').connect('below.below', 'double.value').connect('double.value', 'joiner.value').connect('below.above', 'end.value')
  const variadic = new Pipeline({ a: new Double(), b: new Double(), sum: new Sum() }).connect('b.value', 'sum.values').connect('a.value', 'sum.values')
  for (const p of [chain, branch, loop, variadic]) process.stderr.write((p as Pipeline).explain() + '\n\n=======\n')
})

import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, Double, Fail, Recorder } from '../../src/testing/index.ts'

describe('Recorder', () => {
  test('has the inputs of every visit by component, and the visits in order', async () => {
    const recorder = new Recorder()
    const pipeline = new Pipeline({ add: new AddFixedValue(), double: new Double() }).connect(
      'add.result',
      'double.value',
    )
    await pipeline.run({ add: { value: 1 } }, { onEvent: recorder.onEvent })
    expect(recorder.inputs).toEqual({ add: [{ value: 1 }], double: [{ value: 2 }] })
    expect(recorder.visits).toEqual([
      { runId: expect.any(String), component: 'add', visit: 1, inputs: { value: 1 }, outputs: { result: 2 } },
      {
        runId: expect.any(String),
        component: 'double',
        visit: 1,
        inputs: { value: 2 },
        outputs: { value: 4 },
      },
    ])
  })

  test('tells runs apart', async () => {
    const recorder = new Recorder()
    const pipeline = new Pipeline({ double: new Double() })
    await Promise.all(
      [1, 2].map((value) => pipeline.run({ double: { value } }, { onEvent: recorder.onEvent })),
    )
    expect(new Set(recorder.visits.map(({ runId }) => runId)).size).toBe(2)
    expect(recorder.visits.map(({ outputs }) => outputs)).toEqual([{ value: 2 }, { value: 4 }])
  })

  test('keeps errors', async () => {
    const recorder = new Recorder()
    const pipeline = new Pipeline({ fail: new Fail({ message: 'No.' }) })
    await expect(pipeline.run({ fail: { value: 1 } }, { onEvent: recorder.onEvent })).rejects.toThrow('No.')
    expect(recorder.visits).toMatchObject([
      { component: 'fail', inputs: { value: 1 }, error: { message: 'No.' } },
    ])
  })

  test('is not fooled by a component that writes to its inputs object', async () => {
    const Greedy = defineComponent({
      type: 'Greedy',
      inputs: { value: t.integer() },
      outputs: { value: t.integer() },
      run: (inputs) => {
        const { value } = inputs
        delete (inputs as { value?: number }).value
        return { value }
      },
    })
    const recorder = new Recorder()
    await new Pipeline({ greedy: new Greedy() }).run({ value: 5 }, { onEvent: recorder.onEvent })
    expect(recorder.inputs).toEqual({ greedy: [{ value: 5 }] })
  })
})

import { beforeEach, describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../../src/component/define-component.ts'
import type { ComponentOf } from '../../../src/component/holding/component-shape.ts'
import { runHeld } from '../../../src/component/holding/held.ts'
import { aloneContext } from '../../../src/component/run-context.ts'
import { t } from '../../../src/component/t.ts'
import { DefinitionError, InputError } from '../../../src/errors.ts'
import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import type { RunEvent } from '../../../src/run/events.ts'
import type { Socket } from '../../../src/schema/socket.ts'
import { checkValue } from '../../../src/schema/validate.ts'
import { testComponent } from '../../../src/testing/test-component.ts'
import { Choir, Deaf, Ledger, log, Note, Recall, Voice } from '../../fixtures/holding.ts'
import { thrown } from '../thrown.ts'

type Singer = ComponentOf<{ text: Socket<string> }, { text: Socket<string> }>

const voice = (name: string) => new Voice({ name })

beforeEach(() => {
  log.length = 0
})

describe('a component that holds others', () =>
  testComponent(() => new Choir({ voices: [voice('Ada')] }), { test }))

describe('a component in a parameter', () => {
  test('runs under the name and at the visit of its owner, and gets its signal', async () => {
    const pipeline = new Pipeline({ choir: new Choir({ lead: voice('Ada'), voices: [voice('Bo')] }) })
    const events: RunEvent[] = []
    const result = await pipeline.run({ choir: { text: 'la' } }, { onEvent: (event) => events.push(event) })
    expect(result.get('choir.text')).toBe('Ada: la! Bo: la!')
    const chunks = events.filter((event) => event.type === 'chunk')
    expect(chunks.map(({ component, visit, chunk }) => [component, visit, chunk.content])).toEqual([
      ['choir', 1, 'Ada: la!'],
      ['choir', 1, 'Bo: la!'],
    ])
  })

  test('is loaded before its owner and closed after it, wherever it is', async () => {
    const inner = new Choir({ byName: { bo: voice('Bo') } })
    const pipeline = new Pipeline({ choir: new Choir({ lead: voice('Ada'), voices: [inner] }) })
    await pipeline.run({ text: 'la' })
    await pipeline.close()
    expect(log).toEqual([
      ...['warm Ada', 'warm Bo', 'warm choir', 'warm choir'],
      ...['close choir', 'close choir', 'close Bo', 'close Ada'],
    ])
  })

  test('is loaded also where its owner has nothing to load', async () => {
    class Quiet extends Choir {
      static override readonly type = 'Quiet'
      override readonly warmUp = undefined as never
    }
    await new Pipeline({ choir: new Quiet({ lead: voice('Ada') }) }).run({ text: 'la' })
    expect(log).toEqual(['warm Ada'])
  })

  test('is checked; the finding says where it is', async () => {
    const choir = new Choir({ voices: [voice('Ada'), new Choir({ lead: voice('hoarse') })] })
    expect(await new Pipeline({ choir }).check()).toEqual([
      {
        level: 'error',
        code: 'HOARSE',
        component: 'choir',
        option: 'voices[1].initParameters.lead.initParameters.name',
        message: "In 'voices[1].lead' (Voice): No voice.",
      },
    ])
  })

  test('may be a pipeline', async () => {
    const sub = new Pipeline({ voice: voice('Ada') }).asComponent()
    const pipeline = new Pipeline({ choir: new Choir({ lead: sub as never }) })
    expect((await pipeline.run({ text: 'la' })).get('choir.text')).toBe('Ada: la!')
  })

  test('has one owner: a second one is an error that names both, and takes nothing', () => {
    const ada = voice('Ada')
    const pipeline = new Pipeline({ solo: ada })
    const bo = voice('Bo')
    expect(thrown(() => pipeline.add('choir', new Choir({ lead: bo, voices: [ada] })))).toBe(
      "CONNECT_ALREADY_OWNED: 'choir.voices[0]' cannot be added: this pipeline has it as 'solo'. Make a new instance, or remove it there first.",
    )
    const twice = voice('Cy')
    expect(() => new Pipeline({ choir: new Choir({ voices: [twice, twice] }) })).toThrow(
      "this pipeline has it as 'choir.voices[0]'",
    )
    pipeline.add('choir', new Choir({ lead: bo, voices: [twice] }))
    expect(() => new Pipeline({ bo })).toThrow("another pipeline has it as 'choir.lead'")
    pipeline.remove('choir' as never)
    new Pipeline({ bo })
  })

  test('cannot bring a pipeline into itself', () => {
    const pipeline = new Pipeline({ voice: voice('Ada') })
    const choir = new Choir({ lead: pipeline.asComponent() as never })
    expect(() => pipeline.add('choir', choir)).toThrow('the pipeline would contain itself')
  })
})

describe('a component that does not fit', () => {
  test.each([
    [
      new Deaf(),
      "lead: Deaf does not fit here: it has no input 'text' (string); nothing would give its input 'sound' a value; it may leave out its output 'text'.",
    ],
    [
      new Recall({ ledger: new Ledger({ path: 'x' }) }),
      "it has no input 'text' (string); nothing would give its input 'count' a value.",
    ],
    [
      new Note({ ledger: new Ledger({ path: 'x' }) }),
      "Note does not fit here: it has no output 'text' (string).",
    ],
    [
      { type: 'Voice' },
      'expected a component with the inputs { text: string } and the outputs { text: string }, got',
    ],
  ])('%# is refused with what is missing', (lead, message) => {
    const error = thrown(() => new Pipeline({ choir: new Choir({ lead: lead as never }) }))
    expect(error).toContain('COMPONENT_PARAMETERS')
    expect(error).toContain(message)
  })

  test('any component fits where there is no shape', () => {
    const any = t.component({ description: 'What runs.' })
    expect(any).toMatchObject({ description: 'What runs.', type: { name: 'Component' } })
    expect(checkValue(any, new Voice({ name: 'Ada' }))).toEqual([])
    expect(checkValue(any, 'Voice')).toMatchObject([{ message: 'expected a component, got "Voice".' }])
  })

  test('a pipeline is not a component, and fits where a pipeline is held', () => {
    const pipeline = new Pipeline({ voice: new Voice({ name: 'Ada' }) })
    expect(checkValue(t.pipeline(), pipeline)).toEqual([])
    expect(checkValue(t.component(), pipeline)).toHaveLength(1)
    expect(checkValue(t.pipeline(), pipeline.asComponent())).toMatchObject([
      { message: 'expected Pipeline, got an instance of PipelineComponent.' },
    ])
  })

  test('a shape is made of sockets', () => {
    expect(() => t.component({ inputs: { text: 'string' as never }, outputs: {} })).toThrow(DefinitionError)
    expect(() => t.component({ inputs: {} } as never)).toThrow("t.component needs 'inputs' and 'outputs'")
    expect(() => t.component({ inputs: { text: t.variadic(t.string()) as never }, outputs: {} })).toThrow(
      'only a socket itself can have many senders',
    )
  })
})

describe('runHeld', () => {
  const context = aloneContext({ type: 'Owner' })

  test('gives the context of the owner, in which it cannot pause', async () => {
    const Asking = defineComponent({
      type: 'Asking',
      inputs: { text: t.string() },
      outputs: { text: t.string() },
      run: (_inputs, { pause, resumed, component, visit }) =>
        resumed === undefined && component.name === 'choir' && visit === 1 ? pause({}) : { text: '' },
    })
    const pipeline = new Pipeline({ choir: new Choir({ lead: new Asking() }) })
    await expect(pipeline.run({ text: 'la' })).rejects.toThrow(
      "Asking cannot pause: it runs as a part of 'choir' (Choir).",
    )
  })

  test('gives inputs that the shape does not have, and leaves out what is undefined', async () => {
    const ada: Singer = voice('Ada')
    expect(await runHeld(ada, { text: 'la', pitch: 3 }, context)).toEqual({ text: 'Ada: la!' })
    expect(await runHeld(ada, { text: 'la', tempo: undefined } as never, context)).toEqual({
      text: 'Ada: la!',
    })
  })

  test.each([
    [{ text: 'la', tempo: 3 }, "Voice has no input 'tempo'. Inputs: 'text' and 'pitch'."],
    [{ text: 3 }, "The input 'text' of Voice is wrong:\n  text: expected string, got the number 3."],
    [{}, "Voice got no value for 'text'."],
  ])('refuses the inputs %j', async (inputs, message) => {
    const running = runHeld(voice('Ada') as Singer, inputs as never, context)
    await expect(running).rejects.toThrow(InputError)
    await expect(running).rejects.toThrow(message)
  })

  test.each([
    [undefined, 'returned nothing, not an object of its outputs.'],
    [{}, "left out its output 'text'."],
    [{ text: 3 }, "returned a wrong output 'text':\n  text: expected string, got the number 3."],
  ])('refuses the outputs %j', async (outputs, message) => {
    const wrong = { inputs: {}, outputs: { text: t.string() }, run: () => outputs as object }
    await expect(runHeld(wrong, {}, context)).rejects.toThrow(
      `Object, which 'Owner' (Owner) runs, ${message}`,
    )
  })
})

describe('a resource', () => {
  test('is shared by the components that hold it: loaded first and closed last, once', async () => {
    const ledger = new Ledger({ path: '/l' })
    const pipeline = new Pipeline({ note: new Note({ ledger }), recall: new Recall({ ledger }) })
    pipeline.connect('note.count', 'recall.count')
    expect((await pipeline.run({ note: { text: 'a' } })).get('recall.text')).toBe('a')
    await pipeline.close()
    expect(log).toEqual(['warm /l', 'close /l'])
  })

  test('stays open while another pipeline uses it, one inside or one beside', async () => {
    const ledger = new Ledger({ path: '/l' })
    const writing = new Pipeline({ note: new Note({ ledger }) })
    const reading = new Pipeline({ recall: new Recall({ ledger }) })
    await writing.run({ text: 'a' })
    await reading.run({ count: 1 })
    log.length = 0
    await writing.close()
    expect(log).toEqual([])
    await reading.close()
    expect(log).toEqual(['close /l'])

    const outer = new Pipeline({ note: new Note({ ledger }), sub: reading.asComponent() })
    await outer.warmUp()
    log.length = 0
    await outer.close()
    expect(log).toEqual(['close /l'])
  })

  test('is checked, by its name', async () => {
    const ledger = new Ledger({ path: '/gone' })
    const spare = new Ledger({ path: '/spare' })
    const pipeline = new Pipeline({ note: new Note({ ledger }) }, { resources: { book: ledger, spare } })
    expect(await pipeline.check()).toEqual([
      { level: 'error', code: 'MISSING_FILE', message: 'Gone.', option: 'path', resource: 'book' },
      {
        level: 'warning',
        code: 'UNUSED_RESOURCE',
        message: "No component names the resource 'spare' (Ledger).",
        resource: 'spare',
      },
    ])
  })

  test('that cannot be loaded is named', async () => {
    const ledger = Object.assign(new Ledger({ path: '/l' }), {
      warmUp: () => {
        throw new Error('no disk.')
      },
    })
    const pipeline = new Pipeline({ note: new Note({ ledger }) }, { resources: { book: ledger } })
    await expect(pipeline.warmUp()).rejects.toThrow("'book' (Ledger) could not be made ready: no disk.")
  })

  test('is what its check says', () => {
    expect(() => new Pipeline({ note: new Note({ ledger: 'book' as never }) })).toThrow(
      'ledger: expected Ledger, got',
    )
    expect(() => t.resource('', () => true)).toThrow('t.resource needs a name')
    expect(() => t.resource('Ledger', undefined as never)).toThrow('needs a function that checks')
  })
})

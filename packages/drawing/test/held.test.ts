import { expect, test } from '@jest/globals'
import { defineComponent, Pipeline, t } from '@millrace/core'
import { drawPipeline, explain } from '@millrace/drawing'
import { Choir, Voice } from '../../core/test/fixtures/holding.ts'
import { add, Offer, Server } from '../../core/test/fixtures/tool-classes.ts'

const Text = defineComponent({
  type: 'Text',
  inputs: {},
  outputs: { text: t.string() },
  run: () => ({ text: 'la' }),
})

const pipeline = () =>
  new Pipeline({
    text: new Text(),
    choir: new Choir({ lead: new Voice({ name: 'Ada' }), voices: [new Voice({ name: 'Bo' })] }),
  }).connect('text.text', 'choir.text')

test('a text and an explanation name the components that another one holds', () => {
  expect(drawPipeline(pipeline(), { format: 'text' })).toContain(`2  choir  Choir
   \u25C7 lead: Voice
   \u25C7 voices[0]: Voice
   ● text: string  ← text.text`)
  expect(explain(pipeline())).toContain(`'choir' (Choir) runs each time a value has come for 'text'.
  holds 'lead' (Voice)
  holds 'voices[0]' (Voice)
`)
})

test('an explanation names the tools and toolsets of a component', () => {
  const web = new Server({ name: 'web' })
  const choir = new Pipeline({ offer: new Offer({ tools: [add, web, add] }) })
  expect(explain(choir)).toContain("\n  has the tools 'add' and 'web'\n")
})

test('pictures name their types in the box', () => {
  expect(drawPipeline(pipeline(), { format: 'mermaid' })).toContain('Choir (Voice, Voice)')
  expect(drawPipeline(pipeline(), { format: 'svg' })).toContain('Choir (Voice, Voice)')
})

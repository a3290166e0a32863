import { defineComponent, Pipeline, type PipelineOptions, type Sockets, t } from '@millrace/core'

const Maker = defineComponent({
  type: 'Maker',
  inputs: { country: t.string({ description: 'A country.' }) },
  outputs: { text: t.string() },
  run: ({ country }) => ({ text: country }),
})

/**
 * A pipeline of `maker`, whose mandatory `country` is open, and `user`, whose `text` it feeds and which has the inputs
 * that a test wants.
 */
export function samplePipeline(inputs: Sockets = {}, options: PipelineOptions = {}): Pipeline {
  const User = defineComponent({
    type: 'User',
    inputs: { text: t.string(), ...inputs },
    outputs: { given: t.unknown() },
    run: (given) => ({ given }),
  })
  const pipeline: Pipeline = new Pipeline({ maker: new Maker(), user: new User() }, options)
  return pipeline.connect('maker.text', 'user.text')
}

// The tools of the pipelines in this folder. A pipeline file names tools and never loads code; whoever runs it says where
// they are: millrace run … --package pipelines/tools.js
import { componentPackage, t, tool } from '@millrace/core'

const add = tool({
  name: 'add',
  description: 'Add two numbers.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})

const degrees = new Map([
  ['Rome', 22],
  ['Paris', 19],
  ['Oslo', 7],
])

const getWeather = tool({
  name: 'get_weather',
  description: 'Get the current weather in a city.',
  parameters: t.object({ city: t.string() }),
  run: ({ city }) => {
    const temperature = degrees.get(city)
    // What is thrown is told to the model.
    if (temperature === undefined) throw new Error(`There is no weather station in '${city}'.`)
    return { temperature }
  },
})

export const pipelineTools = componentPackage({
  name: 'pipeline-tools',
  components: [],
  tools: [add, getWeather],
})

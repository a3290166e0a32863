// What the tests of agents share: tools, scripts and ways to run them.
import { ChatMessage, Pipeline, type RunEvent, t, tool } from '@millrace/core'
import { Agent } from '../../src/agent/agent.ts'
import type { AgentParameters } from '../../src/agent/agent-parameters.ts'
import { ScriptedChatGenerator } from '../../src/generators/scripted-chat-generator.ts'

export const getWeather = tool({
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: t.object({ city: t.string() }),
  run: ({ city }) => {
    if (city === 'Atlantis') throw new Error('There is no such city.')
    return { city, temperature: 22 }
  },
})
export const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})

export type Script = ConstructorParameters<typeof ScriptedChatGenerator>[0]['replies']

export const calling = (...calls: readonly (readonly [name: string, args?: object])[]) => ({
  toolCalls: calls.map(([name, args = {}]) => ({ name, arguments: args as Record<string, never> })),
})
export const weatherIn = (city: string) => calling(['get_weather', { city }])

/** A scripted generator that remembers what it was offered. */
export class Listener extends ScriptedChatGenerator {
  readonly asked: Parameters<ScriptedChatGenerator['run']>[0][] = []

  override run(...[inputs, context]: Parameters<ScriptedChatGenerator['run']>) {
    this.asked.push(inputs)
    return super.run(inputs, context)
  }
}

export function agentOf(replies: Script, parameters: Partial<AgentParameters> = {}) {
  const chatGenerator = new Listener({ replies })
  const agent = new Agent({ tools: [getWeather, add], ...parameters, chatGenerator } as AgentParameters)
  return Object.assign(agent as Agent, { asked: chatGenerator.asked })
}

/** A conversation, a line for each message. */
export function linesOf(messages: readonly ChatMessage[] = []): string[] {
  return messages.map((message) => {
    const calls = ChatMessage.toolCalls(message).map(
      ({ id, name, arguments: args }) => `${id}: ${name}(${JSON.stringify(args)})`,
    )
    const results = ChatMessage.toolCallResults(message).map(
      ({ origin, error, result }) =>
        `${origin.id} ${error ? '!' : '='} ${typeof result === 'string' ? result : JSON.stringify(result)}`,
    )
    const text = ChatMessage.text(message)
    return [`${message.role}:`, ...(text === undefined ? [] : [text]), ...calls, ...results].join(' ')
  })
}

/** Runs an agent in a pipeline, and keeps the events. */
export async function inPipeline(agent: Agent, messages = 'Go') {
  const events: RunEvent[] = []
  const pipeline = new Pipeline({ agent })
  const result = await pipeline.run({ agent: { messages } }, { onEvent: (event) => events.push(event) })
  return { pipeline, result, events }
}

import type { Tool, Toolset } from '@millrace/core'
import { checkValue, didYouMean, formatPath, isToolset, listNames, typeOf } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { type AgentParameters, agentParameters } from './agent-parameters.ts'
import { canAppend } from './agent-state.ts'

/** The names of the inputs and outputs that every agent has. */
const OWN_NAMES = [
  ...['messages', 'tools', 'generationKwargs'],
  ...['lastMessage', 'exitReason', 'steps', 'usage'],
]

/**
 * Refuses parameters that are not those that an agent declares, names that would meet in one socket, and a generator that takes no
 * tools where there are some.
 *
 * @param variables those of the system prompt
 * @throws ComponentsError `AGENT_INVALID`
 */
export function checkAgent(parameters: AgentParameters, variables: readonly string[]): void {
  const { chatGenerator, tools = [], stateSchema = {} } = parameters
  const [problem] = checkValue(agentParameters, parameters)
  if (problem !== undefined) {
    const option = formatPath(problem.path)
    throw invalid(`An agent cannot be made with these parameters: ${option}: ${problem.message}`, option)
  }
  for (const name of Object.keys(stateSchema)) {
    if (!OWN_NAMES.includes(name)) continue
    throw invalid(
      `A part of the state cannot be called '${name}': an agent has ${listNames(OWN_NAMES)} of its own. Rename it.`,
      `stateSchema.${name}`,
    )
  }
  for (const [name, { type, merge }] of Object.entries(stateSchema)) {
    if (merge !== 'append' || canAppend(type)) continue
    throw invalid(
      `The part '${name}' of the state cannot append: '${type}' is not a type of lists. Take a type of lists, json, or merge: replace.`,
      `stateSchema.${name}.merge`,
    )
  }
  for (const name of variables) {
    if (!OWN_NAMES.includes(name) && !Object.hasOwn(stateSchema, name)) continue
    throw invalid(
      `A variable of the system prompt cannot be called '${name}': ${OWN_NAMES.includes(name) ? 'every agent has an input or an output' : 'a part of the state'} of that name. Rename it.`,
      'systemPrompt',
    )
  }
  if (tools.length > 0 && !Object.hasOwn(chatGenerator.inputs, 'tools')) {
    throw invalid(
      `${typeOf(chatGenerator)} has no input 'tools', so that an agent cannot offer it any. Take another generator, or give the agent no tools.`,
      'chatGenerator',
    )
  }
}

/** Whether all tools are known before they are warmed up: a toolset may find its own only then. */
export function areKnown(tools: readonly (Tool | Toolset)[]): boolean {
  return !tools.some((item) => isToolset(item) && item.warmUp !== undefined)
}

/**
 * Refuses names of tools that do not exist: a misspelt one would never end a run, or never wait for an approval.
 *
 * @throws ComponentsError `AGENT_INVALID`
 */
export function checkToolNames(
  { exitConditions = ['text'], approve = 'never', stateSchema = {} }: AgentParameters,
  tools: readonly Tool[],
): void {
  const names = tools.map(({ name }) => name)
  const refuse = (name: string, option: string, known: readonly string[], what: string) => {
    if (known.includes(name)) return
    const all = names.length === 0 ? 'It has no tools.' : `Tools: ${listNames(names)}.`
    throw invalid(`'${option}' is '${name}', which is ${what}. ${all}${didYouMean(name, known)}`, option)
  }
  for (const [index, name] of exitConditions.entries()) {
    refuse(name, `exitConditions[${index}]`, ['text', ...names], "neither 'text' nor a tool of this agent")
  }
  if (typeof approve === 'object') {
    for (const [index, name] of approve.tools.entries()) {
      refuse(name, `approve.tools[${index}]`, names, 'not a tool of this agent')
    }
  }
  const parts = Object.keys(stateSchema)
  for (const { name, inputsFromState = {}, outputsToState = {} } of tools) {
    const key = [...Object.keys(inputsFromState), ...Object.keys(outputsToState)].find(
      (one) => !parts.includes(one),
    )
    if (key === undefined) continue
    throw invalid(
      `Tool '${name}' reads or writes '${key}', which is not a part of the state of this agent. Parts: ${listNames(parts) || 'none'}.${didYouMean(key, parts)}`,
      'stateSchema',
    )
  }
}

function invalid(message: string, option: string): ComponentsError {
  return new ComponentsError('AGENT_INVALID', message, { option })
}

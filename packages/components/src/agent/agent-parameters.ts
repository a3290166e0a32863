import { t, type ValueOf } from '@millrace/core'
import { chatGenerator } from '../generators/chat-generator.ts'
import { toolLimits } from '../tools/tool-limits.ts'
import { type StateSchema, stateSchemaSocket } from './agent-state.ts'
import type { ApprovalPolicy } from './approvals.ts'
import type { AfterModel, AfterTool, BeforeModel, BeforeTool } from './hooks.ts'

/** The declaration of `AgentParameters`. */
export const agentParameters = t.object({
  /** The model: a chat generator that takes tools. */
  chatGenerator: chatGenerator('The model: a chat generator that takes tools.'),
  /** What the model may call. */
  tools: t.optional(t.tools(), { description: 'What the model may call.' }),
  /** A Jinja template, whose variables are inputs. It stands at the beginning of the conversation. */
  systemPrompt: t.optional(t.string(), {
    description:
      'A Jinja template, whose variables are inputs. It stands at the beginning of the conversation.',
  }),
  /** What ends the run: `text`, a reply without calls, and names of tools, which end it when they have run. */
  exitConditions: t.array(t.string(), {
    default: ['text'],
    minItems: 1,
    description:
      'What ends the run: `text`, a reply without calls, and names of tools, which end it when they have run.',
  }),
  /** How often the model is asked. In the last step no tools are offered, so that it answers in words. */
  maxSteps: t.integer({
    default: 20,
    minimum: 1,
    description:
      'How often the model is asked. In the last step no tools are offered, so that it answers in words.',
  }),
  /** Which calls wait for the approval of a person: none, all, or those of some tools. */
  approve: t.optional(
    t.union(t.literal('never', 'always'), t.object({ tools: t.array(t.string(), { minItems: 1 }) })),
    {
      default: 'never',
      description: 'Which calls wait for the approval of a person: none, all, or those of some tools.',
    },
  ),
  /** What tools keep for each other: the type of each part, and how values are merged. Parts are inputs and outputs. */
  stateSchema: t.optional(stateSchemaSocket, {
    description:
      'What tools keep for each other: the type of each part, and how values are merged. Parts are inputs and outputs.',
  }),
  /** Whether a call that fails fails the run. Otherwise its result says what went wrong. */
  raiseOnToolFailure: t.boolean({
    default: false,
    description: 'Whether a call that fails fails the run. Otherwise its result says what went wrong.',
  }),
  /** The longest that one call may take, in milliseconds. */
  toolTimeoutMs: toolLimits.timeoutMs,
  /** How many calls run at once. */
  maxToolConcurrency: toolLimits.maxConcurrency,
  /** How many characters of text a result may have. Of a longer one the model gets the beginning and the end. */
  maxResultCharacters: toolLimits.maxResultCharacters,
  /** Whether the model gets to see images in results of tools, in a message of the user behind them. Otherwise they are described. */
  showImages: t.boolean({
    default: false,
    description:
      'Whether the model gets to see images in results of tools, in a message of the user behind them. Otherwise they are described.',
  }),
  /** Called before each request to the model. It may change the conversation, the tools and the options, or end the run. */
  beforeModel: t.optional(t.callback<BeforeModel>(), {
    description:
      'Called before each request to the model. It may change the conversation, the tools and the options, or end the run.',
  }),
  /** Called with each reply. It may change it, or end the run. */
  afterModel: t.optional(t.callback<AfterModel>(), {
    description: 'Called with each reply. It may change it, or end the run.',
  }),
  /** Called before each call that is run. It may change the arguments, or answer in the place of the tool. */
  beforeTool: t.optional(t.callback<BeforeTool>(), {
    description:
      'Called before each call that is run. It may change the arguments, or answer in the place of the tool.',
  }),
  /** Called with each result. It may change it. */
  afterTool: t.optional(t.callback<AfterTool>(), {
    description: 'Called with each result. It may change it.',
  }),
})

type Declared = ValueOf<typeof agentParameters>

/** What an `Agent` is made of. */
export type AgentParameters<State extends StateSchema = StateSchema, Prompt extends string = string> = Omit<
  Declared,
  'stateSchema' | 'systemPrompt' | 'approve'
> & {
  /** What tools keep for each other: the type of each part, and how values are merged. Parts are inputs and outputs. */
  readonly stateSchema?: State | undefined
  /** A Jinja template, whose variables are inputs. It stands at the beginning of the conversation. */
  readonly systemPrompt?: Prompt | undefined
  /** Which calls wait for the approval of a person: none, all, or those of some tools. */
  readonly approve?: ApprovalPolicy | undefined
}

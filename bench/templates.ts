// What templates cost in @millrace/jinja, beside @huggingface/jinja: rendering chat templates and prompts, and making a
// template beside the other's parse. Ratios are medians of rounds in which both run one after the other.
//
//   corepack pnpm bench templates [folder of .jinja files]
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Template as OtherTemplate } from '@huggingface/jinja'
import { Template } from '@millrace/jinja'
import { median, table } from './measure.ts'

const ROUNDS = 15
/** Milliseconds that each side runs in a round. */
const ROUND_MS = 20

const chatML = `{% if tools %}<|im_start|>system
{% if messages[0].role == 'system' %}{{ messages[0].content + '\\n\\n' }}{% endif %}# Tools

<tools>{% for tool in tools %}
{{ tool | tojson }}{% endfor %}
</tools><|im_end|>
{% elif messages[0].role == 'system' %}<|im_start|>system
{{ messages[0].content }}<|im_end|>
{% endif %}
{% set ns = namespace(last=-1) %}
{% for message in messages %}{% if message.role == 'user' %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}
{% for message in messages %}
{% set content = message.content if message.content is string else '' %}
{% if message.role == 'user' or (message.role == 'system' and not loop.first) %}
{{ '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' }}
{% elif message.role == 'assistant' %}
{% set thought = '' %}
{% if '</think>' in content %}
{% set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
{% set content = content.split('</think>')[-1].lstrip('\\n') %}
{% endif %}
{{ '<|im_start|>assistant\\n' }}{% if loop.index0 > ns.last and thought %}{{ '<think>\\n' + thought + '\\n</think>\\n\\n' }}{% endif %}{{ content }}
{% for call in message.tool_calls or [] %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{% endfor %}
{{ '<|im_end|>' }}
{% elif message.role == 'tool' %}
{% if loop.first or messages[loop.index0 - 1].role != 'tool' %}<|im_start|>user{% endif %}
<tool_response>
{{ content }}
</tool_response>
{% if loop.last or messages[loop.index0 + 1].role != 'tool' %}<|im_end|>{% endif %}
{% endif %}
{% endfor %}
{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`

const headers = `{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] | trim %}{% set rest = messages[1:] %}{% else %}{% set system = '' %}{% set rest = messages %}{% endif %}
<|start_header_id|>system<|end_header_id|>

{% if tools is defined and tools is not none %}Environment: ipython
{% for t in tools %}{{ t | tojson(indent=4) }}

{% endfor %}{% endif %}{{ system }}<|eot_id|>
{% for message in rest %}
{% if not (message.role == 'tool' or 'tool_calls' in message) %}
{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}
{% elif 'tool_calls' in message %}
{% if not message.tool_calls | length == 1 %}{{ raise_exception('One call at once.') }}{% endif %}
{% set call = message.tool_calls[0].function %}
{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{{ '{"name": "' + call.name + '", "parameters": ' }}{{ call.arguments | tojson }}}<|eot_id|>
{% else %}
{{ '<|start_header_id|>ipython<|end_header_id|>\\n\\n' }}{{ message.content }}<|eot_id|>
{% endif %}
{% endfor %}
{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}`

const brackets = `{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set loop_messages = messages[1:] %}{% else %}{% set loop_messages = messages %}{% endif %}
{% set users = loop_messages | selectattr('role', 'equalto', 'user') | list %}
{{ bos_token }}
{% for message in loop_messages %}
{% if message['role'] == 'user' %}
{% if tools is defined and message == users[-1] %}[AVAILABLE_TOOLS] [{% for tool in tools %}{"type": "function", "function": {{ tool.function | tojson }}}{% if not loop.last %}, {% endif %}{% endfor %}][/AVAILABLE_TOOLS]{% endif %}
[INST] {% if loop.last and system is defined %}{{ system + '\\n\\n' }}{% endif %}{{ message['content'] }}[/INST]
{% elif message.tool_calls is defined and message.tool_calls is not none %}
[TOOL_CALLS] [{% for call in message.tool_calls %}{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}{% if not loop.last %}, {% endif %}{% endfor %}]{{ eos_token }}
{% elif message['role'] == 'assistant' %}{{ ' ' + message['content'] | trim + eos_token }}
{% elif message['role'] == 'tool' %}[TOOL_RESULTS] {"content": {{ message.content | string }}}[/TOOL_RESULTS]
{% else %}{{ raise_exception('Only user, assistant and tool.') }}{% endif %}
{% endfor %}`

const turns = `{{ bos_token }}{% if messages[0].role == 'system' %}{% set prefix = messages[0].content + '\\n\\n' %}{% set loop_messages = messages[1:] %}{% else %}{% set prefix = '' %}{% set loop_messages = messages %}{% endif %}
{% for message in loop_messages %}
{% if message.role == 'assistant' %}{% set role = 'model' %}{% else %}{% set role = message.role %}{% endif %}
{{ '<start_of_turn>' + role + '\\n' + (prefix if loop.first else '') }}
{% if message.content is string %}{{ message.content | trim }}
{% elif message.content is iterable %}{% for item in message.content %}{% if item.type == 'image' %}{{ '<start_of_image>' }}{% elif item.type == 'text' %}{{ item.text | trim }}{% endif %}{% endfor %}{% endif %}
{{ '<end_of_turn>\\n' }}
{% endfor %}
{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}`

const macros = `{% macro call(c) %}<call>{{ c.function.name }}
{{ c.function.arguments | tojson }}</call>{% endmacro %}
{% set ns = namespace(is_tool=false, is_first=true, system='') %}
{% for message in messages %}{% if message.role == 'system' %}{% if ns.is_first %}{% set ns.system = ns.system + message.content %}{% set ns.is_first = false %}{% else %}{% set ns.system = ns.system + '\\n\\n' + message.content %}{% endif %}{% endif %}{% endfor %}
{{ bos_token }}{{ ns.system }}
{% for message in messages %}
{% if message.role == 'user' %}{% set ns.is_tool = false %}{{ '<|User|>' + message.content }}
{% elif message.role == 'assistant' %}
{% if ns.is_tool %}{{ '<|tool_outputs_end|>' }}{% endif %}{% set ns.is_tool = false %}
{% if message.tool_calls %}{{ '<|Assistant|>' }}{% for c in message.tool_calls %}{{ call(c) }}{% endfor %}{% else %}{{ '<|Assistant|>' + message.content + eos_token }}{% endif %}
{% elif message.role == 'tool' %}{% if not ns.is_tool %}{{ '<|tool_outputs_begin|>' }}{% set ns.is_tool = true %}{% endif %}{{ '<|tool_output|>' + message.content }}{% endif %}
{% endfor %}
{% if add_generation_prompt %}{{ '<|Assistant|>' }}{% endif %}`

const rag = `Answer with the documents below. If the answer is not in them, say so.

{% for document in documents %}
[{{ loop.index }}] {{ document.meta.title | default('untitled') | upper }} ({{ document.score }})
{{ document.content | trim }}
{% if not loop.last %}---{% endif %}
{% endfor %}

{% if history %}Conversation so far:
{% for turn in history %}{{ turn.role | capitalize }}: {{ turn.text }}
{% endfor %}{% endif %}
Sources: {{ documents | map(attribute='meta.source') | unique | sort | join(', ') }}
Question: {{ question }}
Answer:`

const tools = Array.from({ length: 5 }, (_, index) => ({
  type: 'function',
  function: {
    name: `get_value_${index}`,
    description: 'Looks up one of the values that are known, by its name.',
    parameters: {
      type: 'object',
      properties: { name: { type: 'string', description: 'what it is called' }, limit: { type: 'integer' } },
      required: ['name'],
    },
  },
}))

function conversation(length: number, withCalls: boolean): Record<string, unknown>[] {
  const messages: Record<string, unknown>[] = [
    { role: 'system', content: 'You are brief, and you are right.' },
  ]
  for (let turn = 0; messages.length < length; turn++) {
    messages.push({
      role: 'user',
      content: `Question ${turn}: ${'what is the value of this thing? '.repeat(4)}`,
    })
    if (withCalls && turn % 2 === 1) {
      const call = { name: 'get_value_1', arguments: { name: `thing ${turn}`, limit: 3 } }
      messages.push({
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'call00001', type: 'function', function: call }],
      })
      messages.push({
        role: 'tool',
        tool_call_id: 'call00001',
        name: 'get_value_1',
        content: `{"value": ${turn}}`,
      })
    }
    messages.push({
      role: 'assistant',
      content: `Answer ${turn}: ${'it is so, as far as anyone knows. '.repeat(4)}`,
    })
  }
  return [...messages, { role: 'user', content: 'And now?' }]
}

interface Case {
  readonly name: string
  readonly source: string
  readonly values: Record<string, unknown>
}

function chatCase(name: string, source: string, length: number, withTools: boolean): Case {
  const messages = conversation(length, withTools)
  const given = { messages, bos_token: '<s>', eos_token: '</s>', add_generation_prompt: true }
  return {
    name: `${name}, ${length} messages${withTools ? ', tools' : ''}`,
    source,
    values: withTools ? { ...given, tools } : given,
  }
}

const documents = Array.from({ length: 20 }, (_, index) => ({
  content: `  ${'A sentence of a document that was found. '.repeat(12)} `,
  score: 1 / (index + 1.5),
  meta: { source: `file-${index % 7}.md`, title: index % 3 ? `Page ${index}` : undefined },
}))
const history = Array.from({ length: 6 }, (_, index) => ({
  role: index % 2 ? 'assistant' : 'user',
  text: 'Something was said.',
}))

const [folder] = process.argv.slice(2)
const families = { Qwen: chatML, 'Llama 3': headers, Mistral: brackets, Gemma: turns, DeepSeek: macros }
const cases: Case[] = [
  ...Object.entries(families).flatMap(([name, source]) => [
    chatCase(name, source, 3, name !== 'Gemma'),
    chatCase(name, source, 40, name !== 'Gemma'),
  ]),
  { name: 'prompt, 20 documents', source: rag, values: { documents, history, question: 'What was found?' } },
  {
    name: 'prompt, one variable',
    source: 'Translate into French: {{ text }}',
    values: { text: 'Good morning.' },
  },
  ...(folder === undefined
    ? []
    : readdirSync(folder)
        .filter((file) => file.endsWith('.jinja'))
        .sort()
  ).map((file) =>
    chatCase(
      file.replace('.jinja', '').slice(0, 40),
      readFileSync(join(folder as string, file), 'utf8'),
      9,
      true,
    ),
  ),
]

/** Makes the engine put the pieces of a text together, which it leaves for later. */
function flat(text: string): number {
  return text.charCodeAt(text.length >> 1)
}

/** Microseconds of one call, over about `ROUND_MS`. */
function timed(work: () => unknown, calls: number): number {
  const start = process.cpuUsage()
  for (let call = 0; call < calls; call++) work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / calls
}

function callsFor(work: () => unknown): number {
  const start = performance.now()
  let calls = 0
  while (performance.now() - start < ROUND_MS || calls < 5) {
    work()
    calls++
  }
  return calls
}

/** Microseconds of both, and how much the first takes of the second. */
function compare(ours: () => unknown, theirs: () => unknown): [ours: number, theirs: number, ratio: number] {
  for (const work of [ours, theirs]) for (let round = 0; round < 3; round++) callsFor(work)
  const [ourCalls, theirCalls] = [callsFor(ours), callsFor(theirs)]
  const rounds = Array.from({ length: ROUNDS }, (_, round): [number, number] => {
    if (round % 2 === 0) return [timed(ours, ourCalls), timed(theirs, theirCalls)]
    const other = timed(theirs, theirCalls)
    return [timed(ours, ourCalls), other]
  })
  return [
    median(rounds.map(([our]) => our)),
    median(rounds.map(([, their]) => their)),
    median(rounds.map(([our, their]) => our / Math.max(their, 0.001))),
  ]
}

const settings = { trimBlocks: true, lstripBlocks: true }
type Row = readonly [string, ...number[]]
const rendering: Row[] = []
const making: Row[] = []
// The engine compiles what runs often: first all, then the measuring.
for (const { source, values } of cases) {
  try {
    callsFor(() => new Template(source, settings).render(values))
    callsFor(() => new OtherTemplate(source).render(values))
  } catch {
    // It is reported below.
  }
}
for (const { name, source, values } of cases) {
  let ours: Template
  let theirs: OtherTemplate
  try {
    ours = new Template(source, settings)
    theirs = new OtherTemplate(source)
    ours.render(values)
    theirs.render(values)
  } catch (error) {
    console.log(
      `${name}: not compared, since one of both refuses it (${(error as Error).message.slice(0, 80)})`,
    )
    continue
  }
  rendering.push([
    name,
    ...compare(
      () => flat(ours.render(values)),
      () => flat(theirs.render(values)),
    ),
  ])
  if (!making.some(([made]) => made === name.split(',')[0])) {
    making.push([
      name.split(',')[0] as string,
      ...compare(
        () => new Template(source, settings),
        () => new OtherTemplate(source),
      ),
    ])
  }
}

for (const [title, rows] of [
  ['rendering', rendering],
  ['making', making],
] as const) {
  console.log(`\n${table([title, 'ours µs', 'theirs µs', 'ratio'], rows)}`)
  console.log(`median ratio: ${median(rows.map((row) => row[3] as number)).toFixed(2)}`)
}

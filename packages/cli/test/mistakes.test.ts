// What people get wrong on a command line. Each mistake ends with a message that says what to do instead.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { cli } from './cli.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

const capital = join(root, 'pipelines/capital.yaml')
const image = join(root, 'pipelines/describe-image.yaml')
const circle = join(root, 'packages/pocket-model/images/red-circle.png')
const toolLoop = join(root, 'pipelines/tool-loop.yaml')

/** `DIR` stands for a folder with the files below. */
const files: Readonly<Record<string, string>> = {
  'hello.yaml':
    "components:\n  prompt: { type: PromptBuilder, initParameters: { template: 'Hello {{ name }}!' } }\n  again: { type: PromptBuilder, initParameters: { template: 'I say: {{ text }}' } }\nconnections:\n  - { sender: prompt.prompt, receiver: again.text }\n",
  'tools.js': 'export const nothing = 1\n',
  'common/tools.js': "import 'node:fs'\nexport const nothing = 1\n",
  'common/package.json': '{ "type": "commonjs" }',
  'throws.mjs': "throw new TypeError('no luck')\n",
  'package.json': '{ "name": "mine" }',
  'inputs.json': '["France"]',
  'image.json': '{ "photo": "red.png" }',
  'empty/notes.txt': '',
  'wrong.gguf': 'Hello',
}

type Row = readonly [args: string, exitCode: number, message: RegExp, stdin?: string]

const rows: readonly Row[] = [
  // The command
  [
    `${capital} --set country=France`,
    2,
    /To run it, write: millrace run \S+capital\.yaml --set country=France/,
  ],
  ['runn a.yaml', 2, /Did you mean run\?/],
  ['run --set country=France', 2, /Write: millrace run FILE --set country=France\. FILE is/],
  ['resume a.yaml', 2, /Write: millrace resume FILE SNAPSHOT/],
  ['validate', 2, /Write: millrace validate FILE\./],
  ['draw a.yaml b.yaml', 2, /'millrace draw --help' has its arguments/],
  ['run a.yaml b.yaml', 2, /It takes one file\. Inputs are given with --set/],
  [
    'a.gguf',
    2,
    /To talk with it, write: millrace chat a\.gguf\. To ask one question: millrace run a\.gguf 'A question'\n/,
  ],
  ['run a.gguf What is that? -q', 2, /A question stands in quotes: millrace run a\.gguf 'What is that\?'\n/],
  ['chat a.gguf hello', 2, /To ask one question, write: millrace run a\.gguf hello\n/],
  ['chat', 2, /Write: millrace chat FILE\. FILE is a pipeline file, or a model\./],
  [`chat ${capital} --set x=@-`, 2, /The standard input of a chat is what you say/],
  // Inputs without --set
  [`run ${capital} country=France`, 2, /--set: --set country=France\n/],
  [`run ${capital} prompt.country:="France"`, 2, /--set: --set 'prompt\.country:="France"'\n/],
  [`run ${capital} --country France`, 2, /--set: --set country=France\n/],
  [`run ${capital} --country=France`, 2, /--set: --set country=France\n/],
  [`run ${capital} --temperature -q`, 2, /--set: --set temperature=…\n/],
  // Questions
  [`run ${image} --set photo=@${circle} --set question=a hello`, 2, /in quotes: --set 'question=a hello'\n/],
  [
    'run none.gguf',
    2,
    /A question is missing: the standard input is empty\. Write: millrace run none\.gguf 'What/,
  ],
  ['run none.gguf hello', 5, /There is no file '.*none\.gguf'/],
  ['run DIR/wrong.gguf hello', 5, /wrong\.gguf' is not a GGUF file: it is text that begins with "Hello"/],
  ['run Qwen/Qwen3-0.6B-GGUF hello', 2, /write 'hf:Qwen\/Qwen3-0\.6B-GGUF:Q4_K_M'/],
  ['run http://127.0.0.1:1/a.gguf hello', 3, /allow it with --allow-http/],
  [
    'run a.gguf hello --model b.gguf',
    2,
    /'a\.gguf' is a model already\. --model b\.gguf is for pipeline files/,
  ],
  ['run a.gguf hello --n-ctx 8k', 2, /--n-ctx takes a number of tokens, as in --n-ctx 8192, not '8k'/],
  [`run ${capital} Japan --n-ctx 512`, 2, /In '.*capital\.yaml' it is 'nCtx', beside 'model'/],
  [`run ${capital} Japan --mmproj a.gguf`, 2, /In '.*capital\.yaml' it is 'modelClipPath', beside 'model'/],
  ['run - -', 2, /can be read only once, not by the file and by the question -/],
  // Spaces in --set
  [`run ${capital} --set country =France`, 2, /without spaces around the =: --set country=France\n/],
  [`run ${capital} --set country = France`, 2, /without spaces around the =: --set country=France\n/],
  [`run ${capital} --set country= France`, 2, /without spaces around the =: --set country=France\n/],
  [`run ${capital} --set country=New York -q`, 2, /in quotes: --set 'country=New York'\n/],
  [`run ${capital} --set country`, 2, /--set takes name=value, as in --set prompt\.country=France/],
  [`run ${capital} --set =France`, 2, /--set takes name=value/],
  [`run ${capital} --set country=@`, 2, /Write =@path for the text of a file, or =@@ for an at sign/],
  // Names of inputs, and values
  [`run ${capital}`, 4, /Give it with --set country=…/],
  [`run ${capital} --set contry=France`, 4, /Did you mean 'country'\?[\s\S]*Give it with --set country=/],
  [
    `run ${capital} --set prompt=France`,
    4,
    /'prompt' is a component: its inputs are an object with .*'country'/,
  ],
  [`run ${capital} --set country=a --set generationKwargs.temprature=1`, 4, /Did you mean 'temperature'\?/],
  [
    `run ${capital} --set country=a --set generationKwargs.temperature=warm`,
    4,
    /'generationKwargs\.temperature' \(number\): expected number, got "warm"/,
  ],
  [
    `run ${capital} --set country=a --set generationKwargs=1`,
    4,
    /'generationKwargs' \(object\): expected \{ temperature\?: number/,
  ],
  [`run ${capital} --set country=a --set country=b`, 4, /For a list, write --set 'country:=\["…", "…"\]'/],
  [`run ${capital} --set country:=[France]`, 4, /"\[France\]" is not JSON/],
  [`run ${capital} --set country=@none.txt`, 3, /The file 'none\.txt' cannot be read: ENOENT/],
  // The standard input
  [
    `run ${capital} --set country=@- --input -`,
    2,
    /can be read only once, not by --input - and by --set country=@-/,
  ],
  ['run - --set country=@-', 2, /not by the file and by --set country=@-\. Give one of them as a file/],
  [`run ${capital} --input -`, 4, /is empty\. --input takes a JSON object, if only \{\}/],
  [`run ${capital} --input -`, 4, /The standard input is not JSON/, 'France'],
  [
    `run ${capital} --input DIR/inputs.json`,
    4,
    /holds an array\. --input takes a JSON object, as in \{"prompt"/,
  ],
  ['validate - -', 2, /can be read only once: give '-' once/],
  // Images
  [`run ${image} --set photo=red.png`, 4, /expected an image\. Write =@red\.png for that of a file/],
  [
    `run ${image} --set photo=https://example.com/a.png`,
    4,
    /nothing is fetched\. Download it, and write =@photo\.png/,
  ],
  [
    `run ${image} --set photo=@https://example.com/a.png`,
    3,
    /Download the image, and write --set prompt\.photo=@photo\.png/,
  ],
  [
    `run ${image} --input DIR/image.json`,
    4,
    /Give an image with --set photo=@photo\.png; in JSON it is \{ "type": "image"/,
  ],
  [`run ${image} --set photo=@DIR/hello.yaml`, 3, /is not an image|no image|not .*image/i],
  // Files and folders
  ['run none.yaml', 3, /none\.yaml: The file cannot be read/],
  ['run DIR', 3, /'.*' is a folder\. Give one of the pipeline files in it: '.*hello\.yaml'/],
  ['draw DIR/empty', 3, /is a folder\. Give a pipeline file/],
  ['validate DIR/empty', 3, /has no pipeline files in it, whose names end in \.yaml or \.yml/],
  // Options and their values
  ['run DIR/hello.yaml --include promt', 2, /Components: 'prompt' and 'again'\. Did you mean 'prompt'\?/],
  ['run DIR/hello.yaml --include prompt.text', 2, /'prompt' has no output 'text'\. Its outputs: 'prompt'/],
  ['run DIR/hello.yaml --model a.gguf', 2, /no component of the pipeline has a model/],
  [
    `run ${capital} --model prompt=a.gguf`,
    2,
    /'prompt' is not a component with a model\. Components with a model: 'llm'/,
  ],
  [`run ${capital} --model Qwen/Qwen3-0.6B-GGUF`, 2, /write 'hf:Qwen\/Qwen3-0\.6B-GGUF:Q4_K_M'/],
  [`run ${capital} --model Qwen/Qwen3-0.6B-GGUF:Q8_0`, 2, /write 'hf:Qwen\/Qwen3-0\.6B-GGUF:Q8_0'/],
  [`run ${capital} --model llm=`, 2, /Write --model model\.gguf, or --model llm=model\.gguf/],
  [`run ${capital} --timeout 1m`, 2, /--timeout takes a number of seconds/],
  [`run ${capital} --draw a.png`, 2, /--draw takes a file that ends in '\.txt'/],
  [`draw ${capital} --format pdf`, 2, /--format is one of 'text', 'mermaid' and 'svg'/],
  [`run ${capital} --snapshoot a.json`, 2, /Did you mean --snapshot\?/],
  [`validate ${capital} --strict`, 2, /'millrace validate --help' has its arguments and options/],
  // Packages
  [`validate ${toolLoop}`, 3, /come with --package, as in --package \.\/tools\.js/],
  [
    'components --package DIR/tools.js',
    2,
    /exports no component package\. Its exports: 'nothing'\. Export what componentPackage/,
  ],
  ['components --package DIR/tools', 3, /There is no file '.*tools'\. There is '\.\/.*tools\.js'/],
  [
    'components --package DIR/common',
    3,
    /is a folder\. Give a file in it\. There is|is a folder\. Give a file in it\./,
  ],
  [
    'components --package no-such-package',
    3,
    /Give the path of an ES module, such as \.\/tools\.js, or the name of a package/,
  ],
  ['components --package DIR/package.json', 3, /It is JSON, not a module\. Give the JavaScript file/],
  ['components --package DIR/hello.yaml', 3, /It is a pipeline file, which is given without --package/],
  ['components --package DIR/throws.mjs', 3, /cannot be loaded: no luck\./],
  // Types of components
  ['components PromptBulder', 2, /Did you mean 'PromptBuilder'\? 'millrace components' lists all/],
  ['components Prompt', 2, /Did you mean 'PromptBuilder' or 'ChatPromptBuilder'\?/],
  ['components Foo', 2, /There is no component type 'Foo'\. Types: 'PromptBuilder', /],
  [
    `components add --package ${join(root, 'pipelines/tools.js')}`,
    2,
    /'add' is a tool of .*, not a component type/,
  ],
]

test.each(rows)('millrace %s', async (line, exitCode, message, stdin = '') => {
  await inTemporaryFolder(async (dir) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(dir, name, '..'), { recursive: true })
      writeFileSync(join(dir, name), content)
    }
    const args = line.split(' ').map((arg) => arg.replace('DIR', dir))
    const { code, stdout, stderr } = await cli(args, new FakeTerminal({ stdin }))
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect(stderr).toMatch(message)
    // Nothing here is a fault of the program, and nobody is shown one of its stacks.
    expect(stderr).not.toMatch(/Unexpected error|\n {4}at /)
  })
})

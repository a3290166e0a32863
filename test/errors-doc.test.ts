// docs/errors.md is the error tables in prose. After a change: UPDATE_DOCS=1 corepack pnpm test:unit test/errors-doc
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { componentsErrorCodes } from '@millrace/components'
import { errorCodes } from '@millrace/core/component'
import { llamaCppErrorCodes } from '@millrace/llama-cpp'
import { mcpErrorCodes } from '@millrace/mcp'
import { openAIErrorCodes } from '@millrace/openai'
import { serveErrorCodes } from '@millrace/serve'
import { cliErrorCodes } from 'millrace'
import { read, root } from './workspace.ts'

const introduction = `# Errors

Every error that Millrace throws on purpose is a \`MillraceError\` with a stable \`code\`. The classes say when it
happened, so that a caller can react by the moment; the code says what; the message says which names were involved, what
was possible and what to do. Messages may change, codes do not.

| class | moment |
| --- | --- |
| \`DataError\` | a message, image, chunk or document could not be made or read |
| \`ToolError\` | a tool could not be made or called |
| \`DefinitionError\` | while a pipeline, component or registry is put together |
| \`OptionError\` | an option of a pipeline, a run, a drawing or the loader was refused, before anything happened |
| \`LoadError\` | while a pipeline file is loaded; \`problems\` has everything that is wrong, with line and column |
| \`InputError\` | the inputs of a run were refused; nothing has run and nothing was loaded |
| \`RunError\` | during a run; \`component\`, \`type\`, \`visit\` and \`cause\` say where and why |
| \`ComponentsError\` | of \`@millrace/components\` |
| \`CliError\` | of the command line |
| \`LlamaCppError\` | of \`@millrace/llama-cpp\`; as the \`cause\` of a RunError when it happens in a pipeline |
| \`McpError\` | of \`@millrace/mcp\`; as the \`cause\` of a ToolError when a call fails |
| \`OpenAIError\` | of \`@millrace/openai\`, in the same way |
| \`ServeError\` | of \`@millrace/serve\`: a server could not start, or a request is answered with it |

An abort is none of these: the reason of the signal is rethrown untouched.

The tables in \`errors.ts\` of each package are the source of this page; a test keeps them equal.
`

function section(title: string, codes: Readonly<Record<string, string>>): string {
  const entries = Object.entries(codes).map(([code, meaning]) => `### ${code}\n\n${meaning}\n`)
  return `## ${title}\n\n${entries.join('\n')}`
}

test('docs/errors.md says what the error tables say', () => {
  const page = [
    introduction,
    section('@millrace/core', errorCodes),
    section('@millrace/components', componentsErrorCodes),
    section('@millrace/llama-cpp', llamaCppErrorCodes),
    section('@millrace/mcp', mcpErrorCodes),
    section('@millrace/openai', openAIErrorCodes),
    section('@millrace/serve', serveErrorCodes),
    section('millrace, the command line', cliErrorCodes),
  ].join('\n')
  if (process.env['UPDATE_DOCS']) writeFileSync(join(root, 'docs/errors.md'), page)
  expect(read('docs/errors.md')).toBe(page)
})

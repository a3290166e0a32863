import { randomUUID } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { t } from '@millrace/core'
import { checkValue, messageOf } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { makeFolder } from '../make-folder.ts'
import { readRegularFile } from '../regular-file.ts'
import type { RecordedAnswer } from './recorded-answer.ts'
import type { RecordedRequest } from './recorded-request.ts'

/** A file of a recording: one request, and what it was answered, one time after the other. */
export interface Recording extends RecordedRequest {
  readonly version: 1
  readonly answers: readonly RecordedAnswer[]
}

const piece = t.union(
  t.string(),
  t.object({
    kind: t.literal('text', 'reasoning'),
    text: t.string(),
    logprobs: t.optional(t.array(t.unknown())),
  }),
  t.object({
    kind: t.literal('toolCall'),
    index: t.integer({ minimum: 0, maximum: 1000 }),
    id: t.optional(t.string()),
    name: t.optional(t.string()),
    arguments: t.string(),
  }),
)
const error = t.object({
  error: t.object({ code: t.string(), message: t.string(), details: t.record(t.unknown()) }),
})
const generation = t.object({
  result: t.object({
    pieces: t.array(piece),
    text: t.optional(t.string()),
    reasoning: t.optional(t.string()),
    toolCalls: t.optional(t.array(t.object({ id: t.string(), name: t.string(), arguments: t.string() }))),
    logprobs: t.optional(t.array(t.unknown())),
    promptLogprobs: t.optional(t.array(t.unknown())),
    finishReason: t.literal('stop', 'length', 'toolCalls', 'aborted'),
    promptTokens: t.integer(),
    completionTokens: t.integer(),
  }),
})
const other = t.object({ result: t.unknown() })

/** The shape of a file whose answers are checked one by one: that names the place of what is wrong in them. */
const file = t.object({
  version: t.literal(1),
  kind: t.literal('open', 'chat', 'complete', 'countTokens', 'tokenize', 'embed', 'rank'),
  model: t.string(),
  options: t.record(t.unknown()),
  request: t.record(t.unknown()),
  answers: t.array(t.record(t.unknown()), { minItems: 1 }),
})

/** Undefined where there is no such file. @throws LlamaCppError `RECORDING_INVALID` */
export async function readRecording(path: string): Promise<Recording | undefined> {
  let text: string
  try {
    text = await readRegularFile(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw invalid(path, `cannot be read: ${messageOf(cause)}`, cause)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(path, `is not JSON: ${messageOf(cause)}`, cause)
  }
  const problem = problemOf(value)
  if (problem !== undefined) throw invalid(path, problem)
  return value as Recording
}

function problemOf(value: unknown): string | undefined {
  const [wrong] = checkValue(file, value)
  if (wrong) return `is not a recording: ${wrong.message}`
  const { kind, answers } = value as Recording
  const shape = kind === 'chat' || kind === 'complete' ? generation : other
  for (const [index, answer] of answers.entries()) {
    const [found] = checkValue('error' in answer ? error : shape, answer)
    if (found) return `is not a recording: in answers[${index}], ${found.message}`
  }
  return undefined
}

export function invalid(path: string, problem: string, cause?: unknown): LlamaCppError {
  return new LlamaCppError(
    'RECORDING_INVALID',
    `'${path}' ${problem.replace(/\.$/, '')}. Delete the file and record it again.`,
    {
      path,
      ...(cause === undefined ? {} : { cause }),
    },
  )
}

/** Writes a file as a whole: whoever reads it meanwhile gets the one before. */
export async function writeRecording(
  path: string,
  { kind, model, options, request }: RecordedRequest,
  answers: readonly RecordedAnswer[],
): Promise<void> {
  const recording: Recording = { version: 1, kind, model, options, request, answers }
  await makeFolder(dirname(path))
  const partial = `${path}.${randomUUID()}.part`
  await writeFile(partial, `${lines(recording)}\n`)
  await rename(partial, path)
}

/** Indented JSON, with lists of numbers on one line: a vector has a thousand of them. */
function lines(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/\[(?:\s+-?[\d.][\d.eE+-]*,?)+\s+\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  )
}

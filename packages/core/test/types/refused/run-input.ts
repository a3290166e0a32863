import { Pipeline } from '@millrace/core'
import { Model, Prompt } from '../parts.ts'

const pipeline = new Pipeline({ prompt: new Prompt(), llm: new Model() })

export const runs = [pipeline.run({ prompt: { country: 1 } }), pipeline.run({ prompt: { contry: 'France' } })]

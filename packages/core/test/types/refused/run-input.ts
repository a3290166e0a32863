import { makePipeline } from '../parts.ts'

export const runs = [
  makePipeline().run({ prompt: { country: 1 } }),
  makePipeline().run({ prompt: { contry: 'France' } }),
]

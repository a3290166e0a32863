import { makePipeline } from '../parts.ts'

makePipeline().connect('promt.prompt', 'llm.messages')

import { StreamingChunk } from '../data/streaming-chunk.ts'
import type { RunContext } from './run-context.ts'

/** The least time between two chunks, in milliseconds: more than ten in a second tell nobody more. */
const PACE = 100

/** Tells a run how far a list of documents is: with the first of them, then at most ten times a second, and with the last. */
export function documentProgress(context: RunContext): (done: number, total: number) => void {
  let told = Number.NEGATIVE_INFINITY
  return (doneDocuments, totalDocuments) => {
    const now = performance.now()
    if (doneDocuments < totalDocuments && now - told < PACE) return
    told = now
    const meta = { progress: { doneDocuments, totalDocuments } }
    context.emit(StreamingChunk.create({ component: context.component, meta }))
  }
}

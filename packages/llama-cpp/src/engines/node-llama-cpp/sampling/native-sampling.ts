import type * as Binding from 'node-llama-cpp'

/** What lies under a context of the binding; not part of its interface. */
export interface NativeContext {
  decodeBatch(...given: unknown[]): Promise<unknown>
  sampleToken(...given: unknown[]): Promise<unknown>
}

/** What the native sampling says where it could not choose a token. */
const NO_TOKEN = -1

/**
 * Makes the native sampling safe for several slots, which nothing in the interface of the binding can do.
 *
 * - The first sampling behind a batch is over before the others begin. llama.cpp may compute the tokens of a batch in
 *   another order than they came in, and then puts their logits right when they are first asked for. The binding samples
 *   for all slots of a batch at once, each in a thread of its own, so that two of them put them right together, and slots
 *   answer each other's prompts (seen in one of twenty runs of three requests at once).
 * - One that fails gives no token, which ends its request with an error. The binding would lose the failure: that request
 *   and all later ones would wait without an end, and the rejection that nobody handles would end the process.
 */
export function guardSampling(context: Binding.LlamaContext): void {
  const native = (context as unknown as { readonly _ctx?: Partial<NativeContext> })._ctx
  const { decodeBatch, sampleToken } = native ?? {}
  // A later version may look different inside; the tests say whether it still needs this.
  if (!native || !decodeBatch || !sampleToken) return
  const sample = (given: unknown[]) =>
    sampleToken.apply(native, given).catch(() => {
      const [, , ...withProbabilities] = given
      return withProbabilities.length > 0 ? [NO_TOKEN] : NO_TOKEN
    })
  let first: Promise<unknown> | undefined
  const guarded: NativeContext = {
    decodeBatch: (...given) => {
      first = undefined
      return decodeBatch.apply(native, given)
    },
    sampleToken: (...given) => {
      if (first) return first.then(() => sample(given))
      first = sample(given)
      return first
    },
  }
  // What the binding defined cannot be assigned to.
  for (const [name, value] of Object.entries(guarded)) Object.defineProperty(native, name, { value })
}

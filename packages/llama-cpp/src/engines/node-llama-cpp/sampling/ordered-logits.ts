import type * as Binding from 'node-llama-cpp'

/** What lies under a context of the binding; not part of its interface. */
export interface NativeContext {
  decodeBatch(...given: unknown[]): Promise<unknown>
  sampleToken(...given: unknown[]): Promise<unknown>
}

/**
 * Lets the first sampling behind a batch be over before the others begin.
 *
 * llama.cpp may compute the tokens of a batch in another order than they came in, and then puts their logits right when
 * they are first asked for. The binding samples for all slots of a batch at once, each in a thread of its own, so that
 * two of them put them right together, and slots answer each other's prompts (seen with 3.21.1, in one of twenty runs
 * of three requests at once). Nothing in its interface can prevent that; the first of them alone does no harm.
 */
export function orderLogits(context: Binding.LlamaContext): void {
  const native = (context as unknown as { readonly _ctx?: Partial<NativeContext> })._ctx
  const { decodeBatch, sampleToken } = native ?? {}
  // A later version may look different inside; the tests say whether it still needs this.
  if (!native || !decodeBatch || !sampleToken) return
  let first: Promise<unknown> | undefined
  const ordered: NativeContext = {
    decodeBatch: (...given) => {
      first = undefined
      return decodeBatch.apply(native, given)
    },
    sampleToken: (...given) => {
      if (first) return first.then(() => sampleToken.apply(native, given))
      const sampling = sampleToken.apply(native, given)
      first = sampling.catch(() => undefined)
      return sampling
    },
  }
  // What the binding defined cannot be assigned to.
  for (const [name, value] of Object.entries(ordered)) Object.defineProperty(native, name, { value })
}

import type { cacheTypes } from '../options/options.ts'

/** What decides how much memory a load and its context take. The specs of the engines are such plans. */
export interface WeightsPlan {
  readonly nGpuLayers: number
  readonly useMmap: boolean
  readonly useMlock: boolean
  readonly kvOverrides: Readonly<Record<string, string | number | boolean>>
}

export interface ContextPlan {
  /** Tokens per slot; 0 for what the model was trained with. */
  readonly nCtx: number
  readonly nBatch: number
  readonly slots: number
  readonly flashAttn: boolean
  readonly nUbatch?: number | undefined
  readonly swaFull?: boolean | undefined
  readonly typeK?: keyof typeof cacheTypes | undefined
  readonly typeV?: keyof typeof cacheTypes | undefined
}

import type { Usage } from './usage.ts'

/** A run in one line: `0.61 s to load, 0.05 s to run: 21 tokens in (3 cached), 9 out, 812 tokens/s`. */
export function summaryLine(loadMs: number, runMs: number, usage: Usage | undefined): string {
  const times = `${duration(loadMs)} to load, ${duration(runMs)} to run`
  return usage === undefined ? times : `${times}: ${usageText(usage)}`
}

/** `21 tokens in (3 cached), 9 out, 812 tokens/s` */
export function usageText(usage: Usage): string {
  const { promptTokens, completionTokens, cachedTokens, tokensPerSecond } = usage
  const cached = cachedTokens > 0 ? ` (${cachedTokens} cached)` : ''
  const speed = tokensPerSecond === undefined ? '' : `, ${shortNumber(tokensPerSecond)} tokens/s`
  const unit = promptTokens === 1 ? 'token' : 'tokens'
  return `${promptTokens} ${unit} in${cached}, ${completionTokens} out${speed}`
}

function duration(milliseconds: number): string {
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function shortNumber(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1)
}

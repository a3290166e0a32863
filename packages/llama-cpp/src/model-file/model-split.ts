const splitEnd = /-(\d{5})-of-(\d{5})\.gguf$/i

/**
 * The names of all the files of a model that was split, as in `model-00001-of-00003.gguf`, in their order.
 * llama.cpp is given the first and finds the others beside it. A model in one file is its own only part.
 *
 * @param name the name, path or URL of any of the parts
 */
export function splitParts(name: string): readonly [string, ...string[]] {
  const match = splitEnd.exec(name)
  const count = Number(match?.[2])
  if (match === null || count < 1 || Number(match[1]) < 1 || Number(match[1]) > count) return [name]
  const part = (index: number) =>
    `${name.slice(0, match.index)}-${String(index).padStart(5, '0')}${name.slice(match.index + 6)}`
  return [part(1), ...Array.from({ length: count - 1 }, (_, index) => part(index + 2))]
}

/** The name of a model without the number of its part and without `.gguf`: equal for all parts of one model. */
export function modelStem(name: string): string {
  return name.replace(splitEnd, '').replace(/\.gguf$/i, '')
}

/** With `/v1` in front and without: clients are given either as the base of their addresses. */
export function onBothPaths(...paths: readonly string[]): string[] {
  return paths.flatMap((path) => [`/v1${path}`, path])
}

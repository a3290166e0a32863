/** The keys that have a value; made to be spread, so that an absent option leaves no `undefined` behind. */
export function defined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const present: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {}
  for (const key of Object.keys(fields) as (keyof Fields)[]) {
    if (fields[key] !== undefined) present[key] = fields[key] as Exclude<Fields[typeof key], undefined>
  }
  return present
}

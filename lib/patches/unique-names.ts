// Two names that differ in nothing but a secret are still two files. Pure.

/** The same names, each later one of several that are the same with a number behind it that nothing else has. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return names.map((name) => {
    let count = counts.get(name) ?? 1;
    let candidate = name;
    while (taken.has(candidate)) candidate = `${name} (${++count})`;
    counts.set(name, count);
    taken.add(candidate);
    return candidate;
  });
}

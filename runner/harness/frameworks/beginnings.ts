// Which texts begin with another, of very many: sorted once, each question is a search. Pure.

/** A question of each beginning: whether one of the texts has it. */
export function beginningsOf(texts: Iterable<string>): (beginning: string) => boolean {
  // By code units, as `<` compares: what begins alike lies together, and the first of it is the first that is not less.
  const sorted = [...new Set(texts)].toSorted();
  return (beginning) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? "") < beginning) low = middle + 1;
      else high = middle;
    }
    return sorted[low]?.startsWith(beginning) ?? false;
  };
}

/** The same of their ends. */
export function endingsOf(texts: Iterable<string>): (ending: string) => boolean {
  const begins = beginningsOf([...new Set(texts)].map(reversed));
  return (ending) => begins(reversed(ending));
}

const reversed = (text: string): string => text.split("").reverse().join("");

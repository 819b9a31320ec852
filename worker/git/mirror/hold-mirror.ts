// One writer of a mirror at a time in this process: objects that came in and have no ref yet must not be taken for
// rubbish by whoever removes rubbish.
const lines = new Map<string, Promise<unknown>>();

/** Runs `work` when everybody who asked for this mirror before is done. Not to be nested. */
export async function holdMirror<T>(mirror: string, work: () => Promise<T>): Promise<T> {
  const before = lines.get(mirror) ?? Promise.resolve();
  const mine = before.then(work, work);
  const ended = mine.catch(() => undefined); // told to whoever asked for it; those who wait only wait
  lines.set(mirror, ended);
  try {
    return await mine;
  } finally {
    if (lines.get(mirror) === ended) lines.delete(mirror);
  }
}

/** One after the other, in the order of the calls; a failure is its caller's alone. */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined); // the caller has the same promise and hears of it
    return turn;
  };
}

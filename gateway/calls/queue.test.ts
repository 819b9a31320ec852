import { describe, expect, test } from "vitest";
import { createQueue, type Place, type Turn } from "./queue.ts";

const never = new AbortController().signal;
const place = (pilotId: string, more: Partial<Place> = {}): Place => ({
  providerId: "prv_1",
  pilotId,
  runId: `run_${pilotId}`,
  own: 100,
  ...more,
});

/** Enters, and notes the name when its turn comes. */
function entering(queue: ReturnType<typeof createQueue>) {
  const order: string[] = [];
  const turns: Turn[] = [];
  return {
    order,
    turns,
    enter(name: string, who: Place, signal = never) {
      const turn = queue.enter(who, signal);
      turn
        .then((given) => {
          order.push(name);
          turns.push(given);
        })
        .catch(() => undefined);
      return turn;
    },
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the queue of a provider", () => {
  test("lets so many in at a time, and the next one when one leaves", async () => {
    const { enter, order, turns } = entering(createQueue({ concurrent: 2, waiting: 10 }));
    for (const name of ["a", "b", "c"]) enter(name, place("p"));
    await settled();
    expect(order).toEqual(["a", "b"]);
    turns[0]?.leave();
    turns[0]?.leave();
    await settled();
    expect(order).toEqual(["a", "b", "c"]);
  });

  test("serves pilots in turn: one that asks a hundred times does not keep another waiting", async () => {
    const { enter, order, turns } = entering(createQueue({ concurrent: 1, waiting: 200 }));
    for (let n = 0; n < 100; n++) enter(`big ${n}`, place("big"));
    for (let n = 0; n < 2; n++) enter(`small ${n}`, place("small"));
    for (let n = 0; n < 5; n++) {
      await settled();
      turns.at(-1)?.leave();
    }
    await settled();
    expect(order.slice(0, 5)).toEqual(["big 0", "big 1", "small 0", "big 2", "small 1"]);
  });

  test("holds a run to its own number, and others pass it meanwhile", async () => {
    const { enter, order } = entering(createQueue({ concurrent: 10, waiting: 10 }));
    for (const name of ["a1", "a2"]) enter(name, place("p", { runId: "run_a", own: 1 }));
    enter("b1", place("p", { runId: "run_b", own: 1 }));
    await settled();
    expect(order).toEqual(["a1", "b1"]);
  });

  test("providers do not wait for each other", async () => {
    const { enter, order } = entering(createQueue({ concurrent: 1, waiting: 10 }));
    enter("one", place("p"));
    enter("two", place("p", { providerId: "prv_2" }));
    await settled();
    expect(order).toEqual(["one", "two"]);
  });

  test("says so when it is full, and only then", async () => {
    const queue = createQueue({ concurrent: 1, waiting: 1 });
    const { enter, turns } = entering(queue);
    enter("a", place("p"));
    enter("b", place("p"));
    await expect(queue.enter(place("p"), never)).rejects.toMatchObject({ code: "queue_full", retryAfter: 5 });
    turns[0]?.leave();
    await settled();
    await expect(Promise.race([queue.enter(place("p"), never), settled()])).resolves.toBeUndefined();
  });

  test("forgets who stopped waiting, and gives the reason back", async () => {
    const queue = createQueue({ concurrent: 1, waiting: 1 });
    const { enter, order, turns } = entering(queue);
    enter("a", place("p"));
    const control = new AbortController();
    const waiting = enter("b", place("p"), control.signal);
    control.abort("client_gone");
    await expect(waiting).rejects.toBe("client_gone");
    enter("c", place("p"));
    await settled();
    turns[0]?.leave();
    await settled();
    expect(order).toEqual(["a", "c"]);
    await expect(queue.enter(place("p"), control.signal)).rejects.toBe("client_gone");
  });
});

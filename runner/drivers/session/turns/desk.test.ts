import { describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { conflict } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { createTestInbox } from "#lib/testing/agents/agent-run.ts";
import { fastClock, until } from "#lib/testing/runner/parts.ts";
import type { DriverCapabilities } from "../../port.ts";
import type { SteerEffect, Talk } from "../port.ts";
import { createDesk, type Parking } from "./desk.ts";

function open({
  caps = { steer: "tool_boundary", interrupt: true },
  clock = systemClock,
  steer = async (): Promise<SteerEffect> => "tool_boundary",
}: Partial<{
  caps: Pick<DriverCapabilities, "steer" | "interrupt">;
  clock: typeof systemClock;
  steer: Talk["steer"];
}> = {}) {
  const inbox = createTestInbox();
  const events: NewEvent[] = [];
  const said: string[] = [];
  const interrupted: (Parking | null)[] = [];
  const broken: unknown[] = [];
  const desk = createDesk({
    ...{ inbox, caps, clock },
    record: { prompt: async (_origin, text) => void said.push(text) },
    onAnswer: ({ ask }) => void said.push(`answer ${ask}`),
    onInterrupt: (parking) => void interrupted.push(parking),
    onBroken: (error) => void broken.push(error),
    emit: async (event) => void events.push(event),
  });
  const interrupts: number[] = [];
  const talk: Talk = {
    begin: async () => "",
    turn: () => new Promise(() => undefined),
    steer,
    interrupt: async () => void interrupts.push(1),
  };
  const write = (mode: "now" | "queue" | "interrupt", text: string) =>
    inbox.push({ kind: "message", message: `msg_${text}`, mode, origin: "steer", text });
  return { desk, inbox, events, said, interrupted, interrupts, broken, talk, write };
}

describe("a message", () => {
  test("for now waits for the next turn where none is on", async () => {
    const { desk, write } = open();
    write("now", "a");
    await until(() => desk.hasWaiting());
    expect(desk.takeWaiting()).toMatchObject([{ text: "a", effect: "after_turn" }]);
    expect(desk.hasWaiting()).toBe(false);
  });

  test("for now goes into the turn, and is told after its words", async () => {
    const { desk, talk, write, events, said } = open();
    desk.began(talk);
    write("now", "a");
    await until(() => events.length === 1);
    expect(said).toEqual(["a"]);
    expect(events).toEqual([
      { kind: "message_delivered", body: { message: "msg_a", effect: "tool_boundary" } },
    ]);
  });

  test("that the turn did not take any more begins the next one", async () => {
    const steer = () => Promise.reject(conflict("The turn has ended."));
    const { desk, talk, write, events } = open({ steer });
    const turn = desk.began(talk);
    write("now", "a");
    await until(() => desk.hasWaiting());
    expect(await turn.ended()).toBe(false);
    expect(events).toEqual([]);
  });

  test("to which a program says nothing although its turn has ended begins the next one", async () => {
    const { desk, talk, write } = open({ clock: fastClock(1000), steer: () => new Promise(() => undefined) });
    const turn = desk.began(talk);
    write("now", "a");
    write("queue", "b");
    await until(() => desk.hasWaiting());
    await turn.ended();
    expect(desk.takeWaiting().map(({ text }) => text)).toEqual(["b", "a"]);
  });

  test("waits for the turn's end where the program takes nothing meanwhile", async () => {
    const { desk, talk, write, interrupts } = open({ caps: { steer: "none", interrupt: false } });
    desk.began(talk);
    write("now", "a");
    write("interrupt", "b");
    await until(() => desk.hasWaiting());
    await systemClock.sleep(0);
    expect(desk.takeWaiting().map(({ effect }) => effect)).toEqual(["after_turn", "after_turn"]);
    expect(interrupts).toEqual([]);
  });

  test("that interrupts ends the turn once, however many there are", async () => {
    const { desk, talk, write, interrupts, interrupted } = open();
    const turn = desk.began(talk);
    write("interrupt", "a");
    write("interrupt", "b");
    await until(() => interrupts.length > 0);
    expect(await turn.ended()).toBe(true);
    expect(interrupts).toHaveLength(1);
    expect(interrupted).toEqual([null]);
  });

  test("that nobody took is undeliverable at the end, with the reason", async () => {
    const { desk, write, events } = open();
    write("queue", "a");
    await until(() => desk.hasWaiting());
    await desk.close("The work was done before it came.");
    expect(events).toEqual([
      {
        kind: "message_undeliverable",
        body: { message: "msg_a", reason: "The work was done before it came." },
      },
    ]);
  });

  test("that is asked back before the agent gets it is given back, and the goal is what it was", async () => {
    const { desk, inbox, events } = open();
    const goal = (text: string) =>
      inbox.push({ kind: "message", message: `msg_${text}`, mode: "queue", origin: "goal", text });
    goal("a");
    goal("b");
    inbox.push({ kind: "withdraw", message: "msg_b" });
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ kind: "message_undeliverable", body: { message: "msg_b" } }]);
    expect(desk.goal()).toBe("a");
    expect(desk.takeWaiting().map(({ message }) => message)).toEqual(["msg_a"]);
  });

  test("that is asked back on its way into a turn is not given back, whichever way it goes", async () => {
    const { desk, inbox, talk, write, events } = open();
    write("queue", "a");
    await until(() => desk.hasWaiting());
    desk.takeWaiting();
    desk.began(talk);
    write("interrupt", "b");
    inbox.push({ kind: "withdraw", message: "msg_a" });
    inbox.push({ kind: "withdraw", message: "msg_b" });
    write("queue", "c");
    inbox.push({ kind: "withdraw", message: "msg_c" });
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ body: { message: "msg_c" } }]);
    expect(desk.takeWaiting().map(({ message }) => message)).toEqual(["msg_b"]);
  });

  test("that is asked back while a turn that has ended does not take it is given back, not kept", async () => {
    const late = Promise.withResolvers<SteerEffect>();
    const { desk, inbox, talk, write, events } = open({ steer: () => late.promise });
    desk.began(talk);
    write("now", "a");
    inbox.push({ kind: "withdraw", message: "msg_a" });
    write("queue", "b");
    await until(() => desk.hasWaiting());
    expect(events).toEqual([]);
    late.reject(conflict("The turn has ended."));
    await until(() => events.length === 1);
    expect(events).toMatchObject([{ kind: "message_undeliverable", body: { message: "msg_a" } }]);
    expect(desk.takeWaiting().map(({ message }) => message)).toEqual(["msg_b"]);
  });

  test("is left for the next attempt where the run is only put away", async () => {
    const { desk, write, events } = open();
    write("queue", "a");
    await until(() => desk.hasWaiting());
    await desk.close(null);
    expect(events).toEqual([]);
  });
});

describe("a turn that is asked to end", () => {
  test("and does not is stuck after a while", async () => {
    const { desk, talk, inbox } = open({ clock: fastClock(1000) });
    const { stuck } = desk.began(talk);
    inbox.push({ kind: "pause", why: "pause", reason: "" });
    await stuck;
    expect(desk.parking()).toMatchObject({ why: "pause" });
  });

  test("because the time is nearly over has less patience, and whoever measures is told", async () => {
    const { desk, talk } = open();
    const { stuck } = desk.began(talk);
    desk.park({ why: "time", reason: "", patience: 5 });
    await stuck;
    expect(desk.leaving.aborted).toBe(true);
    desk.park({ why: "pause", reason: "" });
    expect(desk.parking()).toMatchObject({ why: "time" });
  });

  test("by a pause that came before it began is interrupted at once", async () => {
    const { desk, talk, inbox, interrupts } = open();
    inbox.push({ kind: "pause", why: "ask", reason: "" });
    expect(await desk.parkingWithin(10_000)).toMatchObject({ why: "ask" });
    desk.began(talk);
    expect(interrupts).toHaveLength(1);
  });
});

test("an inbox that breaks is told", async () => {
  const broken: unknown[] = [];
  const next = () => Promise.reject(new Error("There is no way to the plane."));
  const inbox = { [Symbol.asyncIterator]: () => ({ next }) };
  createDesk({
    ...{ inbox, caps: { steer: "none", interrupt: false }, clock: systemClock },
    record: { prompt: async () => undefined },
    onAnswer: () => undefined,
    onInterrupt: () => undefined,
    onBroken: (error) => void broken.push(error),
    emit: async () => undefined,
  });
  await until(() => broken.length === 1);
});

describe("who waits for one message before the first turn", () => {
  test("goes on as soon as it is there, and takes it into that turn with what came before it", async () => {
    const { desk, write } = open();
    const arrived = desk.arrived("msg_b", 60_000);
    write("queue", "a");
    write("queue", "b");
    await arrived;
    expect(desk.takeWaiting().map(({ text }) => text)).toEqual(["a", "b"]);
  });

  test("goes on without it after its time, and where the run is to be left", async () => {
    const { desk } = open({ clock: fastClock(10_000) });
    await desk.arrived("msg_never", 60_000);
    expect(desk.hasWaiting()).toBe(false);
    const other = open();
    const arrived = other.desk.arrived("msg_never", 60_000);
    other.inbox.push({ kind: "pause", why: "pause", reason: "" });
    await arrived;
    expect(other.desk.parking()).toMatchObject({ why: "pause" });
  });
});

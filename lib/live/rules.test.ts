import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frame, HEARTBEAT, opening, resumeAfter } from "./rules.ts";

/** The standard's own algorithm, as browsers run it. */
function parse(text: string): { id: string; event: string; data: string }[] {
  const events: { id: string; event: string; data: string }[] = [];
  let id = "";
  let event = "";
  let data: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === "") {
      if (data.length > 0) events.push({ id, event, data: data.join("\n") });
      event = "";
      data = [];
      continue;
    }
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/su.exec(line) ?? [];
    if (field === "data") data.push(value);
    else if (field === "id") id = value;
    else if (field === "event") event = value;
  }
  return events;
}

describe("a frame", () => {
  test("is number, name and one line of data", () => {
    expect(frame({ id: 7, event: "run_event", data: { a: 1 } })).toBe(
      'id: 7\nevent: run_event\ndata: {"a":1}\n\n',
    );
    expect(frame({ data: null })).toBe("data: null\n\n");
  });

  test.each([
    "x\n\nid: 999\ndata: forged\n\n",
    "x\r\rid: 999\rdata: forged\r\r",
    "x\u2028\u2029id: 999",
    "\u0000\ufeffdata: forged",
    ": comment",
  ])("probe: %j stays inside its data", (text) => {
    const [event, ...rest] = parse(frame({ id: 1, data: { text } }));
    expect(rest).toEqual([]);
    expect(event).toMatchObject({ id: "1", data: JSON.stringify({ text }) });
    expect(JSON.parse(event?.data ?? "")).toEqual({ text });
  });

  test("probe: whatever an agent writes, a browser reads exactly the frames that were sent", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
        const sent = texts.map((text, index) => frame({ id: index + 1, data: { text } }));
        const received = parse(`${opening(1000)}${sent.join(HEARTBEAT)}`);
        expect(received.map(({ data }) => JSON.parse(data).text)).toEqual(texts);
        expect(received.map(({ id }) => Number(id))).toEqual(texts.map((_, index) => index + 1));
      }),
    );
  });

  test("probe: the name of an event is ours", () => {
    expect(() => frame({ event: "a\ndata: x", data: 1 })).toThrow("not a name");
  });
});

test("a browser goes on after the number it names; anything else starts over", () => {
  expect(resumeAfter("41")).toBe(41);
  for (const odd of [null, undefined, "", "-1", "1e3", " 1", "99999999999", "1\n2"])
    expect(resumeAfter(odd)).toBe(0);
});

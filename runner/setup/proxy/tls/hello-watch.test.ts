import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  extension,
  helloMessage,
  helloTo,
  recordOf,
  recordsOf,
  serverHello,
  serverName,
} from "#lib/testing/setup/client-hello.ts";
import { HelloRefused, watchHello } from "./hello-watch.ts";

const HOST = "registry.example.org";
const hello = helloMessage([serverName(HOST)]);
const CCS = recordOf(20, Buffer.from([1]));
const NOTHING = Buffer.alloc(0);
const data = (text: string) => recordOf(23, Buffer.from(text));

/** Cuts bytes at these places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((one, other) => one - other);
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length));
}

/** What went on of bytes that came in these pieces, and what they were refused for. */
function passed(bytes: Buffer, cuts: readonly number[] = [], answer: Buffer | null = null) {
  const watch = watchHello(HOST);
  if (answer) watch.fromServer(answer);
  const out: Buffer[] = [];
  try {
    for (const piece of pieces(bytes, cuts)) out.push(watch.fromClient(piece));
  } catch (error) {
    if (!(error instanceof HelloRefused)) throw error;
    return { out: Buffer.concat(out), why: error.message, named: error.named };
  }
  return { out: Buffer.concat(out), why: null, named: null };
}

const cuts = fc.array(fc.nat(2000), { maxLength: 12 });
const lengths = fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 10 });

describe("a tunnel whose hello names the host it was asked for", () => {
  test("goes on byte for byte, however it is cut into records and pieces", () => {
    fc.assert(
      fc.property(lengths, cuts, fc.uint8Array({ maxLength: 500 }), (records, at, rest) => {
        const bytes = Buffer.concat([recordsOf(hello, records), CCS, data("x"), recordOf(23, rest)]);
        expect(passed(bytes, at)).toEqual({ out: bytes, why: null, named: null });
      }),
    );
  });

  test("keeps everything back until the hello is whole", () => {
    const bytes = recordsOf(hello, [10, 20]);
    const watch = watchHello(HOST);
    expect(watch.fromClient(bytes.subarray(0, -1))).toHaveLength(0);
    expect(watch.fromClient(bytes.subarray(-1))).toEqual(bytes);
  });

  test("says after it what it likes once it was answered, also what looks like a hello and is not", () => {
    const tail = Buffer.concat([
      recordOf(22, Buffer.from([16, 0, 0, 1, 0])),
      CCS,
      recordOf(22, helloTo("evil.example")),
    ]);
    fc.assert(
      fc.property(cuts, (at) => {
        const watch = watchHello(HOST);
        const first = watch.fromClient(recordsOf(hello));
        watch.fromServer(serverHello(false));
        const rest = pieces(tail, at).map((piece) => watch.fromClient(piece));
        expect(Buffer.concat([first, ...rest])).toEqual(Buffer.concat([recordsOf(hello), tail]));
      }),
    );
  });

  test("says a second hello where the server asks for one, in whatever pieces the server's answer comes", () => {
    fc.assert(
      fc.property(cuts, cuts, lengths, (ofServer, at, records) => {
        const watch = watchHello(HOST);
        watch.fromClient(recordsOf(hello));
        for (const piece of pieces(serverHello(true), ofServer)) watch.fromServer(piece);
        const second = Buffer.concat([data("early"), CCS, recordsOf(hello, records), data("late")]);
        expect(Buffer.concat(pieces(second, at).map((piece) => watch.fromClient(piece)))).toEqual(second);
      }),
    );
  });
});

describe("probe: nothing goes on", () => {
  test("of a tunnel that names another host, however it is cut; the other one is told", () => {
    const other = helloMessage([serverName("evil.example")]);
    fc.assert(
      fc.property(lengths, cuts, (records, at) => {
        const { out, why, named } = passed(recordsOf(other, records), at);
        expect([out.length, named]).toEqual([0, "evil.example"]);
        expect(why).toContain(HOST);
      }),
    );
  });

  test.each([
    ["a tunnel that names no host", recordsOf(helloMessage([])), "names no host"],
    [
      "a name that is hidden",
      recordsOf(helloMessage([serverName(HOST), extension(0xfe0d, Buffer.from([0]))])),
      "ECH",
    ],
    ["HTTP", Buffer.from(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`), "not TLS"],
    ["SSH", Buffer.from("SSH-2.0-OpenSSH_9.9\r\n"), "not TLS"],
    ["a hello of SSL 2", Buffer.from([0x80, 0x2e, 1, 3, 1, 0, 0x15]), "not TLS"],
    ["an empty record", Buffer.from([22, 3, 1, 0, 0]), "not TLS"],
    ["a record that is too long", Buffer.from([22, 3, 1, 0xff, 0xff]), "not TLS"],
    ["another version of records", Buffer.from([22, 2, 0, 0, 9]), "not TLS"],
    ["application data", data("hello"), "not TLS"],
    ["a hello in too many records", recordsOf(hello, Array(60).fill(1)), "too many pieces"],
    [
      "a hello of any length",
      recordsOf(Buffer.concat([Buffer.from([1, 0, 0x7f, 0xff]), Buffer.alloc(20_000)])),
      "not TLS",
    ],
    [
      "a hello beyond the most",
      recordsOf(Buffer.concat([Buffer.from([1, 0, 0x7f, 0xff]), Buffer.alloc(9000)])),
      "too long",
    ],
    [
      "something after the hello, in its record",
      recordsOf(Buffer.concat([hello, hello])),
      "follows its hello",
    ],
  ])("of %s", (_what, bytes, sentence) => {
    const { out, why } = passed(bytes);
    expect(out).toHaveLength(0);
    expect(why).toContain(sentence);
  });

  test("of a second hello that names another host", () => {
    const watch = watchHello(HOST);
    watch.fromClient(recordsOf(hello));
    watch.fromServer(serverHello(true));
    expect(watch.fromClient(CCS)).toEqual(CCS);
    expect(() => watch.fromClient(helloTo("evil.example"))).toThrow("is for this host instead");
  });

  test.each([
    ["an alert that servers pass over", recordOf(21, Buffer.from([1, 90])), CCS, "is for this host instead"],
    ["a kind of record that TLS has no use for there", recordOf(24, Buffer.from([0])), NOTHING, "not TLS"],
  ])(
    "of a second hello to another host, whatever stands before it: %s",
    (_what, before, goesOn, sentence) => {
      fc.assert(
        fc.property(cuts, fc.boolean(), (at, isAnsweredFirst) => {
          const watch = watchHello(HOST);
          watch.fromClient(recordsOf(hello));
          if (isAnsweredFirst) watch.fromServer(serverHello(true));
          const all = pieces(Buffer.concat([before, goesOn]), at);
          expect(() => {
            const passed = Buffer.concat(all.map((piece) => watch.fromClient(piece)));
            watch.fromServer(serverHello(true));
            expect(passed).toEqual(Buffer.concat([before, goesOn]));
            watch.fromClient(helloTo("evil.example"));
          }).toThrow(sentence);
        }),
      );
    },
  );

  test("of a second hello that nobody asked for yet: it would be read after the answer", () => {
    const watch = watchHello(HOST);
    watch.fromClient(recordsOf(hello));
    expect(() => watch.fromClient(helloTo("evil.example"))).toThrow("before it was answered");
  });

  test("beyond the right name of any bytes: what is passed on begins with a hello to the host, or is nothing", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        cuts,
        (bytes, at) => passed(Buffer.from(bytes), at).out.length === 0,
      ),
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extension, helloMessage, serverName } from "#lib/testing/setup/client-hello.ts";
import { MOST_HELLO_BYTES, readClientHello } from "./client-hello.ts";

const NAME = "registry.example.org";
const why = (bytes: Buffer): string => {
  const said = readClientHello(bytes);
  return said.kind === "unreadable" ? said.why : said.kind;
};

/** Every byte of a hello that nobody has to look at. */
const others = fc.array(fc.tuple(fc.integer({ min: 1, max: 0xffff }), fc.uint8Array({ maxLength: 300 })), {
  maxLength: 8,
});

describe("a client's hello", () => {
  test("names its host, in small letters, wherever among its extensions that stands", () => {
    fc.assert(
      fc.property(others, fc.nat(8), fc.integer({ min: 0, max: 32 }), (some, at, session) => {
        const byType = new Map(some.filter(([type]) => type !== 0xfe0d));
        const all = [...byType].map(([type, content]) => extension(type, content));
        all.splice(at, 0, serverName("Registry.EXAMPLE.org"));
        expect(readClientHello(helloMessage(all, { session }))).toEqual({
          kind: "hello",
          name: NAME,
          isHidden: false,
        });
      }),
    );
  });

  test("that names none says so, with extensions and without", () => {
    const none = { kind: "hello", name: null, isHidden: false };
    expect(readClientHello(helloMessage([]))).toEqual(none);
    expect(readClientHello(helloMessage(null))).toEqual(none);
  });

  test("that holds another one, encrypted, says so", () => {
    const ech = extension(0xfe0d, Buffer.from([0, 1, 2]));
    expect(readClientHello(helloMessage([serverName(NAME), ech]))).toMatchObject({
      name: NAME,
      isHidden: true,
    });
  });

  test("is not whole before its last byte", () => {
    const hello = helloMessage([serverName(NAME)]);
    for (let length = 0; length < hello.length; length++)
      expect(readClientHello(hello.subarray(0, length))).toEqual({ kind: "more" });
  });
});

describe("probe: a hello that can be read in two ways, or not at all, is not read:", () => {
  const twice = extension(0, Buffer.from([0, 0]));
  const name = serverName(NAME);
  test.each([
    ["two names", helloMessage([serverName(NAME, "evil.example")]), "the name it gives is none"],
    ["two lists of names", helloMessage([name, serverName("evil.example")]), "it says one thing twice"],
    ["an empty list", helloMessage([twice]), "a length in its hello is not true"],
    ["an empty name", helloMessage([serverName("")]), "the name it gives is none"],
    [
      "a name with a zero in it",
      helloMessage([serverName(`${NAME}\0.evil.example`)]),
      "the name it gives is none",
    ],
    ["a name with a dot at its end", helloMessage([serverName(`${NAME}.`)]), "the name it gives is none"],
    [
      "a name of another kind",
      helloMessage([extension(0, Buffer.from([0, 4, 1, 0, 1, 97]))]),
      "the name it gives is none",
    ],
    [
      "bytes after the list",
      helloMessage([extension(0, Buffer.concat([name.subarray(4), Buffer.from("x")]))]),
      "the name it gives is none",
    ],
    [
      "bytes after the message",
      Buffer.concat([helloMessage([name]), Buffer.from([0])]),
      "something follows its hello",
    ],
    ["another message", Buffer.from([2, 0, 0, 0]), "it does not begin with a client's hello"],
    ["a session that is too long", helloMessage([name], { session: 40 }), "its hello is none"],
    ["a length beyond any hello", Buffer.from([1, 0xff, 0xff, 0xff]), "its hello is too long"],
  ])("%s", (_what, bytes, sentence) => {
    expect(why(bytes)).toBe(sentence);
  });

  test("a length anywhere in it that is not true", () => {
    const hello = helloMessage([serverName(NAME)]);
    fc.assert(
      fc.property(
        fc.integer({ min: 38, max: hello.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const changed = Buffer.from(hello);
          changed[at] = ((changed[at] ?? 0) + change) & 255;
          const said = readClientHello(changed);
          return (
            said.kind !== "more" &&
            (said.kind !== "hello" || said.name === null || said.name.length === NAME.length)
          );
        },
      ),
    );
  });

  test("whatever bytes there are, they end in an answer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const framed = Buffer.concat([Buffer.from([1, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
        return (
          ["unreadable", "hello"].includes(readClientHello(framed).kind) &&
          readClientHello(Buffer.from(bytes)) !== null
        );
      }),
    );
    expect(MOST_HELLO_BYTES).toBeLessThanOrEqual(64 * 1024);
  });
});

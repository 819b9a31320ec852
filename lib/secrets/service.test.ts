import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Planted, plantedSecret } from "#lib/testing/planted-secrets.ts";
import { masked } from "./rules.ts";
import { findSecrets, maskPieces, maskSecrets, maskTexts } from "./service.ts";

const token = (kind = "ghp_") => `${kind}${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
/** Text around a secret, ending in something a token cannot begin after. */
const around = fc.string({ unit: fc.constantFrom(..."aé😀 \n\t=\"',:{}", "\ufeff") });

function expectNothingLeft(text: string, { secret }: Planted): void {
  for (let at = 0; at + 12 <= secret.length; at += 4) {
    expect(text).not.toContain(secret.slice(at, at + 12));
  }
  expect(text).not.toContain(secret.slice(-8));
}

describe("masking secrets", () => {
  test("leaves no part of a planted secret, and everything else as it was", async () => {
    await fc.assert(
      fc.asyncProperty(around, plantedSecret, around, async (before, planted, after) => {
        const raw = `${before} ${planted.text} ${after}`;
        const { text, found } = await maskSecrets(raw);
        expectNothingLeft(text, planted);
        expect(text).toContain(`[secret: ${planted.rule}]`);
        expect(text).toBe(masked(raw, found));
        // What begins the next lines may be the rest of it, as far as the next blank for those that nothing ends.
        // A byte order mark is seen by nobody, and stands in the way of nothing.
        const next = /^(?:[ \t\ufeff]*\\?\r?\n[+-]?[ \t\ufeff]*[\w+/.~-]+[\S\ufeff]*)*/.exec(` ${after}`);
        const rest = next?.[0].length ?? 0;
        const [from, to] = [before.length + 1, before.length + 1 + planted.text.length + rest];
        for (const { start, end } of found) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(end).toBeLessThanOrEqual(to);
        }
      }),
      { numRuns: 400 },
    );
  });

  test("finds a secret wherever it stands in a text of many windows", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), plantedSecret, async (length, planted) => {
        const raw = `${"x ".repeat(length)} ${planted.text}\n${"y ".repeat(20_000)}`;
        expectNothingLeft((await maskSecrets(raw)).text, planted);
      }),
      { numRuns: 60 },
    );
  });

  test("leaves ordinary text alone", async () => {
    const raw =
      "ok 1 - adds\nsha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\nhttps://x.y/z";
    expect(await maskSecrets(raw)).toEqual({ text: raw, found: [] });
    expect((await maskSecrets('header = "-----BEGIN PRIVATE KEY-----";')).found).toEqual([]);
  });

  test("masks a key whose end was cut off, an encrypted one, and one in a JSON string", async () => {
    const lines = Array.from({ length: 8 }, () => "Ab3/".repeat(16));
    const keys = [
      `-----BEGIN RSA PRIVATE KEY-----\n${lines.join("\n")}`,
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n${lines.join("\n")}`,
      `-----BEGIN PRIVATE KEY-----\\n${lines.join("\\n")}\\n-----END PRIVATE KEY-----\\n`,
    ];
    for (const key of keys) expect((await maskSecrets(`a ${key}`)).text).not.toContain("Ab3/");
  });

  test.each([
    ["a colour in the middle", (text: string) => `${text.slice(0, 9)}\u001b[31m${text.slice(9)}`],
    ["an invisible character in the middle", (text: string) => `${text.slice(0, 9)}\u200b${text.slice(9)}`],
    ["a byte order mark before it", (text: string) => `\ufeff${text}`],
    [
      "a comment that says not to look",
      (text: string) => `// secretlint-disable\n${text} // secretlint-disable-line`,
    ],
  ])("probe: %s hides nothing", async (_, hidden) => {
    const { text, found } = await maskSecrets(hidden(token()));
    expect(found).toHaveLength(1);
    expect(text).not.toContain(token().slice(9));
  });

  test("probe: the rest of a line is no part of a token, so code cannot hide behind one", async () => {
    const { text } = await maskSecrets(`x("//r/:_authToken=${token("")}"); evil();`);
    expect(text).toBe('x("//r/:_authToken=[secret: npm]"); evil();');
  });
});

describe("texts in pieces", () => {
  test("a secret cut in two is masked in both", async () => {
    const secret = token();
    const [pieces] = await maskPieces([[`a ${secret.slice(0, 13)}`, `${secret.slice(13)} b`]]);
    expect(pieces?.map(({ text }) => text)).toEqual(["a [secret: github]", "[secret: github] b"]);
  });

  test("texts of their own stay of their own", async () => {
    const secret = token();
    const texts = await maskTexts([secret.slice(0, 13), secret.slice(13), "", secret]);
    expect(texts.map(({ text }) => text)).toEqual([
      secret.slice(0, 13),
      secret.slice(13),
      "",
      "[secret: github]",
    ]);
  });
});

describe("what is too much", () => {
  test("is not shown, from where nobody looked", async () => {
    const raw = `${"a ".repeat(40_000)}${token()}`;
    const { text, found } = await maskSecrets(raw, { characters: 70_000, milliseconds: 60_000 });
    expect(found.at(-1)).toMatchObject({ end: raw.length, rule: "not searched" });
    expect(text).toMatch(/a \[not shown: too long to be searched for secrets\]$/);
  });

  test("probe: without time nothing is shown at all", async () => {
    const found = await findSecrets("some text", { characters: 1000, milliseconds: -1 });
    expect(found).toEqual([{ start: 0, end: 9, rule: "not searched" }]);
  });

  test("probe: of eight texts at once one goes on at a time, and others are heard in between", async () => {
    const raw = "a ".repeat(100_000); // four windows
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 8 }, () => findSecrets(raw)));
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(8 * 4);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computing } from "../testing/computing.ts";
import { plantedSecret } from "../testing/planted-secrets.ts";
import { maskDiff } from "./mask-diff.ts";
import { otherReading } from "./readings.ts";
import { findSecrets, maskSecrets } from "./service.ts";

const cutAt = (text: string, at: number, gap: string) => text.slice(0, at) + gap + text.slice(at);
/** One of a single line, and a place inside it. */
const cutSecret = plantedSecret
  .filter(({ text }) => !text.includes("\n"))
  .chain((planted) =>
    fc.record({
      planted: fc.constant(planted),
      at: fc.integer({ min: 4, max: planted.secret.length - 4 }),
      gap: fc.constantFrom("\n", "\r\n", "\n    ", " \\\n  ", "\n+", "\\n", "\\\\r\\\\n\\\\t"),
    }),
  );

describe("probe: a secret that stands on two lines", () => {
  test("of every kind is masked in both, wherever it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(cutSecret, async ({ planted: { text, secret }, at, gap }) => {
        const cut = text.indexOf(secret) + at;
        const { text: shown } = await maskSecrets(`first line\n${cutAt(text, cut, gap)}\nlast line`);
        expect(shown).not.toContain(secret.slice(0, at));
        expect(shown).not.toContain(secret.slice(at));
        // The word after a value that nothing ends may go with it.
        expect(shown).toMatch(/^first line\n.* line$/s);
      }),
      { numRuns: 100 },
    );
  });

  test("or on four is masked on each of them; in a diff its lines stay lines", async () => {
    const token = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
    const lines = [token.slice(0, 10), token.slice(10, 20), token.slice(20, 30), token.slice(30)];
    const said = `said on\n${lines.join("\n")}\nand so on`;
    expect((await maskSecrets(said)).text).toBe("said on\n[secret: github]\nand so on");
    const diff = `diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -0,0 +1,4 @@\n${lines.map((line) => `+${line}`).join("\n")}\n`;
    const { text, lines: touched } = await maskDiff(diff);
    expect(text.split("\n").slice(4, 8)).toEqual(Array.from({ length: 4 }, () => "+[secret: github]"));
    expect(touched).toEqual([4, 5, 6, 7]);
  });
});

describe("probe: a secret beside an escape", () => {
  const BESIDE = ["\n", "\t", "\r\n", "\u001b[1;32m", "\u0001", "\f", "\u000b"];

  test("of every kind is masked in JSON, and in JSON that stands in JSON, and both stay what they are", async () => {
    const where = fc.record({
      planted: plantedSecret,
      beside: fc.constantFrom(...BESIDE),
      times: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(where, async ({ planted: { text, secret }, beside, times }) => {
        const said = { content: `before${beside}${text}${beside}after`, more: "after" };
        fc.pre((await findSecrets(said.content)).length > 0);
        let json = JSON.stringify(said);
        for (let time = 1; time < times; time++) json = JSON.stringify(json);
        const { text: shown } = await maskSecrets(json);
        let read: unknown = shown;
        for (let time = 0; time < times; time++) read = JSON.parse(read as string);
        expect((read as typeof said).content).not.toContain(secret);
        // The word after a value that nothing ends may go with it.
        expect((read as typeof said).content).toMatch(/^before.*\[secret: /s);
        expect((read as typeof said).more).toBe("after");
      }),
      { numRuns: 100 },
    );
  });

  test("is found in a line of source code; what stands beside it is left", async () => {
    const token = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
    const { text } = await maskSecrets(`printf("\\n${token}\\n", "C:\\temp\\new");`);
    expect(text).toBe('printf("\\n[secret: github]\\n", "C:\\temp\\new");');
  });
});

describe("probe: a secret in base64", () => {
  const wrap = (text: string, width: number) => text.replace(new RegExp(`(.{${width}})`, "g"), "$1\n");

  test("of every kind is masked where it stands, alone or in a text, wrapped or not, in either alphabet", async () => {
    const where = fc.record({
      planted: plantedSecret,
      before: fc.string({ maxLength: 20 }),
      width: fc.constantFrom(64, 76, 10_000),
      alphabet: fc.constantFrom("base64" as const, "base64url" as const),
    });
    await fc.assert(
      fc.asyncProperty(where, async ({ planted: { text, secret }, before, width, alphabet }) => {
        const encoded = Buffer.from(`${before}\n${text}\n`).toString(alphabet);
        const { text: shown, found } = await maskSecrets(`data: ${wrap(encoded, width)}\nend`);
        expect(found).not.toEqual([]);
        const rest = shown.replace(/\[secret: [^\]]+\]/g, "").replace(/^data: |\nend$|\n/g, "");
        expect(Buffer.from(rest, "base64").toString("latin1")).not.toContain(secret);
      }),
      { numRuns: 100 },
    );
  });

  test("is masked and what stands beside it is left", async () => {
    const token = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
    const encoded = Buffer.from(`${"Nothing to see. ".repeat(3)}${token}${" Nor here.".repeat(6)}`).toString(
      "base64",
    );
    const { text, found } = await maskSecrets(`{"data":"${encoded}"}`);
    expect(found).toHaveLength(1);
    expect(text).toMatch(/^\{"data":"Tm90aGlu[^[]{40,}\[secret: github\][^\]]{40,}"\}$/);
  });
});

describe("other readings", () => {
  test("there are none of ordinary lines", () => {
    expect(otherReading("export const a = 1;\nexport const b = 2;\n")).toBeNull();
    expect(otherReading("")).toBeNull();
  });

  test("hold nothing of ordinary words, hashes and pictures", async () => {
    const picture = Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919) % 251)).toString(
      "base64",
    );
    const hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const text = `sha256:${hash}\nsha512-${picture.slice(0, 86)}\n${picture}\nlib/some-long-folder/of-a-file-2024\nname-of-it`;
    expect(await findSecrets(text)).toEqual([]);
  });

  test("lead back to places of the text, whatever it holds", () => {
    const word = fc.constantFrom(
      "ab12",
      "secret9secret9",
      "\n",
      " ",
      "\r\n+",
      "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQh",
      "=",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), fc.nat(), fc.nat(), (words, one, two) => {
        const text = words.join("");
        const reading = otherReading(text);
        if (!reading) return;
        const start = one % reading.text.length;
        const place = reading.original({ start, end: start + 1 + (two % 4) });
        expect(place.start).toBeGreaterThanOrEqual(0);
        expect(place.end).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  test("probe: a text made of what they look for is read in a moment", () => {
    for (const piece of [
      ...["a1", "a1 \n", "A".repeat(30), "ab1\n", `${" ".repeat(99)}\n`, "a\\\n"],
      ...["\\", "a1\\n", "\\u001b[", "\\\\\\u00"],
    ]) {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
      expect(
        computing(() => void otherReading(text)),
        piece,
      ).toBeLessThan(5000);
    }
  });
});

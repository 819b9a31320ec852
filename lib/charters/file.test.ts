import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultCharter } from "../pilots/defaults.ts";
import { parseNewPilotForm } from "../pilots/form.ts";
import { charterFileSchema } from "./file-schema.ts";
import { MOST_CHARACTERS, readCharterFile, textOfFile } from "./read-file.ts";
import { charterYaml } from "./write-file.ts";

const charter = defaultCharter(`rep_${"1".repeat(22)}`, "main", "2030-12-31");
const named = { name: "Tally repairs", timeZone: "Europe/Berlin", charter };
const yaml = charterYaml(named);

const problemsIn = (text: string) => {
  const read = readCharterFile(text);
  return read.ok ? [] : read.problems.map(({ line, field, sentence }) => `${line} ${field}: ${sentence}`);
};
const lineWith = (text: string, words: string) =>
  text.split("\n").findIndex((line) => line.includes(words)) + 1;

describe("a charter as a file", () => {
  test("is read as it was written, in YAML and in JSON", () => {
    expect(readCharterFile(yaml)).toEqual({ ok: true, value: named });
    const json = JSON.stringify({
      format: "pilothouse-charter/1",
      name: named.name,
      timeZone: named.timeZone,
      ...charter,
    });
    expect(readCharterFile(json)).toEqual({ ok: true, value: named });
  });

  test("keeps every text as it is", () => {
    const texts = fc
      .string({ minLength: 10, maxLength: 200, unit: "binary" })
      .map((text) => text.replaceAll("\0", "\n")) // which is refused at every door
      .filter((text) => Array.from(text.trim()).length >= 10);
    fc.assert(
      fc.property(texts, (text) => {
        const statement = text.trim();
        const told = { ...named, charter: { ...charter, goal: { ...charter.goal, statement } } };
        const read = readCharterFile(charterYaml(told));
        expect(read).toEqual({ ok: true, value: told });
      }),
    );
  });

  test("has a JSON Schema that knows its fields and no others", () => {
    const schema = JSON.stringify(charterFileSchema());
    expect(schema).toContain('"additionalProperties":false');
    for (const field of Object.values(charter).flatMap((part) => Object.keys(part)))
      expect(schema).toContain(`"${field}"`);
  });
});

describe("what is wrong with a file", () => {
  test("names the line and the field, and keeps what could be read", () => {
    const text = yaml
      .replace("maxRunMinutes: 30", "maxRunMinutes: soon")
      .replace("name: Tally repairs", "name: T");
    expect(problemsIn(text)).toEqual([
      `${lineWith(text, "name: T")} name: Give the pilot a name of 3 to 80 characters.`,
      `${lineWith(text, "soon")} controls.maxRunMinutes: Write a whole number from 1 to 1440 (minutes).`,
    ]);
    const read = readCharterFile(text);
    if (read.ok) throw new Error("it was read");
    expect(read.values).toMatchObject({
      name: "T",
      "controls.maxRunMinutes": "soon",
      "controls.maxAttempts": "3",
    });
    const form = parseNewPilotForm(read.values);
    expect(Object.keys(form.ok ? {} : form.fields).sort()).toEqual(["controls.maxRunMinutes", "name"]);
  });

  test("names fields that are unknown, missing, or of another format", () => {
    const unknown = yaml.replace("  maxAttempts: 3", "  maxAttempts: 3\n  autoMerge: true");
    expect(problemsIn(unknown)).toEqual([
      `${lineWith(unknown, "autoMerge")} controls.autoMerge: There is no such field.`,
    ]);
    const missing = yaml.replace("  maxAttempts: 3\n", "");
    expect(problemsIn(missing)).toEqual(["null : These are missing: controls.maxAttempts."]);
    expect(problemsIn(yaml.replace("charter/1", "charter/9"))).toEqual([
      "1 format: Write format: pilothouse-charter/1.",
    ]);
  });

  test("tells what two fields mean together", () => {
    const text = yaml.replace("diskMb: 1024", "diskMb: 4096");
    expect(problemsIn(text)[0]).toContain("environment.diskMb: The working tree lies in memory");
  });

  test.each([
    ["nothing", ""],
    ["a word", "charter"],
    ["a list", "- a\n- b"],
    ["a key twice", yaml.replace("name: Tally repairs", "name: Tally repairs\nname: Other")],
    ["two documents", `${yaml}---\n${yaml}`],
    ["a broken line", yaml.replace("goal:", "goal: [")],
  ])("says so for %s", (_name, text) => {
    expect(problemsIn(text).length).toBeGreaterThan(0);
  });
});

describe("probe: a hostile file", () => {
  test.each([
    ["aliases", `a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n${yaml}`],
    ["an anchor alone", yaml.replace("name: Tally", "name: &n Tally")],
    ["a tag", yaml.replace("name: Tally", "name: !!js/function Tally")],
    ["a known tag", yaml.replace("name: Tally", "name: !!binary Tally")],
    ["a merge key", `<<: {x: 1}\n${yaml}`],
    ["__proto__", `__proto__: {polluted: true}\n${yaml}`],
    ["constructor", `constructor: {prototype: {polluted: true}}\n${yaml}`],
    ["depth", "[".repeat(50_000)],
    ["depth that ends", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
    ["deep maps", `{a: ${"{a: ".repeat(20_000)}`],
    ["length", "x".repeat(MOST_CHARACTERS + 1)],
    ["a long line of quotes", `name: "${"\\u0041".repeat(20_000)}"`],
  ])("with %s is refused with a sentence, and nothing leaks", (_name, text) => {
    const read = readCharterFile(text);
    expect(read.ok).toBe(false);
    expect(problemsIn(text).length).toBeGreaterThan(0);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  test.each([
    ["nothing", "\n \n", "null : There is nothing in it."],
    ["a word", "charter", "null : Here fields are expected, each by its name."],
    ["a word for a part", "goal: soon", "1 goal: Here fields are expected, each by its name."],
    [
      "a word for a choice",
      yaml.replace(/extraApproverOnFlags: \w+/, "extraApproverOnFlags: maybe"),
      "controls.extraApproverOnFlags: Write true or false.",
    ],
    ["two documents", "a: 1\n---\nb: 2", "2 : Here a second document begins; write one."],
    ["a field twice", "name: A\nname: B", "2 : This field stands here twice."],
    ["depth", "[".repeat(50_000), "1 : The file is nested too deeply to be a charter."],
  ])("with %s is refused in words for people", (_name, text, sentence) => {
    expect(problemsIn(text)[0]).toContain(sentence);
  });

  test("of many thousand fields is refused before each is compared with each", () => {
    const keys = Array.from({ length: 25_000 }, (_, at) => `${at.toString(36)}a: 1`);
    const sentence = "null : The file has far more fields than a charter.";
    for (const text of [keys.join("\n"), `{${keys.join(",")}}`, `goal: {${keys.join(",")}}`])
      expect(problemsIn(text)).toEqual([sentence]);
  });

  test("that is longer than any charter is not read to its end, and refused", async () => {
    const text = await textOfFile(new Blob(["é".repeat(3_000_000)]));
    expect(text.length).toBeLessThan(1_000_000);
    expect(problemsIn(text)).toEqual(["null : The file has more than 200,000 characters."]);
    expect(await textOfFile(new Blob([yaml]))).toBe(yaml);
  });

  test("of any bytes never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        expect(readCharterFile(text).ok).toBe(false);
      }),
    );
    const pieces = fc.constantFrom(
      "a",
      ": ",
      "- ",
      "\n",
      "  ",
      "{",
      "}",
      "[",
      "]",
      "&x ",
      "*x",
      "!t ",
      "|\n",
      "'",
      '"',
      "#",
      "%",
      "---\n",
      "? ",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        expect(readCharterFile(parts.join("")).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

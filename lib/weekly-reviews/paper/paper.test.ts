// A week as Markdown and as paper, whatever people and agents are called.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { weekView } from "../../testing/week-view.ts";
import { escapedHtml, htmlOf } from "./html.ts";
import { markdownOf } from "./markdown.ts";
import { findChromium, printPdf } from "./print-pdf.ts";

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "</table><script>alert(1)</script>",
  "[click](javascript:alert(1))",
  "![x](http://127.0.0.1/x.png)",
  "| a | b |\n\n# Not a heading",
  "`code` **bold** https://example.org",
  "name‮gpj.exe",
  "\u0007\u001b[31mred",
] as const;

const settings = { chromium: null, searched: process.env.PATH ?? "" };
const folder = mkdtempSync(join(tmpdir(), "pilothouse-paper-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("Markdown of a week", () => {
  test("says the verdict first, and then each section", () => {
    const text = markdownOf(weekView());
    expect(text.indexOf("1 of 2 targets met")).toBeGreaterThan(0);
    expect(text.indexOf("1 of 2 targets met")).toBeLessThan(text.indexOf("## Numbers against targets"));
    for (const title of ["Incidents", "Approvals for a second look", "Spend on models", "Who signed"])
      expect(text).toContain(`## ${title}`);
  });

  test.each(HOSTILE)("probe: %j stays text", (hostile) => {
    const plain = markdownOf(weekView("Repair"));
    const text = markdownOf(weekView(hostile));
    expect(text.split("\n")).toHaveLength(plain.split("\n").length);
    const bare = text.replaceAll(/\\[!-/:-@[-`{-~]/g, "");
    expect(bare).not.toMatch(/<|\]\(|https?:|\p{Cf}|(?!\n)\p{Cc}/u);
    expect(bare.match(/^#/gm)).toEqual(plain.match(/^#/gm));
    const pipes = (line: string) => line.replaceAll("\\|", "").split("|").length;
    for (const [nth, line] of text.split("\n").entries())
      expect(pipes(line)).toBe(pipes(plain.split("\n")[nth] ?? ""));
  });
});

describe("HTML of a week", () => {
  test.each(HOSTILE)("probe: %j adds no markup", (hostile) => {
    const tags = (html: string) => html.match(/<[^>]*>/g);
    expect(tags(htmlOf(weekView(hostile)))).toEqual(tags(htmlOf(weekView("Repair"))));
    expect(htmlOf(weekView(hostile))).toContain(escapedHtml(hostile));
    expect(htmlOf(weekView(hostile))).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  });
});

/** Pages of a PDF, wherever its objects are packed. */
function pagesOf(pdf: Buffer): number {
  const text = pdf.toString("latin1");
  const packed = [...text.matchAll(/stream\r?\n/g)].flatMap(({ index, 0: { length } }) => {
    try {
      return [inflateSync(pdf.subarray(index + length), { finishFlush: 2 }).toString("latin1")];
    } catch {
      return []; // not every stream is deflated
    }
  });
  return [text, ...packed].join("\n").match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0;
}

describe("paper", () => {
  test("is printed by the host's Chromium, with pages, and leaves nothing behind", async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("pilothouse-print-"));
    const pdf = await printPdf(htmlOf(weekView()), settings);
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pdf.subarray(-1024).toString("latin1")).toContain("%%EOF");
    expect(pagesOf(pdf)).toBeGreaterThan(0);
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith("pilothouse-print-"));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  test("probe: Chromium itself reaches no host and runs no script, even where the page would", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    const { port } = server.address() as AddressInfo;
    const at = `http://127.0.0.1:${port}`;
    const page = `<!doctype html><img src="${at}/image"><link rel="stylesheet" href="${at}/style"><iframe src="${at}/frame"></iframe>
      <script src="${at}/script"></script><script>new Image().src = "${at}/ran"; fetch("${at}/fetched")</script>
      <script>for (;;) document.body.append("x");</script><p>Text</p>`;
    const pdf = await printPdf(page, settings);
    await new Promise((resolve) => server.close(resolve));
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(asked).toEqual([]);
  });

  test("says with the exact command what is missing where there is no Chromium", async () => {
    const without = { chromium: null, searched: folder };
    await expect(printPdf("", without)).rejects.toThrow(/apt-get install chromium.*PILOTHOUSE_CHROMIUM/);
    await expect(printPdf("", { ...without, chromium: join(folder, "none") })).rejects.toThrow(/lacks/);
  });

  test("is given up where Chromium does not end, and the next is printed all the same", async () => {
    const endless = join(folder, "endless");
    writeFileSync(endless, "#!/bin/sh\nsleep 1000 &\nwait\n", { mode: 0o755 });
    const given = printPdf("", { chromium: endless, searched: "", milliseconds: 50 });
    const next = printPdf("<p>Text</p>", settings);
    await expect(given).rejects.toThrow(/in time/);
    expect((await next).subarray(0, 5).toString()).toBe("%PDF-");
    expect(findChromium(settings)).toMatch(/chrom/);
  });

  test("says that Chromium failed or printed nothing, and not that it was slow", async () => {
    const program = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      return { chromium: path, searched: "" };
    };
    await expect(printPdf("", program("failing", "exit 1"))).rejects.toThrow(/failed to print/);
    await expect(printPdf("", program("silent", "exit 0"))).rejects.toThrow(/printed nothing/);
  });

  test("probe: whoever asks for many at once is refused beyond four, and the next time is not", async () => {
    const silent = { chromium: join(folder, "silent-too"), searched: "" };
    writeFileSync(silent.chromium, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    const said = (asked: Promise<unknown>) => asked.then(String, (error: Error) => error.message);
    const answers = await Promise.all(Array.from({ length: 6 }, () => said(printPdf("", silent))));
    const refused = answers.filter((answer) => answer.startsWith("Others are being printed"));
    expect(refused).toHaveLength(2);
    expect(await said(printPdf("", silent))).toMatch(/printed nothing/);
  });
});

// Commands that print more than memory holds, in a process of its own as the loop is one.
import { spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { linesOf } from "../../session/lines.ts";
import { LoopLine } from "../lines.ts";

const MiB = 1024 * 1024;
/** What the loop's reader would keep of one command. */
const TOLD = 256 * 1024;

interface Seen {
  /** Result for the model. */
  readonly result: string;
  readonly dropped: number;
  readonly exit: number | null;
  /** Text of the output that was told. */
  readonly told: string;
  /** Bytes that the process grew by, at most; and that waited in it for their reader, at most. */
  readonly grown: number;
  readonly waited: number;
}

/** When what the process says goes out: at once, when it has noticed that it does not, or when the command's shell has ended. */
type Reader = "quick" | "slow" | "late";

async function see(command: string, reader: Reader = "quick"): Promise<Seen> {
  // A grace of no time: what is lost then is lost on a slow host. What is held back goes out after it.
  const script = `
    import { runShell } from ${JSON.stringify(new URL("shell.ts", import.meta.url).href)};
    const { stdout } = process;
    const [write, wait, began] = [stdout.write.bind(stdout), globalThis.setTimeout, process.memoryUsage.rss()];
    let [waited, reader] = [0, ${JSON.stringify(reader)}];
    const goOn = (now) => {
      if (reader !== now) return;
      reader = "quick";
      wait(() => setImmediate(() => stdout.uncork()), 10);
    };
    stdout.write = (line) => {
      const isFree = write(line);
      waited = Math.max(waited, stdout.writableLength);
      if (!isFree) goOn("slow");
      return isFree;
    };
    globalThis.setTimeout = (task, ms) => wait(task, ms < 1000 ? 0 : ms);
    process.once("SIGCHLD", () => goOn("late"));
    if (reader !== "quick") stdout.cork();
    const result = await runShell("c", ${JSON.stringify(command)}, 60, new AbortController().signal);
    const grown = process.resourceUsage().maxRSS * 1024 - began;
    const title = JSON.stringify({ result, grown, waited });
    stdout.end(JSON.stringify({ type: "open", id: "end", item: "tool", title }) + "\\n");
    process.stdin.destroy();`;
  const options = ["--max-old-space-size=32", "--input-type=module-typescript", "--no-warnings", "-e"];
  const child = spawn(process.execPath, [...options, script], { stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const pieces: string[] = [];
  let end = { dropped: -1, exit: null as number | null };
  let own = { result: "", grown: 0, waited: 0 };
  for await (const line of linesOf(child.stdout, 2 * MiB)) {
    const said = LoopLine.parse(JSON.parse(line));
    if (said.type === "output") pieces.push(said.text);
    if (said.type === "open") own = JSON.parse(said.title);
    if (said.type !== "command_end") continue;
    end = said;
    child.stdin.write(`${JSON.stringify({ type: "go_on", id: "c" })}\n`);
  }
  expect(complaints).toBe("");
  return { ...own, dropped: end.dropped, exit: end.exit, told: pieces.join("") };
}

test("a command that prints 200 MB ends with its own code, in flat memory, its output told in part", async () => {
  const seen = await see("head -c 200000000 /dev/zero | tr '\\0' y; echo END; exit 3");
  expect(seen.exit).toBe(3);
  expect(seen.told).toBe("y".repeat(TOLD));
  expect(seen.dropped).toBe(200_000_004 - TOLD);
  expect(seen.result).toMatch(/^exit code 3\ny{8000}\n\[199976004 characters left out\]\ny+END\n$/);
  expect(seen.grown).toBeLessThan(64 * MiB);
});

test("while nothing goes out, the command waits in its pipes and not in memory", async () => {
  const seen = await see("head -c 3000000 /dev/zero", "slow");
  expect(seen).toMatchObject({ exit: 0, dropped: 3_000_000 - TOLD, told: "\0".repeat(TOLD) });
  // A zero takes six characters of a line; a pipe is read by 64 KiB.
  expect(seen.waited).toBeLessThan(2 * 6 * 64 * 1024);
});

test("what a command printed is told whole, also when it ended before anything went out", async () => {
  const seen = await see("head -c 60000 /dev/zero; echo END >&2", "late");
  expect(seen).toMatchObject({ exit: 0, dropped: 0 });
  expect(seen.told.length).toBe(60_004);
});

test("a process left in the background that prints for ever ends with its shell", async () => {
  const seen = await see("yes & echo $!");
  expect(seen.exit).toBe(0);
  expect(seen.result).toMatch(/^exit code 0\n/);
});

test("probe: a limit in the middle of a character tells no half of it", async () => {
  const seen = await see(`head -c ${TOLD - 1} /dev/zero | tr '\\0' y; printf '🙂🙂'`);
  expect(seen.told).toBe("y".repeat(TOLD - 1));
  expect(seen.dropped).toBe(8);
});

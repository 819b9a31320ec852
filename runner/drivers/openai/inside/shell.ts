// A command line of the model while it runs. However much it prints, little of it is in memory: what is told outside has a
// limit, what goes to the model is an excerpt, and what outside is too slow for waits in the command's own pipes.
import { spawn } from "node:child_process";
import { createExcerpt } from "./excerpt.ts";
import { drained, isBehind, say, sayAndWait } from "./wire.ts";

/** Characters of one command's output that are told; outside no more is kept. What exceeds them is counted. */
const MOST_TOLD = 256 * 1024;
/** Of a process left in the background, after its shell. */
const GRACE_MS = 200;

const isFirstHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** At most so many characters, and none of them halved. */
function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  return text.slice(0, most > 0 && isFirstHalf(text.charCodeAt(most - 1)) ? most - 1 : most);
}

export function runShell(id: string, command: string, seconds: number, signal: AbortSignal): Promise<string> {
  const began = performance.now();
  const child = spawn("bash", ["-c", command], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const excerpt = createExcerpt();
  let room = MOST_TOLD;
  let dropped = 0;
  let isLate = false;
  let isHeld = false;
  let hasExited = false;

  const take = (stream: "stdout" | "stderr") => (text: string) => {
    excerpt.add(text);
    const part = beginning(text, room);
    room = part.length < text.length ? 0 : room - part.length;
    dropped += Buffer.byteLength(text) - Buffer.byteLength(part);
    if (part === "") return;
    say({ type: "output", id, stream, text: part });
    if (isBehind() && !hasExited) hold();
  };
  /** Nothing is read until what was said is on its way: the command waits, as for any slow reader. */
  function hold(): void {
    if (isHeld) return;
    isHeld = true;
    child.stdout.pause();
    child.stderr.pause();
    void drained().then(goOn);
  }
  function goOn(): void {
    isHeld = false;
    child.stdout.resume();
    child.stderr.resume();
  }
  function endGroup(): void {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error; // else it has ended
    }
    // What it left in another group may hold the pipes; its output is not waited for.
    child.stdout.destroy();
    child.stderr.destroy();
  }

  child.stdout.setEncoding("utf8").on("data", take("stdout"));
  child.stderr.setEncoding("utf8").on("data", take("stderr"));
  const timer = setTimeout(() => {
    isLate = true;
    endGroup();
  }, seconds * 1000);
  signal.addEventListener("abort", endGroup, { once: true });
  // A process left in the background keeps the pipes open: the command is over when its shell is. What the shell itself
  // printed is in the pipes by then, and read without a pause: no more of it is told than there is room for. The ending waits
  // for one more look at the pipes, for a host that gave this process no time until the grace was over.
  child.once("exit", () => {
    hasExited = true;
    goOn();
    setTimeout(() => setImmediate(endGroup), GRACE_MS);
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => take("stderr")(error.message));
    child.once("close", async (code, endedBy) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", endGroup);
      const isCut = signal.aborted;
      const exit = isLate || isCut ? null : (code ?? 128 + (endedBy === null ? 0 : 9));
      const milliseconds = Math.round(performance.now() - began);
      const ended = isCut ? "cancelled" : isLate ? "time" : "itself";
      const status = isCut ? "aborted" : "completed";
      await sayAndWait({ type: "command_end", id, status, exit, ended, milliseconds, dropped });
      if (isCut) return reject(signal.reason);
      const how = isLate ? `ended after ${seconds} seconds` : `exit code ${exit}`;
      resolve(`${how}\n${excerpt.text()}`);
    });
  });
}

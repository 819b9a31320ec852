// Paper from our own HTML by the host's Chromium: a profile and a home of its own that are thrown away, no script, no
// network, nothing of our environment, a bound on time and memory, and at the lowest priority.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { MINUTE, SECOND } from "../../clock.ts";
import { unavailable } from "../../errors.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"] as const;
const MOST_BYTES = 32 * 1024 * 1024;
/** Of one process; it reserves far more address space than it ever uses, so the data segment is what is bounded. */
const DATA_KIB = 2 * 1024 * 1024;

/** By the profile, for the switch of the engine also stops the part of Chromium that prints. */
const NO_SCRIPT = JSON.stringify({
  profile: { default_content_setting_values: { javascript: 2, images: 2 } },
});

export interface PrintSettings {
  /** Its path; null: looked for in `searched`. */
  readonly chromium: string | null;
  readonly searched: string;
  readonly milliseconds?: number;
}

const MISSING =
  "A PDF is printed by Chromium, which this host lacks. Install it with “apt-get install chromium”, or name it in PILOTHOUSE_CHROMIUM; the Markdown holds the same.";

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run: both are “missing” to who asks
  }
}

/** Throws a sentence that says how to install it. */
export function findChromium({ chromium, searched }: PrintSettings): string {
  const candidates = chromium
    ? [chromium]
    : searched
        .split(delimiter)
        .filter((folder) => folder.startsWith("/"))
        .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = candidates.find(isProgram);
  if (found === undefined) throw unavailable(MISSING);
  return found;
}

const argumentsFor = (profile: string, pdf: string, page: string): string[] => [
  ...["--headless=new", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-breakpad", "--no-pings"],
  // Its own sandbox needs user namespaces that a locked-down host refuses to root; what it reads is ours, and runs no script.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ...["--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"],
  // Without it what is on this machine is asked past the proxy.
  ...["--proxy-bypass-list=<-loopback>", "--disable-dev-shm-usage", "--js-flags=--jitless"],
  ...[`--user-data-dir=${profile}`, "--no-pdf-header-footer", `--print-to-pdf=${pdf}`],
  pathToFileURL(page).href,
];

let printing = Promise.resolve();
let asked = 0;
/** Beyond, the last would wait longer than a browser does. */
const MOST_ASKED = 4;

/** One at a time: each takes a core and some hundred megabytes. */
export async function printPdf(html: string, settings: PrintSettings): Promise<Buffer> {
  const program = findChromium(settings);
  if (asked >= MOST_ASKED)
    throw unavailable("Others are being printed. Ask again in a minute; the Markdown holds the same.");
  asked += 1;
  const own = printing.then(() => print(program, html, settings.milliseconds ?? MINUTE / 2));
  const ended = () => {
    asked -= 1;
  };
  printing = own.then(
    ended,
    ended, // told to whoever asked for that one; the next prints all the same
  );
  return own;
}

async function print(program: string, html: string, milliseconds: number): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-print-"));
  try {
    const [page, pdf] = [join(folder, "page.html"), join(folder, "page.pdf")];
    await writeFile(page, html, { mode: 0o600 });
    await mkdir(join(folder, "profile", "Default"), { recursive: true });
    await writeFile(join(folder, "profile", "Default", "Preferences"), NO_SCRIPT);
    await runBounded(program, argumentsFor(join(folder, "profile"), pdf, page), folder, milliseconds);
    const { size } = await stat(pdf).catch((cause: unknown) => {
      throw unavailable("Chromium printed nothing. The Markdown holds the same.", cause);
    });
    if (size > MOST_BYTES) throw unavailable("The PDF became too large. The Markdown holds the same.");
    return await readFile(pdf);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: SECOND / 10 });
  }
}

/** Ends the whole group: Chromium is many processes. */
function runBounded(
  program: string,
  args: readonly string[],
  home: string,
  milliseconds: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const limited = `ulimit -d ${DATA_KIB} -c 0; exec nice -n 19 "$@"`;
    const child = spawn("/bin/sh", ["-c", limited, "sh", program, ...args], {
      cwd: home,
      detached: true,
      stdio: "ignore",
      env: {
        NODE_ENV: "production",
        HOME: home,
        TMPDIR: home,
        PATH: "/usr/local/bin:/usr/bin:/bin",
        LANG: "C.UTF-8",
      },
    });
    let late = false;
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // the group is gone already
      }
    };
    const timer = setTimeout(() => {
      late = true;
      end();
    }, milliseconds);
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(unavailable("Chromium could not be started. The Markdown holds the same.", cause));
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      end();
      if (code === 0) resolve();
      else if (late) reject(unavailable("Chromium did not print it in time. The Markdown holds the same."));
      else reject(unavailable("Chromium failed to print it. The Markdown holds the same."));
    });
  });
}

// Attempts to take all of something, or to stay.
import { readdir, readFile } from "node:fs/promises";
import { type Attempt, type Bait, either, endedBy, type Stopped, says, shell } from "./attempt.ts";

const MiB = 1024 * 1024;

/** Processes of the host with this in their arguments. */
export async function processesWith(marker: string): Promise<number> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")), // it ended meanwhile
  );
  return lines.filter((line) => line.includes(marker)).length;
}

/** Each output was kept up to `kept` bytes, and what was dropped of it was counted. */
const cutAt =
  (kept: number, written: number): Stopped =>
  ({ stdout, stderr, result, dropped }) =>
    [stdout, stderr, result].every(({ length }) => length === kept) && dropped.stdout === written - kept
      ? `${kept} bytes kept of each output, ${dropped.stdout} of the first dropped and counted`
      : null;

export function exhaustionAttempts(): Attempt[] {
  const attempt = (name: string, spec: Attempt["spec"], stopped: Attempt["stopped"]): Attempt => ({
    group: "exhaustion",
    name,
    spec,
    stopped,
  });
  const full = says(/No space left|File too large|File size limit/);
  const memory = "perl -e 'my @a; push @a, q(x) x 1048576 while 1'";
  const limits = { memoryBytes: 64 * MiB };
  return [
    attempt("a fork bomb", shell("perl -e 'fork while 1'", { processes: 20, seconds: 2 }), endedBy("time")),
    attempt(
      "counting how many processes it may have",
      shell(
        `perl -e 'my $n = 0; while (defined(my $p = fork)) { if (!$p) { sleep 60; exit } $n++ } print $n < 20 ? "stopped at $n: $!\\n" : "$n\\n"'`,
        { processes: 20 },
      ),
      says(/^stopped at \d+: Resource temporarily/),
    ),
    attempt("all memory", shell(memory, limits), either(endedBy("memory"), says(/Out of memory/))),
    attempt(
      "all memory, from many small processes",
      shell("for i in 1 2 3 4 5 6 7 8; do perl -e '$x = q(x) x (20 * 1048576); sleep 5' & done; wait", {
        ...limits,
        seconds: 10,
      }),
      endedBy("memory"),
    ),
    attempt(
      "all memory, through files in memory",
      shell("cat /dev/zero > /dev/shm/a; cat /dev/zero > /tmp/b; cat /dev/zero > /work/c; echo full", {
        memoryBytes: 48 * MiB,
        diskBytes: 512 * MiB,
      }),
      either(endedBy("memory"), full),
    ),
    attempt(
      "all of the disk",
      shell("dd if=/dev/zero of=/work/a bs=1M; ls -s /work/a", { diskBytes: 8 * MiB }),
      full,
    ),
    attempt(
      "a file of 1 TB with nothing in it",
      shell("truncate -s 1T /work/huge; ls -l /work/huge"),
      says(/File too large|File size limit|No such file|exit/i),
    ),
    attempt(
      "a million files",
      shell(
        "cd /work && perl -e 'for (1..1000000) { open my $f, q(>), $_ or die qq($_: $!\\n) } print qq(all made\\n)'",
        { memoryBytes: 96 * MiB, seconds: 15 },
      ),
      either(endedBy("memory", "time"), says(/No space left|Cannot allocate/)),
    ),
    attempt(
      "a flood of output",
      {
        ...shell(
          "head -c 50000000 /dev/zero; head -c 50000000 /dev/zero >&2; head -c 50000000 /dev/zero >&3",
          { outputBytes: 1000 },
        ),
      },
      cutAt(1000, 50_000_000),
    ),
    attempt("all of the time", shell("while :; do :; done", { seconds: 1 }), endedBy("time")),
    attempt(
      "all of the time, deaf to every signal",
      shell("trap '' TERM INT HUP QUIT; while :; do sleep 1; done", { seconds: 1 }),
      endedBy("time"),
    ),
  ];
}

/** It came as far as leaving something behind; whether it stayed is looked at on the host. */
const ran: Stopped = (result) => (says(/^up$/)(result) === null ? null : "nothing of it was left at the end");

export function stayingAttempts({ marker }: Bait): Attempt[] {
  const after = async () => {
    const left = await processesWith(marker);
    return left > 0 ? `${left} processes stayed behind` : null;
  };
  const attempt = (name: string, line: string, seconds = 20): Attempt => ({
    group: "staying behind",
    name,
    spec: shell(line, { seconds }),
    stopped: ran,
    after,
  });
  return [
    attempt("in the background", `sleep ${marker} & echo up`),
    attempt(
      "in a session of its own",
      `setsid sh -c "trap '' TERM HUP; sleep ${marker}; sleep ${marker}" & sleep 0.2; echo up`,
    ),
    attempt(
      "as nobody's child",
      `(setsid setsid sh -c "sleep ${marker}" &); perl -e 'fork and exit; use POSIX; POSIX::setsid(); exec qw(sleep ${marker})'; sleep 0.2; echo up`,
    ),
    attempt(
      "beyond the end of its time",
      `trap '' TERM; setsid sleep ${marker} & echo up; sleep ${marker}`,
      1,
    ),
    attempt(
      "by killing what watches it",
      `setsid sleep ${marker} & sleep 0.2; echo up; kill -9 1; kill -9 -1`,
    ),
  ];
}

// What the person at the terminal sees: one line per step, with its duration.
import { type Clock, SECOND } from "#lib/clock.ts";

export interface Progress {
  /** Runs a step; the line says what `fn` returned, or `what` where it returned nothing. */
  step<T extends string | undefined>(what: string, fn: () => Promise<T>): Promise<T>;
  say(line: string): void;
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 60 * SECOND) return `${(milliseconds / SECOND).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / SECOND);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function createProgress(clock: Clock, write: (text: string) => void, interactive: boolean): Progress {
  return {
    async step(what, fn) {
      if (interactive) write(`  … ${what}`);
      const began = clock.now();
      try {
        const result = await fn();
        const erase = interactive ? "\r\u001b[K" : "";
        write(`${erase}  ✓ ${result ?? what} (${formatDuration(clock.now() - began)})\n`);
        return result;
      } catch (error) {
        write(interactive ? "\r\u001b[K" : "");
        write(`  ✗ ${what}\n`);
        throw error;
      }
    },
    say: (line) => write(`${line}\n`),
  };
}

// Keys that somebody asked to have tried. Rung when one is asked for; looked for at intervals too, since a call of the bell can be lost.
import type { Clock } from "#lib/clock.ts";
import { SECOND } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import type { AskedTest, TestAnswer } from "#lib/providers/schema.ts";
import type { Upstream } from "../upstream/exchange.ts";
import { tryKey } from "./try-key.ts";
import type { SealedKey } from "./unseal.ts";

export interface TestParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly upstream: Upstream;
  unseal(provider: SealedKey): Promise<string>;
  asked(): Promise<readonly AskedTest[]>;
  answer(asked: AskedTest, answer: TestAnswer): Promise<unknown>;
}

const LOOK_EVERY = 30 * SECOND;

async function answerOf({ upstream, clock, unseal }: TestParts, asked: AskedTest): Promise<TestAnswer> {
  const { providerId: id, keyId, sealed } = asked;
  let key: string;
  try {
    key = await unseal({ id, key: { id: keyId, sealed } });
  } catch (error) {
    return { models: [], latencyMs: 0, problem: messageOf(error) };
  }
  return tryKey({ upstream, clock, provider: asked, key });
}

/** All that wait, one after the other. */
export async function answerTests(parts: TestParts): Promise<number> {
  const waiting = await parts.asked();
  for (const asked of waiting) await parts.answer(asked, await answerOf(parts, asked));
  return waiting.length;
}

export interface TestLoop {
  wake(): void;
  run(signal: AbortSignal): Promise<void>;
}

export function createTestLoop(parts: TestParts): TestLoop {
  const { clock, logger } = parts;
  let woken = Promise.withResolvers<void>();
  return {
    wake: () => woken.resolve(),
    async run(signal) {
      while (!signal.aborted) {
        const called = woken.promise;
        await answerTests(parts).catch((error: unknown) => {
          logger.warn({ err: error }, "keys could not be tried");
        });
        // Only the signal makes the sleep fail, and it ends the loop above.
        await Promise.race([called, clock.sleep(LOOK_EVERY, signal).catch(() => undefined)]);
        woken = Promise.withResolvers();
      }
    },
  };
}

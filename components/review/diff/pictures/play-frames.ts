// When each frame of a picture that moves is shown. Whatever its file says: never faster than eyes need, never more than half
// of the page's time, and not for ever. Pure but for what it is given.

/** Milliseconds that a frame stands at least. */
const LEAST = 50;
/** After so many milliseconds it stands still again. */
export const LONGEST = 60_000;

export interface Frames {
  readonly count: number;
  /** Shows one; returns how many milliseconds it asks to stand. */
  readonly show: (frame: number) => Promise<number>;
}

export interface Playing {
  readonly signal: AbortSignal;
  /** One round, for those who asked for less motion. */
  readonly isOnce: boolean;
  readonly now: () => number;
  /** Ends early where the signal says so. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

export async function playFrames({ count, show }: Frames, playing: Playing): Promise<void> {
  const { signal, isOnce, now, wait } = playing;
  if (count < 2) return;
  const ends = now() + LONGEST;
  do {
    for (let frame = 0; frame < count; frame++) {
      if (signal.aborted || now() >= ends) return;
      const began = now();
      const asked = await show(frame);
      const most = Math.max(0, ends - now());
      await wait(Math.min(most, Math.max(LEAST, asked, now() - began)));
    }
  } while (!isOnce);
}

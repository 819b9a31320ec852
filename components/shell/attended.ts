// Pages read themselves again while nobody looks. They say so with a cookie, so that this does not keep a session from
// ending unused. Whoever takes it away only keeps their own session longer, which a script of theirs could too.

export const UNATTENDED_COOKIE = "pilothouse-unattended";
/** So long after the last touch nobody is taken to be there. */
export const AWAY_AFTER = 5 * 60_000;

const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

export const unattendedCookie = (isAway: boolean): string =>
  `${UNATTENDED_COOKIE}=1; path=/; samesite=lax; max-age=${isAway ? 86_400 : 0}`;

let lastTouch: number | null = null;
let lastCleared = Number.NEGATIVE_INFINITY;

const write = (isAway: boolean) => Reflect.set(document, "cookie", unattendedCookie(isAway));

/** Whatever tab of the browser said that nobody is there, somebody is. Looked at once a second at most. */
function touched(): void {
  const now = performance.now();
  lastTouch = now;
  if (now - lastCleared < 1000) return;
  lastCleared = now;
  if (document.cookie.includes(`${UNATTENDED_COOKIE}=`)) write(false);
}

/** Called before a page reads itself again: from then on its requests say whether somebody is there. */
export function noteAttendance(): void {
  if (lastTouch === null) {
    for (const sign of SIGNS) document.addEventListener(sign, touched, { passive: true, capture: true });
    touched(); // the page was opened by somebody
  } else if (performance.now() - lastTouch > AWAY_AFTER) write(true);
}

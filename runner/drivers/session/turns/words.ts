// What the runner itself tells an agent between turns, in plain words. All of it stands on the run page.
import type { Decided, Resume } from "#lib/protocol/steering.ts";

/** A message as the agent reads it. */
export const messageText = (origin: "steer" | "goal", text: string): string =>
  origin === "goal" ? `The task has changed. From now on it is:\n\n${text}` : text;

const GONE =
  "Not there any more: processes that ran in the background, your own commits, and files that git ignores.";

function decidedText(decided: readonly Decided[]): string {
  if (decided.length === 0)
    return "What you had asked for and got no answer to is not decided: ask again if you still need it.";
  const [allowed, declined] = [
    decided.filter(({ decision }) => decision === "allowed"),
    decided.filter(({ decision }) => decision === "declined"),
  ];
  const because = declined.flatMap(({ reason }) => (reason === "" ? [] : [`"${reason}"`]));
  return [
    "What you had asked for was decided meanwhile:",
    allowed.length > 0 ? `${allowed.length} allowed; do it now if you still need it.` : "",
    declined.length > 0
      ? `${declined.length} declined${because.length > 0 ? `: ${because.join("; ")}` : ""}.`
      : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** First words to a session that goes on in another sandbox. */
export function resumedText(
  { turn }: Pick<Resume, "turn">,
  decided: readonly Decided[],
  task: string,
): string {
  return [
    "You were stopped from outside, in the middle of what you did, and go on now in a new sandbox.",
    `The checkout is as it was kept last${turn > 0 ? `, in or after turn ${turn}` : ""}; what you did after that is lost. ${GONE}`,
    decidedText(decided),
    `Look at the checkout before you go on. The task is:\n\n${task}`,
  ].join("\n");
}

/** First words to a session whose work was handed in, reviewed and sent back; the comments follow them. */
export const reviewedText = (task: string): string =>
  [
    "You had handed in your work. It was reviewed and comes back to you with the comments that follow.",
    `The checkout is as you left it, in a new sandbox. ${GONE}`,
    `The task was:\n\n${task}`,
  ].join("\n");

/** To a new session, where nothing of the reviewed work could be taken up. */
export const reviewedAnewText =
  "An earlier attempt at this task was handed in and reviewed. It is not in the checkout: do the work again, with the comments that follow in mind.";

/** To a new session whose checkout holds the work of an earlier one. */
export const inheritedText =
  "Work on this task was begun by an earlier session that could not be taken up again. Its changes are in the checkout: look at them (git status, git diff) before you go on.";

export const restartedText = (reason: string): string =>
  [
    `Your program ended in the middle of the last turn and was started again. It was said: ${reason}`,
    `The checkout is as it was kept last. ${GONE}`,
    "Look at the checkout, and go on where you stopped.",
  ].join("\n");

export const cutOffText = (reason: string): string =>
  `The last turn was cut off because the way to the model was broken: ${reason}\nThe checkout is as you left it. Go on where you stopped.`;

/** What ends a work that its agent did not end. */
export type Limit = "budget" | "time";

export const TIME_IS_UP = "The time the charter gives a run is used up.";

/** In the place of an agent's last words, where a limit ended its work. */
export const unfinishedText = (limit: Limit, reason: string, said: string): string =>
  [
    `The work was ended by its ${limit}, unfinished: the agent did not say that it is done. ${reason}`,
    ...(said.trim() === "" ? [] : [`The agent's last words were:\n${said}`]),
  ].join("\n\n");

export const shortened = (reason: string): string => reason.slice(0, 1000).toWellFormed();

// Where a decision is told, and how far that has come.
import type { CallbackView, ReleaseView } from "#lib/releases/schema.ts";
import { Note } from "../ui/note.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";

const WORDS: Readonly<Record<CallbackView["state"], string>> = {
  undecided: "is told once it is decided",
  no_credential: "is not told: there is no credential for it",
  waiting: "is being told",
  delivered: "was told",
  refused: "does not take it",
  given_up: "could not be told; given up",
};

export function Told({ callbacks }: Pick<ReleaseView, "callbacks">) {
  if (callbacks.length === 0) return <span className="t3">Nobody; it asks by itself</span>;
  return callbacks.map(({ id, host, state, reason, attempts, nextAt, doneAt }) => (
    <div key={id} data-told={state}>
      <span className="mono">
        <Visible text={host} mode="line" />
      </span>{" "}
      {WORDS[state]}
      {doneAt ? (
        <>
          {" "}
          <RelativeTime at={doneAt.toISOString()} />
        </>
      ) : null}
      {reason === null ? null : <div className="t3">{reason}</div>}
      {state === "waiting" && attempts > 0 && nextAt ? (
        <div className="t3 num">
          {attempts} tried, again <RelativeTime at={nextAt.toISOString()} />
        </div>
      ) : null}
    </div>
  ));
}

/** Said once for each host, beside the rows. */
export function MissingCredentials({
  releases,
  mayManage,
}: Pick<
  { readonly releases: readonly ReleaseView[]; readonly mayManage: boolean },
  "releases" | "mayManage"
>) {
  const waiting = releases.flatMap(({ callbacks }) =>
    callbacks.filter(({ state }) => state === "no_credential"),
  );
  const hosts = [...new Set(waiting.map(({ host }) => host))];
  return hosts.map((host) => (
    <div className="mt-3" key={host}>
      <Note tone="need" role="status">
        A decision waits to be told at <Visible text={host} mode="line" />, and there is no credential for it.{" "}
        {mayManage ? "Set one below." : "An administrator sets one here."}
      </Note>
    </div>
  ));
}

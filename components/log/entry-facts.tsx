import Link from "next/link";
import { ROLE_NAMES, Role } from "#lib/authz/schema.ts";
import type { ActorView, EntryDetailView } from "#lib/log/schema.ts";
import type { Subject } from "#lib/record/schema.ts";
import { shortId } from "../format.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { Panel } from "../ui/panel.tsx";
import { Visible } from "../ui/visible.tsx";
import { detailRows } from "./entry-words.ts";

const PAGES: Readonly<Record<string, (id: string) => string>> = {
  run: (id) => `/runs/${id}`,
  pilot: (id) => `/pilots/${id}`,
  gate: (id) => `/inbox?show=team&gate=${id}`,
};

/** Who, about what, under which charter, and what took whose place. */
export function EntryFacts({ entry }: { entry: EntryDetailView }) {
  const digests = [
    ["Charter in force", entry.charter, "charter digest"],
    ["Before", entry.before, "digest of the state before"],
    ["After", entry.after, "digest of the state after"],
  ] as const;
  return (
    <Panel title="Who and what" level={3}>
      <div className="pb">
        <KeyValue
          rows={[
            { key: "Actor", value: <Actor actor={entry.actor} /> },
            {
              key: "About",
              value: entry.about.map((subject) => (
                <SubjectLink key={subject} subject={subject} name={entry.names[subject] ?? null} />
              )),
            },
            ...boundEvents(entry),
            ...detailRows(entry.detail).map(({ name, text, whole }) => ({
              key: name,
              value: whole ? (
                <CopyId id={whole} what={name} />
              ) : (
                <span className="tw">
                  <Visible text={text} />
                </span>
              ),
            })),
            ...digests.flatMap(([key, digest, what]) =>
              digest ? [{ key, value: <CopyId id={digest} what={what} /> }] : [],
            ),
            { key: "Entry", value: <CopyId id={entry.id} what="entry id" /> },
            ...(entry.request
              ? [{ key: "Request", value: <CopyId id={entry.request} what="request id" /> }]
              : []),
            {
              key: "SHA-256",
              value: <CopyId id={entry.sha256} what="digest" shown={entry.sha256} className="tw" />,
            },
          ]}
        />
      </div>
    </Panel>
  );
}

/** Of an entry that binds a batch the events themselves, on their run's page. */
function boundEvents({ kind, about, detail: { from, to } }: EntryDetailView) {
  const run = about.find((subject) => subject.startsWith("run:"))?.slice("run:".length);
  if (kind !== "run.events_appended" || !run || typeof from !== "number" || typeof to !== "number") return [];
  const link = (seq: number) => (
    <Link className="link num" href={`/runs/${run}?event=${seq}`} prefetch={false}>
      {seq}
    </Link>
  );
  const value =
    from === to ? (
      link(from)
    ) : (
      <>
        {link(from)} to {link(to)}, in their run
      </>
    );
  return [{ key: "Events", value }];
}

/** `reviewer@pil_…` as people say it. */
function roleInWords(held: string): string {
  const [role = "", pilotId] = held.split("@");
  const known = Role.safeParse(role);
  const name = known.success ? ROLE_NAMES[known.data].toLowerCase() : role;
  return pilotId ? `${name} of ${shortId(pilotId)}` : name;
}

function Actor({ actor }: { actor: ActorView | null }) {
  if (!actor) return <span className="bad">The bytes are not an entry of ours.</span>;
  return (
    <>
      <Link className="link" href={`/log?actor=${encodeURIComponent(actor.id)}`}>
        <Visible text={actor.name} />
      </Link>{" "}
      <span className="t3">
        {actor.kind === "token" ? "by an API token, " : null}
        {actor.roles.length > 0 ? `then ${actor.roles.map(roleInWords).join(", ")}` : actor.kind}
      </span>
    </>
  );
}

function SubjectLink({ subject, name }: { subject: Subject; name: string | null }) {
  const cut = subject.indexOf(":");
  const noun = subject.slice(0, cut);
  const id = subject.slice(cut + 1);
  const page = PAGES[noun];
  return (
    <span className="block tw">
      <span className="t3">{noun}</span> {name ? <Visible text={name} /> : null}{" "}
      {page ? (
        <Link className="link mono" href={page(id)}>
          {shortId(id)}
        </Link>
      ) : (
        <CopyId id={id} what={`${noun} id`} />
      )}{" "}
      <Link className="link sm" href={`/log?subject=${encodeURIComponent(subject)}`}>
        all its entries
      </Link>
    </span>
  );
}

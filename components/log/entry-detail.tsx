import { X } from "lucide-react";
import Link from "next/link";
import type { EntryDetailView } from "#lib/log/schema.ts";
import type { Subject } from "#lib/record/schema.ts";
import { shortId } from "../format.ts";
import { CopyId } from "../ui/copy-id.tsx";
import { Icon } from "../ui/icon.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { iconOf } from "./kind-icons.ts";

const PAGES: Readonly<Record<string, (id: string) => string>> = {
  run: (id) => `/runs/${id}`,
  pilot: (id) => `/pilots/${id}`,
  gate: (id) => `/inbox?show=team&gate=${id}`,
};

/** One entry: who, about what, and exactly the bytes the log commits to. */
export function EntryDetail({ entry, close }: { entry: EntryDetailView; close: string }) {
  return (
    <section className="log-detail" aria-label={`Entry ${entry.id}`}>
      <div>
        <div className="row">
          <h2 className="h1">Entry</h2>
          <span className="badge wait">
            <Icon of={iconOf(entry.kind)} size={12} />
            {entry.kind}
          </span>
          <span className="grow" />
          <Link className="btn sm quiet sq" href={close} scroll={false} aria-label="Close the entry">
            <Icon of={X} />
          </Link>
        </div>
        <p className="t2 sm mt-1">
          <RelativeTime at={entry.at.toISOString()} />, <span className="mono">{entry.at.toISOString()}</span>
        </p>
      </div>
      <Panel title="Who and what" level={3}>
        <div className="pb">
          <KeyValue
            rows={[
              {
                key: "Actor",
                value: (
                  <>
                    <Visible text={entry.actor.name} /> <span className="t3">{entry.actor.kind}</span>
                  </>
                ),
              },
              {
                key: "About",
                value: entry.about.map((subject) => <SubjectLink key={subject} subject={subject} />),
              },
              { key: "Entry", value: <CopyId id={entry.id} what="entry id" /> },
              { key: "Request", value: <CopyId id={entry.request} what="request id" /> },
              {
                key: "SHA-256",
                value: <CopyId id={entry.sha256} what="digest" shown={entry.sha256} className="tw" />,
              },
            ]}
          />
        </div>
      </Panel>
      <Panel title="Content" fact="canonical JSON, shown indented" level={3}>
        <pre className="code json">
          <Visible text={JSON.stringify(JSON.parse(entry.canonical), null, 2)} mode="block" />
        </pre>
      </Panel>
    </section>
  );
}

function SubjectLink({ subject }: { subject: Subject }) {
  const cut = subject.indexOf(":");
  const noun = subject.slice(0, cut);
  const id = subject.slice(cut + 1);
  const page = PAGES[noun];
  return (
    <span className="block">
      <span className="t3">{noun}</span>{" "}
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

// A dossier as one page that needs nothing but itself: no script, nothing loaded, light and dark, good to print.
import type { RunEvent } from "../protocol/events.ts";
import type { RunView } from "../runs/schema.ts";
import { block, html, jsonBlock, type Markup } from "./markup.ts";
import { decisionsIn, mergeIn } from "./rules.ts";
import type { ToldBundle, ToldDecision, ToldEntry } from "./schema.ts";
import { STYLE } from "./style.ts";

export interface DossierFacts {
  readonly exportId: string;
  readonly sha256: string;
  readonly run: RunView;
  readonly told: ToldBundle;
  /** Of people, by id. */
  readonly names: ReadonlyMap<string, string>;
  readonly now: Date;
}

/** The page piece by piece; only the events are not held in memory. */
export async function* dossierPage(
  facts: DossierFacts,
  events: AsyncIterable<RunEvent>,
): AsyncGenerator<string> {
  const { told, run } = facts;
  yield beginning(facts).markup;
  yield documents(told, "charter", "Charter").markup;
  yield decisions(facts).markup;
  yield documents(told, "evidence", "Evidence").markup;
  yield html`<section><h2 id="entries">Entries</h2>
<p>What the log says about this run, in its order. Everything else in the log stands in the bundle by hash alone.</p>
<table><thead><tr><th>Entry</th><th>Kind</th><th>Who</th><th>What it says</th></tr></thead><tbody>
${told.entries.map((entry) => entryRow(entry, facts))}</tbody></table></section>
<section><h2 id="events">What happened inside the run</h2>
<p>${told.events === 0 ? "The bundle leaves the events out; they are shown here as the database holds them." : `${told.events} events are in the bundle, each bound by an entry.`}
Secrets that were found in them are masked here.</p>
<ol class="events">`.markup;
  for await (const event of events) yield eventItem(event).markup;
  yield html`</ol></section>${payloads(told)}${proof(facts)}
<footer><p>Made for run ${run.id} on ${facts.now.toISOString()}.</p></footer></main></body></html>
`.markup;
}

const fact = (name: string, value: string | Markup): Markup =>
  html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

const code = (text: string): Markup => html`<code>${text}</code>`;

const personIn = ({ names }: DossierFacts, id: string): Markup => html`${names.get(id) ?? id} ${code(id)}`;

function beginning(facts: DossierFacts): Markup {
  const { run, told, sha256 } = facts;
  const merge = mergeIn(told);
  const merged = merge
    ? html`${merge.ref}: ${code(merge.old)} → ${code(merge.commit)} (entry ${merge.index})`
    : html`nothing`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer"><title>Dossier: ${run.title}</title><style>${STYLE}</style></head>
<body><main><header><p class="over">Run dossier</p><h1>${run.title}</h1>
<dl>${fact("Run", code(run.id))}${fact("Pilot", html`${run.pilotName} ${code(run.pilotId)}`)}
${fact("Status", run.status.replaceAll("_", " "))}${fact("Repository", run.repositoryName)}
${fact("Base", code(run.baseCommit))}${fact("Agent", run.agentName)}
${fact("Launched by", personIn(facts, run.launchedBy))}${fact("Launched", run.launchedAt.toISOString())}
${fact("Charter", html`version ${run.charterVersion} ${code(run.charterDigest)}`)}${fact("Merged", merged)}</dl></header>
<section class="check"><h2>How to check it</h2>
<p>This page is for reading. What can be checked is the bundle it was made from; its SHA-256 is</p>
<p class="digest">${code(sha256)}</p>
<p>Get it from <code>/api/runs/${run.id}/dossier?format=jsonl&amp;dossier=${facts.exportId}</code> and run
<code>npx pilothouse-verify dossier.jsonl --policy policy.txt</code>, with a policy whose keys you got on another way.
The verifier needs neither this server nor a network. Names of people come from the directory and are not in the log; the ids beside them are.</p></section>`;
}

function documents({ documents: held }: ToldBundle, name: string, title: string): Markup {
  const own = held.filter((document) => document.name === name);
  const each = own.map(
    ({ index, sha256, text }) =>
      html`<details${own.length === 1 ? html` open` : null}><summary>Entry ${index} commits to ${code(sha256)}</summary>${jsonBlock(text)}</details>`,
  );
  const shown = own.length === 0 ? html`<p>None is among the entries.</p>` : each;
  return html`<section><h2>${title}</h2>${shown}</section>`;
}

function decisions(facts: DossierFacts): Markup {
  const told = decisionsIn(facts.told);
  const shown =
    told.length === 0
      ? html`<p>Nothing was put to anybody.</p>`
      : told.map((each) => decisionPart(each, facts));
  return html`<section><h2 id="decisions">Decisions</h2>${shown}</section>`;
}

function decisionPart(decision: ToldDecision, facts: DossierFacts): Markup {
  const { gateId, decides, outcome, approvals, why, document } = decision;
  const rows = approvals.map(
    ({ personId, role, decision: did, reason, index }) => html`<tr><td>${personIn(facts, personId)}</td>
<td>${role.replaceAll("_", " ")}</td><td>${did}</td><td>${reason ?? "–"}</td><td>${index}</td></tr>`,
  );
  return html`<article><h3>${decides.replaceAll("_", " ")}: ${outcome}</h3><p>Gate ${code(gateId)}</p>
<ul>${why.map((sentence) => html`<li>${sentence}</li>`)}</ul>
<table><thead><tr><th>Who</th><th>Role</th><th>Decision</th><th>Reason</th><th>Entry</th></tr></thead><tbody>${rows}</tbody></table>
<details><summary>The document that was decided on, ${code(document.sha256)}</summary>${jsonBlock(document.text)}</details></article>`;
}

function whoOf({ actor }: ToldEntry, facts: DossierFacts): Markup {
  switch (actor.kind) {
    case "user":
      return html`${personIn(facts, actor.personId)} ${actor.roles.join(", ").replaceAll("_", " ")}`;
    case "token":
      return html`${personIn(facts, actor.personId)} by token ${code(actor.tokenId)}`;
    case "runner":
      return html`runner ${code(actor.runnerId)}`;
    case "system":
      return html`${actor.name}`;
  }
}

const said = (detail: ToldEntry["detail"]): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");

const entryRow = (entry: ToldEntry, facts: DossierFacts): Markup =>
  html`<tr><td>${entry.index}</td><td>${entry.kind}</td><td>${whoOf(entry, facts)}</td><td class="said">${said(entry.detail)}</td></tr>
`;

function eventItem({ seq, attempt, at, observedBy, kind, body }: RunEvent): Markup {
  const text = JSON.stringify(body, null, 2).replaceAll("\\n", "\n");
  return html`<li value="${seq}"><p>${kind.replaceAll("_", " ")} <span>${at} · attempt ${attempt} · seen by ${observedBy}</span></p>${block(text)}</li>
`;
}

function payloads({ blobs }: ToldBundle): Markup {
  if (blobs.length === 0) return html``;
  const rows = blobs.map(
    ({ index, name, commitment, isRedacted }) =>
      html`<tr><td>${index}</td><td>${name}</td><td>${code(commitment)}</td><td>${isRedacted ? "redacted" : "in the bundle"}</td></tr>`,
  );
  return html`<section><h2>Stored bytes</h2><table><thead><tr><th>Entry</th><th>What</th><th>Commitment</th><th>State</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

const proof = ({
  told: { origin, size, note, lines },
}: DossierFacts): Markup => html`<section><h2>Signed head of the log</h2>
<p>The bundle's ${lines} lines lead to the root below, over ${size} entries of ${origin}.</p>${block(note)}</section>`;

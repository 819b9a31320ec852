// A week in the order a lead reads it: one list of sections for the page, Markdown and paper. Pure; every text is as it came.
import { SPLIT_KPIS } from "../../boards/rules.ts";
import { CONTROLS } from "../../controls/catalog.ts";
import { ruleOf } from "../../findings/catalog.ts";
import { FindingSource, Severity } from "../../findings/schema.ts";
import { KPIS } from "../../kpis/definitions/registry.ts";
import { targetOf } from "../../kpis/metric-rules.ts";
import type { PackedNumber, SampleReason, WeekState, WeekView } from "../schema.ts";
import {
  age,
  amountIn,
  type Cell,
  cell,
  intervalOf,
  link,
  minute,
  plural,
  rest,
  type Section,
  usd,
  words,
} from "./cell-rules.ts";

export const STATE_WORDS: Readonly<Record<WeekState, string>> = {
  ...{ waits: "Waits for a decision", overdue: "Nobody decided", continue: "Continue" },
  ...{ tighten: "Tighten", stop: "Stop" },
};

function verdictOf({ target, verdict, needed }: PackedNumber): Cell {
  if (target === null) return cell("no target");
  if (verdict === "met") return { text: "met", tone: "good" };
  if (verdict === "missed") return { text: "missed", tone: "bad" };
  return { text: needed === null ? "cannot tell" : `cannot tell, needs ${needed} more`, tone: "need" };
}

const WHY: Readonly<Record<SampleReason, string>> = {
  ...{ protected: "protected paths", flags: "many flags", hasty: "decided within ten seconds" },
  ...{ unopened: "files not opened", large: "a large diff" },
};

export const whyWords = (why: readonly SampleReason[]): string =>
  why.length === 0 ? "drawn by lot" : why.map((reason) => WHY[reason]).join(", ");

export function sectionsOf(view: WeekView): Section[] {
  return [
    numbersSection(view),
    ...happenedSections(view),
    sampleSection(view),
    spendSection(view),
    agentsSection(view),
    ...openSections(view),
    ...ruleSections(view),
  ];
}

function numbersSection({ document: { numbers, charter } }: WeekView): Section {
  return {
    ...{ id: "numbers", title: "Numbers against targets" },
    fact: `charter ${charter.version}; verdicts are of the pilot's whole time`,
    columns: [
      "Number",
      "Target",
      "Verdict",
      "So far",
      "95 % interval",
      "This week",
      "Week before",
      "Baseline",
    ],
    rows: numbers.map((number) => {
      const { kpi, target, whole, week, before, baseline } = number;
      return [
        cell(KPIS[kpi].title),
        cell(target === null ? "–" : targetOf(kpi, target)),
        verdictOf(number),
        cell(amountIn(kpi, whole)),
        cell(intervalOf(number)),
        ...[week, before, baseline].map((reading) => cell(amountIn(kpi, reading))),
      ];
    }),
    empty: "The charter sets no target, and nothing was counted in the week.",
  };
}

function happenedSections({ document, names }: WeekView): Section[] {
  const { incidents, trips, pilot } = document;
  return [
    {
      ...{ id: "incidents", title: "Incidents", fact: rest(incidents.count, incidents.rows.length) },
      columns: ["Service", "Severity", "Detected", "Restored"],
      rows: incidents.rows.map(({ id, severity, detectedAt, restoredAt }) => [
        ...[cell(names[id] ?? id), cell(severity), cell(minute(detectedAt))],
        restoredAt ? cell(minute(restoredAt)) : { text: "not yet", tone: "bad" as const },
      ]),
      empty: "No incident was told of in the week.",
    },
    {
      ...{ id: "trips", title: "Tripwires that tripped", fact: rest(trips.count, trips.rows.length) },
      columns: ["Tripwire", "When", "Stood at", "Lifted"],
      rows: trips.rows.map(({ wire, at, value, rows, liftedAt }) => [
        link(wire, `/pilots/${pilot}/tripwires`),
        ...[cell(minute(at)), cell(rows === 0 ? "–" : `${value} over ${plural(rows, "row")}`)],
        cell(minute(liftedAt)),
      ]),
      empty: "No tripwire tripped in the week.",
    },
  ];
}

function sampleSection({ document: { sample }, names, looks }: WeekView): Section {
  return {
    ...{ id: "sample", title: "Approvals for a second look" },
    fact: `${sample.items.length} of ${plural(sample.of, "approval")}, drawn by risk`,
    columns: ["What", "Approved by", "After", "Files opened", "Why drawn", "Second look"],
    rows: sample.items.map(({ approval, kind, run, person, milliseconds, files, opened, why }) => {
      const look = looks.find(({ approvalId }) => approvalId === approval);
      const what = `${words(kind)}: ${run === null ? "the pilot" : (names[run] ?? run)}`;
      return [
        run === null ? cell(what) : link(what, kind === "merge" ? `/reviews/${run}` : `/runs/${run}`),
        cell(names[person] ?? person),
        cell(
          milliseconds < 120_000
            ? `${Math.round(milliseconds / 1000)} s`
            : `${Math.round(milliseconds / 60_000)} min`,
        ),
        cell(files === 0 ? "–" : `${opened} of ${files}`),
        cell(whyWords(why)),
        look === undefined
          ? { text: "nobody yet", tone: "need" as const }
          : {
              text: `${look.verdict === "agree" ? "agrees" : "disagrees"}: ${names[look.personId] ?? look.personId}${look.note === "" ? "" : `, ${look.note}`}`,
              tone: look.verdict === "agree" ? ("good" as const) : ("bad" as const),
            },
      ];
    }),
    empty: "Nobody approved anything in the week.",
  };
}

function spendSection({ document: { spend } }: WeekView): Section {
  const { weekMicros, beforeMicros, wholeMicros, budgetMicros, atEnd } = spend;
  const share =
    budgetMicros === 0
      ? "no budget is set"
      : `${Math.round((100 * wholeMicros) / budgetMicros)} % of ${usd(budgetMicros)}`;
  return {
    ...{ id: "spend", title: "Spend on models", fact: share },
    columns: ["This week", "Week before", "So far", "Budget used", "At the charter's end"],
    rows: [
      [
        ...[cell(usd(weekMicros)), cell(usd(beforeMicros)), cell(usd(wholeMicros)), cell(share)],
        cell(atEnd === null ? "–" : `${Math.round(atEnd)} % as it goes now`),
      ],
    ],
    empty: "",
  };
}

function agentsSection({ document: { agents }, names }: WeekView): Section {
  return {
    ...{ id: "agents", title: "Agents compared", fact: "numbers of the pilot's whole time" },
    columns: ["Agent", "Runs this week", "Spent this week", ...SPLIT_KPIS.map((kpi) => KPIS[kpi].title)],
    rows: agents.map(({ id, runs, weekMicros, numbers }) => [
      ...[cell(names[id] ?? id), cell(runs), cell(usd(weekMicros))],
      ...numbers.map(({ kpi, ...reading }) => cell(amountIn(kpi, reading))),
    ]),
    empty: "No agent has run yet.",
  };
}

function openSections({ document: { findings, gates, packedAt } }: WeekView): Section[] {
  return [
    {
      ...{ id: "findings", title: "Open findings", fact: rest(findings.count, findings.rows.length) },
      columns: ["Finding", "Severity", "State", "Age"],
      rows: findings.rows.map(({ id, rule, source, severity, state, openedAt }) => [
        link(
          ruleOf(rule, { source: FindingSource.parse(source), severity: Severity.parse(severity) }).title,
          `/findings/${id}`,
        ),
        { text: severity, ...(/high|critical/.test(severity) ? { tone: "bad" as const } : {}) },
        ...[cell(words(state)), cell(age(openedAt, packedAt))],
      ]),
      empty: "No finding waited for anybody.",
    },
    {
      ...{ id: "gates", title: "Open decisions", fact: rest(gates.count, gates.rows.length) },
      columns: ["Decision", "Age", "Expires"],
      rows: gates.rows.map(({ id, kind, openedAt, expiresAt }) => [
        link(words(kind), `/inbox?show=team&gate=${id}`),
        ...[cell(age(openedAt, packedAt)), cell(minute(expiresAt))],
      ]),
      empty: "No decision waited for anybody.",
    },
  ];
}

const CONTROL_WORDS: Readonly<Record<string, Cell>> = {
  holds: { text: "holds", tone: "good" },
  failed: { text: "failed", tone: "bad" },
  not_run: { text: "could not be tried", tone: "need" },
};

function ruleSections({ document, names, signatures }: WeekView): Section[] {
  const { controls, charters, signed, pilot } = document;
  const failed = controls.filter(({ result }) => result === "failed").length;
  return [
    {
      ...{ id: "controls", title: "Controls", fact: `${failed} failed of ${controls.length} tested` },
      columns: ["Control", "Last proof", "When"],
      rows: controls.map(({ control, result, at }) => [
        link(CONTROLS.find(({ id }) => id === control)?.title ?? control, `/controls#${control}`),
        ...[CONTROL_WORDS[result] ?? cell(result), cell(minute(at))],
      ]),
      empty: "No control was tested yet.",
    },
    {
      ...{ id: "charters", title: "Charter changes", fact: String(charters.length) },
      columns: ["Version", "In force since", "Digest"],
      rows: charters.map(({ version, at, digest }) => [
        link(`version ${version}`, `/pilots/${pilot}?tab=charter`),
        ...[cell(minute(at)), cell(digest.slice(0, 16))],
      ]),
      empty: "The charter is the one the week began with.",
    },
    {
      ...{ id: "signed", title: "Who signed", fact: plural(signed.length, "person") },
      columns: ["Person", "Approved", "Denied", "This week's decision"],
      rows: [
        ...new Set([...signatures.map(({ personId }) => personId), ...signed.map(({ person }) => person)]),
      ].map((id) => {
        const own = signed.find(({ person }) => person === id);
        const signature = signatures.find(({ personId }) => personId === id);
        return [
          ...[cell(names[id] ?? id), cell(own?.approvals ?? 0), cell(own?.denials ?? 0)],
          cell(
            signature
              ? `signed ${minute(signature.at.toISOString())}${signature.isSigned ? ", with a passkey" : ""}`
              : "–",
          ),
        ];
      }),
      empty: "Nobody decided at a gate of the pilot in the week.",
    },
  ];
}

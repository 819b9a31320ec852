// Services on a pilot that take long to call, for the suite that asks each of them for its permission.
import type { Permission } from "../authz/schema.ts";
import { askExit } from "../exit-reviews/ask-exit.ts";
import { handOutKit } from "../exit-reviews/kit/make-kit.ts";
import { getExit } from "../exit-reviews/service.ts";
import { stateReport } from "../exit-reviews/state-report.ts";
import type { Scope } from "../scope.ts";
import { setFix, setHour } from "../spend/rates.ts";

type Call = readonly [name: string, permission: Permission, call: (scope: Scope) => Promise<unknown>];

const reason = "because";
const REPORT = { verdict: "fit", statement: "Read by two who know it.", name: "report.pdf" } as const;
const RATE = { fromDay: "2030-01-01", source: reason } as const;

/** `pilotOf`: known once the suite has begun. Each fails after its permission, or changes no status. */
export const pilotCalls = (pilotOf: () => string): readonly Call[] => [
  ["askExit", "pilot.amend", (scope) => askExit(scope, { pilotId: pilotOf(), decision: "end", reason })],
  [
    "stateReport",
    "exit.report",
    (scope) => stateReport(scope, { ...REPORT, pilotId: pilotOf(), contents: new Uint8Array() }),
  ],
  ["handOutKit", "exit.report", (scope) => handOutKit(scope, pilotOf())],
  ["getExit", "kpi.view", (scope) => getExit(scope, pilotOf())],
  [
    "setFix",
    "price.set",
    (scope) => setFix(scope, { ...RATE, pilotId: pilotOf(), kind: "repair", low: 1, high: 2 }),
  ],
  [
    "setHour",
    "price.set",
    (scope) => setHour(scope, { ...RATE, pilotId: pilotOf(), what: "runner_hour", price: 1 }),
  ],
];

// Every number there is, once.
import type { KpiId } from "../schema/kpi-id.ts";
import { CONTROL } from "./control.ts";
import type { KpiDefinition } from "./definition.ts";
import { DELIVERY } from "./delivery.ts";
import { EFFORT } from "./effort.ts";
import { FLOW } from "./flow.ts";
import { QUALITY } from "./quality.ts";

export const KPIS: Readonly<Record<KpiId, KpiDefinition>> = {
  ...FLOW,
  ...QUALITY,
  ...EFFORT,
  ...CONTROL,
  ...DELIVERY,
};

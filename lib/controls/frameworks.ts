// Rows of frameworks, under the numbers their publishers gave them; the titles are ours in brief where theirs are long. A proof
// here is evidence towards a row, and no more: whether an organisation meets it is for its auditor.
import type { Framework, FrameworkRow } from "./schema.ts";

export const FRAMEWORK_NAMES: Record<Framework, string> = {
  soc2: "SOC 2 (TSC 2017)",
  iso27001: "ISO/IEC 27001:2022, Annex A",
  pci: "PCI DSS 4.0",
  dora: "EU DORA (2022/2554)",
  owasp: "OWASP Agentic",
};

const of = (framework: Framework, titles: Readonly<Record<string, string>>): readonly FrameworkRow[] =>
  Object.entries(titles).map(([row, title]) => ({ framework, row, title }));

const ALL: readonly FrameworkRow[] = [
  ...of("soc2", {
    "CC6.1": "Logical access security over protected information assets",
    "CC6.2": "Credentials are issued to the authorised and taken away",
    "CC6.6": "Protection against threats from outside the boundaries",
    "CC6.7": "Transmission and movement of information is restricted",
    "CC7.2": "Monitoring of components for anomalies",
    "CC7.4": "Response to security incidents",
    "CC8.1": "Changes are authorised, tested, approved",
    "A1.2": "Backup and recovery",
  }),
  ...of("iso27001", {
    "A.5.15": "Access control",
    "A.5.17": "Authentication information",
    "A.5.26": "Response to information security incidents",
    "A.8.2": "Privileged access rights",
    "A.8.5": "Secure authentication",
    "A.8.12": "Data leakage prevention",
    "A.8.13": "Information backup",
    "A.8.15": "Logging",
    "A.8.16": "Monitoring activities",
    "A.8.20": "Networks security",
    "A.8.22": "Segregation of networks",
    "A.8.31": "Separation of development, test and production environments",
    "A.8.32": "Change management",
  }),
  ...of("pci", {
    "6.5.1": "Changes are made by established procedures, with approval",
    "7.2": "Access is defined and assigned by need",
    "7.3": "Access is managed by an access control system",
    "8.2": "User identification and its lifecycle",
    "8.6": "Use of application and system accounts is managed",
    "10.2": "Audit logs are implemented",
    "10.3": "Audit logs are protected from destruction and change",
    "10.5": "Audit log history is retained and available",
    "12.10": "Security incidents are responded to",
  }),
  ...of("dora", {
    "Art. 8": "Identification",
    "Art. 9": "Protection and prevention",
    "Art. 10": "Detection",
    "Art. 11": "Response and recovery",
    "Art. 12": "Backup, restoration and recovery",
    "Art. 24": "Requirements for digital operational resilience testing",
    "Art. 25": "Testing of ICT tools and systems",
  }),
  ...of("owasp", {
    ASI02: "Tool Misuse and Exploitation",
    ASI03: "Identity and Privilege Abuse",
    ASI05: "Unexpected Code Execution (RCE)",
    ASI08: "Cascading Failures",
    ASI10: "Rogue Agents",
    T2: "Tool Misuse",
    T3: "Privilege Compromise",
    T8: "Repudiation and Untraceability",
    T9: "Identity Spoofing and Impersonation",
    T11: "Unexpected RCE and Code Attacks",
    T13: "Rogue Agents in Multi-Agent Systems",
  }),
];
const BY_ROW = new Map(ALL.map((each) => [each.row, each]));

export function rowsOf(...rows: readonly string[]): FrameworkRow[] {
  return rows.map((row) => {
    const known = BY_ROW.get(row);
    if (!known) throw new Error(`No framework here has the row ${row}.`);
    return known;
  });
}
